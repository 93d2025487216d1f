"""The study of a hundred variables through Spark on one machine, beside DuckDB: the same answers, and what each took.

    python benchmarks/spark.py [--store STORE | --patients 240000] [--memory 6GB] [--threads 2] [--explain]

240,000 patients are one in a hundred of a country. Each engine runs as `armslength` runs it and writes a Parquet file;
the answers are compared column by column. `processor` adds up all cores, for Spark those of Java, too. `--explain`
prints the plan of the result: where rows are joined, and where they are moved between partitions to be joined.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import country

ENGINES = {"duckdb": "hand", "spark": "ours"}  # and what the comparison calls their files


def main() -> None:
    """Run the study on both engines and compare, or print a plan."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--patients", type=int, default=240_000)
    options.add_argument("--store", type=Path, help="a store that is there")
    options.add_argument("--memory", default="6GB")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--explain", action="store_true", help="print the plan of the result instead")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = asked.store or country._made(Path(scratch), asked.patients)
        if asked.explain:
            _explain(store, asked)
            return
        for engine, name in ENGINES.items():
            _run(engine, store, Path(scratch) / f"{name}.parquet", asked)
        told = country._differences(Path(scratch))
        print(f"answers that differ: {told or 'none: every column has the same values'}")


def _asked_of(engine: str, store: Path, asked: argparse.Namespace) -> tuple[Any, Any]:
    """Return the study's query and the database it is asked of."""
    from studies.country import study

    from armslength.query.api.databases import Database
    from armslength.query.engines.engine import Settings
    from armslength.query.language.dataset import query_of

    settings = Settings(memory_limit=asked.memory, threads=asked.threads)
    return query_of(study()), Database(dsn=str(store), backend="core", engine=engine, settings=settings)


def _run(engine: str, store: Path, output: Path, asked: argparse.Namespace) -> None:
    from armslength.query.api.datasets import generate_dataset
    from armslength.query.engines.engine import Step

    query, database = _asked_of(engine, store, asked)
    last: dict[int, Step] = {}
    java = 0.0

    def progress(step: Step) -> None:
        nonlocal java
        last[step.number] = step
        java = max(java, _seconds_of_java())

    began, used = time.perf_counter(), time.process_time()
    made = generate_dataset(query, database=database, output=output, progress=progress)
    clock, processor = time.perf_counter() - began, time.process_time() - used + java
    print(f"{engine}: {clock:.1f} s by the clock, {processor:.1f} s of processor, {made.patients:,} patients")
    for step in last.values():
        print(f"{step.seconds:>9.2f} s  {step.purpose}", flush=True)


def _seconds_of_java() -> float:
    """Return what the Java of this process's children has used of the processor."""
    total, parents = 0, {os.getpid()}
    for place in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: int(each.name)):
        try:
            _, fields = (place / "stat").read_text().rsplit(") ", 1)
        except OSError:
            continue  # it ended while we looked
        if int(fields.split()[1]) in parents:
            parents.add(int(place.name))
            total += int(fields.split()[11]) + int(fields.split()[12])
    return total / os.sysconf("SC_CLK_TCK")


def _explain(store: Path, asked: argparse.Namespace) -> None:
    """Make every step, then print the joins and exchanges of the result's plan."""
    from armslength.query.api.databases import open_database

    query, database = _asked_of("spark", store, asked)
    backend = database.find_backend()
    with closing(open_database(database, dataset=query, backend=backend)) as engine:
        plan = engine.compile(query, backend=backend)
        results = engine.execute(plan)
        next(results)  # every step is made, and the result not yet read
        session = engine._connection
        rows = [row for each in session.rows(f"EXPLAIN {plan.results[0].sql}") for row in each.to_pylist()]
        for line in rows[0]["plan"].splitlines():
            if re.search("Join|Exchange|InMemoryTableScan|Scan parquet|Aggregate|Window", line):
                print(line[:150])
        results.close()


if __name__ == "__main__":
    main()
