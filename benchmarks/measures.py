"""How much asking for all intervals of measures at once saves, against one query per interval.

    python benchmarks/measures.py [--patients 20000] [--events 2000000] [--months 24]

Three measures (two share their denominator), grouped by sex and age band; the denominator is everybody
registered on the first day of the month. Seconds are of the wall clock, of the processor, best of `--repeats`.
"""

from __future__ import annotations

import argparse
import datetime
import resource
import tempfile
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import duckdb
from query_shared_scans import EVENTS, make_events

from armslength.query.api.measure_queries import shared_queries
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import ParquetFiles, Settings
from armslength.query.model import nodes as n
from armslength.query.model.measures import INTERVAL_END, INTERVAL_START, intervals_of, queries_for

DATE = datetime.date
PEOPLE = n.SelectPatientTable("people", n.TableSchema.of({"date_of_birth": DATE, "sex": str}))
STAYS = n.SelectTable("stays", n.TableSchema.of({"start": DATE, "end": DATE}))


def months(count: int) -> tuple[tuple[DATE, DATE], ...]:
    """Return this many whole months from January 2020."""
    firsts = [DATE(2020 + month // 12, month % 12 + 1, 1) for month in range(count + 1)]
    return tuple((start, end - datetime.timedelta(days=1)) for start, end in pairwise(firsts))


def study(count: int) -> n.Measures:
    """Three measures of events within the month, among those registered when it begins."""

    def of(table: n.Frame, name: str) -> n.SelectColumn:
        return n.SelectColumn(table, name)

    end = of(STAYS, "end")
    still = n.Or(n.IsNull(end), n.GT(end, INTERVAL_START))
    registered = n.Exists(n.Filter(STAYS, n.And(n.LE(of(STAYS, "start"), INTERVAL_START), still)))
    age = n.DateDifferenceInYears(INTERVAL_START, of(PEOPLE, "date_of_birth"))
    band = n.Case(
        ((n.LT(age, n.Value(40)), n.Value("0-39")), (n.LT(age, n.Value(65)), n.Value("40-64"))),
        n.Value("65+"),
    )
    groups = (("sex", of(PEOPLE, "sex")), ("age_band", band))
    adults = n.And(registered, n.GE(age, n.Value(18)))

    def within(number: int) -> n.Frame:
        codes = n.Value(frozenset(f"c{number * 200 + k}" for k in range(200)))
        date = of(EVENTS, "date")
        inside = n.And(n.GE(date, INTERVAL_START), n.LE(date, INTERVAL_END))
        return n.Filter(EVENTS, n.And(n.In(of(EVENTS, "code"), codes), inside))

    asked = ((0, registered), (1, registered), (2, adults))
    return n.Measures(
        tuple(
            n.Measure(f"m{number}", n.Exists(within(number)), denominator, groups, months(count))
            for number, denominator in asked
        )
    )


def make_tables(folder: Path, *, patients: int, events: int) -> ParquetFiles:
    """Write people, their registrations, and coded events."""
    source = make_events(folder, patients=patients, events=events)
    people, stays = folder / "people.parquet", folder / "stays.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT range + 1 AS patient_id, DATE '1930-01-01' + (hash(range) % 30000)::INT AS date_of_birth,"
            " CASE hash(range * 3) % 2 WHEN 0 THEN 'female' ELSE 'male' END AS sex"
            f" FROM range({patients})) TO '{people}'"
        )
        connection.execute(
            "COPY (SELECT range % "
            f"{patients} + 1 AS patient_id, DATE '2000-01-01' + (hash(range) % 8000)::INT AS start,"
            " CASE WHEN hash(range * 5) % 3 = 0 THEN DATE '2021-01-01' + (hash(range * 7) % 700)::INT END AS \"end\""
            f" FROM range({patients * 3 // 2})) TO '{stays}'"
        )
    return ParquetFiles(tables={**source.tables, "people": (people,), "stays": (stays,)})


def one_by_one(measures: n.Measures) -> Iterable[n.Dataset]:
    return (query for interval in intervals_of(measures) for query, _ in queries_for(measures, interval))


def run(engine: DuckDB, queries: Iterable[n.Dataset], answers: set[tuple[object, ...]]) -> int:
    """Answer the queries, add up what their sums have, and return how many statements it took."""
    steps = 0
    for query in queries:
        plan = engine.compile(query, backend=DIRECT)
        steps += plan.steps
        for result in engine.execute(plan):
            rows = result.rows.read_all().to_pylist()
            if result.name != "dataset":
                answers.add(tuple(tuple(row.values()) for row in rows if row["denominator"]))
    return steps


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--patients", type=int, default=20_000)
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--repeats", type=int, default=2)
    asked = options.parse_args()
    measures = study(asked.months)
    ways = {
        "one query per interval": lambda: one_by_one(measures),
        "all intervals at once": lambda: (query for query, _ in shared_queries(measures)),
    }
    found: list[set[tuple[object, ...]]] = []
    with tempfile.TemporaryDirectory() as folder:
        source = make_tables(Path(folder), patients=asked.patients, events=asked.events)
        with DuckDB.open(source, settings=Settings()) as engine:
            print(
                f"DuckDB {duckdb.__version__}: 3 measures, {asked.months} months, 2 groups, "
                f"{asked.events:,} events of {asked.patients:,} patients\n"
            )
            print(f"{'':<26}{'statements':>10}{'seconds':>10}{'processor':>10}{'ratio':>8}")
            base = None
            for name, queries in ways.items():
                best, steps = (float("inf"), float("inf")), 0
                for _ in range(asked.repeats):
                    wall, processor, answers = time.perf_counter(), time.process_time(), set()
                    steps = run(engine, queries(), answers)
                    best = min(best, (time.process_time() - processor, time.perf_counter() - wall))
                found.append(answers)
                base = base or best[0]
                print(f"{name:<26}{steps:>10}{best[1]:>10.2f}{best[0]:>10.2f}{base / best[0]:>8.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nsame answers: {found[0] == found[1]}; peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
