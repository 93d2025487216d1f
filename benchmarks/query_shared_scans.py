"""How much the passes save: variables over the codelists of one event table, against plainer plans and SQL by hand.

    python benchmarks/query_shared_scans.py [--patients 20000] [--events 2000000] [--codelists 40] [--codes 50]

Five variables of each codelist: whether, how often, the mean value, the last date and the value then. Rows are made
in DuckDB from hashes, so that every run has the same. Times are the best of `--repeats`; `processor` adds up all
cores, and is what to compare on a busy machine. Memory is the peak of the process so far.
"""

from __future__ import annotations

import argparse
import datetime
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
# The quickest first, because memory only ever grows.
CHOICES: tuple[tuple[Pass, ...], ...] = (PASSES, (share_scans, tag_codelists), (share_scans,), ())


def study(*, codelists: int, codes: int) -> n.Dataset:
    """A dataset of five variables of each codelist."""
    found: list[tuple[str, n.Series]] = []
    for number in range(codelists):
        matching = n.Filter(EVENTS, n.In(n.SelectColumn(EVENTS, "code"), n.Value(codelist(number, codes))))
        last = n.PickOneRowPerPatient(n.Sort(matching, n.SelectColumn(matching, "date")), n.Position.LAST)
        found += (
            (f"has_{number}", n.Exists(matching)),
            (f"count_{number}", n.Count(matching)),
            (f"mean_{number}", n.Mean(n.SelectColumn(matching, "numeric_value"))),
            (f"date_{number}", n.SelectColumn(last, "date")),
            (f"value_{number}", n.SelectColumn(last, "numeric_value")),
        )
    return n.Dataset(n.Exists(PATIENTS), tuple(found))


def codelist(number: int, codes: int) -> frozenset[str]:
    return frozenset(f"c{(number * codes + k) % ALL_CODES}" for k in range(codes))


def by_hand(*, codelists: int, codes: int) -> str:
    """The same dataset as a person would write it: filter once with all codes, then a FILTER for each answer."""
    listed = ", ".join(f"({n}, '{code}')" for n in range(codelists) for code in sorted(codelist(n, codes)))
    columns = ", ".join(
        f"count(*) FILTER (list = {n}) > 0 AS has_{n}, count(*) FILTER (list = {n}) AS count_{n},"
        f" avg(numeric_value) FILTER (list = {n}) AS mean_{n}, max(date) FILTER (list = {n}) AS date_{n},"
        f" arg_max(numeric_value, (date, numeric_value)) FILTER (list = {n}) AS value_{n}"
        for n in range(codelists)
    )
    return (
        f"WITH codes(list, code) AS (VALUES {listed}), found AS (SELECT patient_id, {columns}"
        " FROM events JOIN codes USING (code) GROUP BY patient_id)"
        " SELECT * FROM patients LEFT JOIN found USING (patient_id) ORDER BY patient_id"
    )


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


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way took, at its best."""

    seconds: float
    processor: float
    megabytes: float


def measured(work: Callable[[], object], *, repeats: int) -> Figures:
    """Time a piece of work."""
    times = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        times.append((time.process_time() - processor, time.perf_counter() - wall))
    processor, wall = min(times)
    return Figures(wall, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run(engine: DuckDB, dataset: n.Dataset, passes: tuple[Pass, ...]) -> None:
    for result in engine.execute(engine.compile(dataset, backend=DIRECT, passes=passes)):
        result.rows.read_all()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--patients", type=int, default=20_000)
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--codelists", type=int, default=40)
    options.add_argument("--codes", type=int, default=50)
    options.add_argument("--repeats", type=int, default=2)
    asked = options.parse_args()
    size = {"codelists": asked.codelists, "codes": asked.codes}
    dataset = study(**size)
    with tempfile.TemporaryDirectory() as folder:
        source = make_events(Path(folder), patients=asked.patients, events=asked.events)
        with DuckDB.open(source, settings=Settings()) as engine:
            ways: dict[str, Callable[[], object]] = {
                " + ".join(each.__name__ for each in passes) or "no pass": partial(
                    run, engine, dataset, passes
                )
                for passes in CHOICES
            }
            ways["SQL by hand"] = lambda: engine.connection.sql(by_hand(**size)).to_arrow_table()
            print(
                f"DuckDB {duckdb.__version__}: {5 * asked.codelists} variables of {asked.codelists} codelists over "
                f"{asked.events:,} events of {asked.patients:,} patients\n"
            )
            print(f"{'seconds':>8}{'processor':>11}{'memory':>9}{'ratio':>7}  way")
            base = None
            for name, work in ways.items():
                took = measured(work, repeats=asked.repeats)
                base = base or took.processor
                ratio = took.processor / base
                print(
                    f"{took.seconds:>8.2f}{took.processor:>11.2f}{took.megabytes:>6.0f} MB{ratio:>7.2f}  {name}"
                )


if __name__ == "__main__":
    main()
