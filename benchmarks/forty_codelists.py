"""Forty codelists, five variables each: exists, last date, last value, count, mean; time and most memory.

    python benchmarks/forty_codelists.py [--patients 20000] [--events 2000000] [--codelists 40] [--codes 50]

The study is written with `ehrql` and compiled as any other; events are made from hashes, so that every run has the
same. The query runs in a process of its own, whose largest memory is told.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NUMBERS = {"patients": 20_000, "events": 2_000_000, "codelists": 40, "codes": 50, "rounds": 3}


def make_rows(folder: Path, *, patients: int, events: int, codes: int) -> None:
    """Write both tables as Parquet."""
    import duckdb

    made = duckdb.connect()
    made.execute(
        f"COPY (SELECT i AS patient_id, DATE '1930-01-01' + (hash(i) % 30000)::INT AS date_of_birth, 'female' AS sex, "
        f"NULL::DATE AS date_of_death FROM range(1, {patients + 1}) t(i)) TO '{folder}/patients.parquet'"
    )
    made.execute(
        f"COPY (SELECT 1 + (hash(i) % {patients})::BIGINT AS patient_id, "
        f"DATE '2000-01-01' + (hash(i + 7) % 8000)::INT AS date, "
        f"(100000000 + (hash(i + 13) % {codes}))::VARCHAR AS snomedct_code, "
        f"(hash(i + 29) % 1000) / 10.0 AS numeric_value "
        f"FROM range({events}) t(i) ORDER BY patient_id) TO '{folder}/clinical_events.parquet'"
    )


def study(*, codelists: int, codes: int) -> object:
    """The dataset: five variables for each codelist. Half of all codes are in no list."""
    from ehrql import create_dataset
    from ehrql.tables.core import clinical_events, patients

    dataset = create_dataset()
    dataset.define_population(patients.exists_for_patient())
    for number in range(codelists):
        members = [str(100_000_000 + 2 * (number * codes + code)) for code in range(codes)]
        events = clinical_events.where(clinical_events.snomedct_code.is_in(members))
        last = events.sort_by(events.date).last_for_patient()
        dataset.add_column(f"any_{number}", events.exists_for_patient())
        dataset.add_column(f"date_{number}", last.date)
        dataset.add_column(f"value_{number}", last.numeric_value)
        dataset.add_column(f"count_{number}", events.count_for_patient())
        dataset.add_column(f"mean_{number}", events.numeric_value.mean_for_patient())
    return dataset


def run(folder: Path, *, codelists: int, codes: int, rounds: int) -> dict[str, float]:
    """Run the query some times; the best times in seconds and the most memory in MB."""
    from armslength.query.engines.backend import DIRECT
    from armslength.query.engines.dialects.duckdb import DuckDB
    from armslength.query.engines.engine import ParquetFiles, Settings
    from armslength.query.language.dataset import query_of

    query = query_of(study(codelists=codelists, codes=codes))  # type: ignore[arg-type]
    tables = {name: (folder / f"{name}.parquet",) for name in ("patients", "clinical_events")}
    times = []
    for _ in range(rounds):
        began, used = time.perf_counter(), _processor()
        with DuckDB.open(ParquetFiles(tables=tables), settings=Settings()) as engine:
            plan = engine.compile(query, backend=DIRECT)
            compiled = time.perf_counter()
            rows = sum(batch.num_rows for result in engine.execute(plan) for batch in result.rows)
        times.append((compiled - began, time.perf_counter() - compiled, _processor() - used))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    best = [min(each) for each in zip(*times, strict=True)]
    return {"rows": rows, "compile": best[0], "run": best[1], "processor": best[2], "megabytes": memory}


def _processor() -> float:
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def main() -> None:
    """Make the rows here, ask in another process, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.folder is not None:
        found = run(wanted.folder, codelists=wanted.codelists, codes=wanted.codes, rounds=wanted.rounds)
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        codes = 2 * wanted.codelists * wanted.codes
        make_rows(Path(folder), patients=wanted.patients, events=wanted.events, codes=codes)
        sizes = [f"--{name}={getattr(wanted, name)}" for name in NUMBERS]
        line = [sys.executable, __file__, *sizes, "--in", folder]
        found = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
    print(f"{wanted.codelists} codelists of {wanted.codes} codes, {5 * wanted.codelists} variables, ", end="")
    print(f"{wanted.patients:,} patients, {wanted.events:,} events")
    print(f"{'compile':>10}{'run':>10}{'processor':>12}{'most memory':>14}{'rows':>10}")
    print(
        f"{found['compile']:>8.2f} s{found['run']:>8.2f} s{found['processor']:>10.2f} s"
        f"{found['megabytes']:>11.0f} MB{found['rows']:>10,.0f}"
    )


if __name__ == "__main__":
    main()
