"""How much sharing scans saves: codelist variables over one event table, passes on and off, side by side.

    python benchmarks/query_shared_scans.py [--patients 20000] [--events 2000000] [--variables 40] [--codes 50]

Each variable is a count or the last date over its own codelist, half and half. Rows are made in DuckDB
from hashes, so that every run has the same; times are the best of three.
"""

from __future__ import annotations

import argparse
import datetime
import tempfile
import time
from pathlib import Path

import duckdb

from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import ParquetFiles, Settings
from armslength.query.engines.passes import PASSES, share_scans, tag_codelists
from armslength.query.engines.query_plan import Pass
from armslength.query.model import nodes as n

EVENTS = n.SelectTable(
    "events", n.TableSchema.of({"date": datetime.date, "code": str, "numeric_value": float})
)
PATIENTS = n.SelectPatientTable("patients", n.TableSchema.of({"date_of_birth": datetime.date}))
ALL_CODES = 20_000
# Sharing scans without tags is left out: testing every list inside one scan takes longer than scanning often.
CHOICES: tuple[tuple[Pass, ...], ...] = ((), (tag_codelists,), (share_scans, tag_codelists), PASSES)


def study(*, variables: int, codes: int) -> n.Dataset:
    """A dataset with this many variables, each over its own codelist of this many codes."""
    found = []
    for number in range(variables):
        codelist = frozenset(f"c{(number * codes + k) % ALL_CODES}" for k in range(codes))
        matching = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(codelist)))
        if number % 2:
            found.append((f"count_{number}", n.Count(matching)))
        else:
            last = n.PickOneRowPerPatient(n.Sort(matching, n.SelectColumn(matching, "date")), n.Position.LAST)
            found.append((f"last_{number}", n.SelectColumn(last, "date")))
    return n.Dataset(n.Exists(PATIENTS), tuple(found))


def make_events(folder: Path, *, patients: int, events: int) -> ParquetFiles:
    """Write tables sorted by patient, as stores are."""
    people, rows = folder / "patients.parquet", folder / "events.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT range + 1 AS patient_id, DATE '1960-01-01' AS date_of_birth FROM range({patients}))"
            f" TO '{people}'"
        )
        connection.execute(
            f"COPY (SELECT (range * {patients} // {events}) + 1 AS patient_id,"
            " DATE '2000-01-01' + (hash(range * 7) % 9000)::INT AS date,"
            f" 'c' || (hash(range) % {ALL_CODES}) AS code, (hash(range * 13) % 1000) / 10.0 AS numeric_value"
            f" FROM range({events})) TO '{rows}' (ROW_GROUP_SIZE 250000)"
        )
    return ParquetFiles(tables={"patients": (people,), "events": (rows,)})


def seconds(
    engine: DuckDB, dataset: n.Dataset, passes: tuple[Pass, ...], *, repeats: int
) -> tuple[float, int]:
    """Return (best time of compiling and running, number of statements)."""
    best = float("inf")
    steps = 0
    for _ in range(repeats):
        began = time.perf_counter()
        plan = engine.compile(dataset, backend=DIRECT, passes=passes)
        for result in engine.execute(plan):
            result.rows.read_all()
        best, steps = min(best, time.perf_counter() - began), plan.steps
    return best, steps


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--patients", type=int, default=20_000)
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--variables", type=int, default=40)
    options.add_argument("--codes", type=int, default=50)
    options.add_argument("--repeats", type=int, default=3)
    asked = options.parse_args()
    dataset = study(variables=asked.variables, codes=asked.codes)
    with tempfile.TemporaryDirectory() as folder:
        source = make_events(Path(folder), patients=asked.patients, events=asked.events)
        with DuckDB.open(source, settings=Settings()) as engine:
            print(
                f"DuckDB {duckdb.__version__}: {asked.variables} variables of {asked.codes} codes over "
                f"{asked.events:,} events of {asked.patients:,} patients\n"
            )
            print(f"{'passes':<58}{'statements':>10}{'seconds':>10}{'ratio':>8}")
            base = None
            for passes in CHOICES:
                took, steps = seconds(engine, dataset, passes, repeats=asked.repeats)
                base = base or took
                name = " + ".join(each.__name__ for each in passes) or "none"
                print(f"{name:<58}{steps:>10}{took:>10.2f}{base / took:>8.1f}")


if __name__ == "__main__":
    main()
