"""What a query will take of a database, before it is asked: rows, bytes, time, memory, by what is known of its tables.

No row is read. Sizes come from footers of files or the database's catalogue, rates from `benchmarks/country.py`.
The figures are of the right order of magnitude and no better: nobody knows beforehand how many rows a codelist finds.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import Any

from armslength.query.api.databases import EMBEDDED, Database, named_tables, open_database
from armslength.query.api.datasets import require_no_parameters
from armslength.query.engines.backend import Backend, qualified
from armslength.query.engines.dialects.duckdb_parts import rows_of_part
from armslength.query.engines.engine import MEMORY_LIMIT, SPILL_FOLDER, Engine
from armslength.query.engines.passes import chosen_passes, planned
from armslength.query.engines.query_plan import QueryPlan
from armslength.query.engines.table_sizes import KnowsSizes, TableSize, size_in_bytes
from armslength.query.model import nodes as n


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Seconds of processor that an engine takes for each thing, and bytes of memory."""

    row: float
    answer: float  # for each row that is read
    cell: float  # of the result
    step: float
    memory: int  # of the program itself
    kept: int  # for each person and answer, from when it is known until the end
    state: int  # for each person and answer, while it is worked out


# Measured with `benchmarks/country.py` on a virtual machine with two cores, DuckDB 2.0. Other engines have not been.
RATES: Mapping[str, Rates] = {
    "duckdb": Rates(row=30e-9, answer=2.5e-9, cell=100e-9, step=0.02, memory=250_000_000, kept=9, state=24)
}
FAR_TOO_LONG = 12 * 60 * 60  # seconds
SMALL = 50_000_000  # rows, of all tables of a query: nothing asked of so few is far too large
SHARE_TOLD = 0.3  # of the time


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """What is read of one table: `times` readings of `rows` rows and `bytes` bytes each, None where nobody knows."""

    table: str
    times: int
    answers: int
    rows: int | None
    bytes: int | None
    processor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a query will take. `people` is how many there are, for nobody knows how many the population has."""

    readings: tuple[TableReading, ...]
    people: int | None
    columns: int
    statements: int = 0
    characters: int = 0
    uploaded: int = 0
    threads: int
    processor: float | None
    seconds: float | None
    memory: int | None
    memory_limit: int
    spill_free: int
    drivers: tuple[str, ...] = ()


def estimate(
    dataset: n.Dataset,
    *,
    database: Database,
    permissions: Iterable[str] = (),
    without: Iterable[str] = (),
) -> Estimate:
    """Return what a query will take of a database. Raises the Mistakes of opening it, and Q118 for a pass."""
    require_no_parameters(dataset)
    backend = database.find_backend(given=permissions)
    passes = chosen_passes(without)
    with closing(open_database(database, dataset=dataset, backend=backend)) as engine:
        sizes = _sizes(engine, dataset, backend)
        compiled = engine.compile(dataset, backend=backend, passes=passes)
    found = _estimated(planned(dataset, passes), database, backend, sizes)
    made, results = compiled.statements, compiled.results
    return replace(
        found,
        statements=compiled.steps,
        characters=sum(len(each.sql or "") for each in made) + sum(len(each.sql) for each in results),
        uploaded=sum(each.rows.num_rows for each in made if each.rows is not None),
    )


def preflight(dataset: n.Dataset, *, database: Database, permissions: Iterable[str] = ()) -> tuple[str, ...]:
    """Say before a query is asked what about it is far too large; nothing for small databases and other engines."""
    if database.engine not in RATES or database.tables is not None:
        return ()
    backend = database.find_backend(given=permissions)
    with closing(open_database(database, dataset=dataset, backend=backend)) as engine:
        sizes = _sizes(engine, dataset, backend)
    if sum(size.rows for size in sizes.values()) < SMALL:
        return ()
    return warnings_of(_estimated(planned(dataset, None), database, backend, sizes))


def _estimated(
    plan: QueryPlan, database: Database, backend: Backend, sizes: Mapping[str, TableSize]
) -> Estimate:
    rates, settings = RATES.get(database.engine), database.settings.completed()
    readings = tuple(_readings(plan, backend, sizes, rates))
    people = _people(plan.dataset, readings)
    columns = len(plan.dataset.variables) + 1
    cells = (people or 0) * columns
    processor = _processor(readings, rates, cells=cells, steps=len(plan.scans) + 2)
    threads = settings.threads or len(os.sched_getaffinity(0))
    return Estimate(
        readings=readings,
        people=people,
        columns=columns,
        threads=threads,
        processor=processor,
        seconds=None if processor is None else processor / threads,
        memory=_memory(plan, rates, people=_people_at_once(readings, people, database), columns=columns),
        memory_limit=memory_limit(database),
        spill_free=shutil.disk_usage(settings.spill_folder or tempfile.gettempdir()).free,
        drivers=tuple(_drivers(readings, processor, rates, cells=cells)),
    )


def _sizes(engine: Engine, dataset: n.Dataset, backend: Backend) -> dict[str, TableSize]:
    wanted = {
        name for table in named_tables(dataset) for name in backend.physical_tables(backend.mapping_of(table))
    }
    return engine.sizes(sorted(wanted)) if isinstance(engine, KnowsSizes) else {}


def _readings(
    plan: QueryPlan, backend: Backend, sizes: Mapping[str, TableSize], rates: Rates | None
) -> Iterator[TableReading]:
    """Yield what is read of each table: scans of event tables; a table of one row for each patient is joined once."""
    for table in named_tables(plan.dataset):
        scans = [scan for scan in plan.scans if scan.table is table]
        answers = sum(len(scan.reductions) for scan in scans)
        times = max(len(scans), 1)
        mapping = backend.mapping_of(table)
        found = [sizes.get(name) for name in backend.physical_tables(mapping)]
        known = [size for size in found if size is not None]
        is_known = known and len(known) == len(found)
        rows = sum(size.rows for size in known) if is_known else None
        columns = None if mapping.query is not None else _columns_of(plan.dataset, table)
        physical = {mapping.columns.get(name, name) for name in columns or ()} | {mapping.patient_id}
        parts = [
            size.bytes if columns is None else size.bytes_of(c for c in physical if isinstance(c, str))
            for size in known
        ]
        processor = None
        if rates is not None and rows is not None:
            processor = rows * (times * rates.row + answers * rates.answer)
        yield TableReading(
            table=qualified(table.namespace, table.name),
            times=times,
            answers=answers,
            rows=rows,
            bytes=sum(part or 0 for part in parts) if is_known and None not in parts else None,
            processor=processor,
        )


def _columns_of(dataset: n.Dataset, table: n.Node) -> set[str]:
    """Return the columns of a table that a query uses."""
    columns = (node for node in n.walk(dataset) if isinstance(node, n.SelectColumn))
    return {
        node.name for node in columns if isinstance(node.source, n.Frame) and n.table_of(node.source) is table
    }


def _people(dataset: n.Dataset, readings: Iterable[TableReading]) -> int | None:
    """Return how many people there may be: the rows of the largest table that has one for each."""
    one_row = {
        qualified(table.namespace, table.name)
        for table in named_tables(dataset)
        if isinstance(table, n.SelectPatientTable)
    }
    known = [each.rows for each in readings if each.rows is not None and each.table in one_row]
    return max(known, default=None)


def _processor(
    readings: Iterable[TableReading], rates: Rates | None, *, cells: int, steps: int
) -> float | None:
    parts = [each.processor for each in readings]
    if rates is None or None in parts:
        return None
    return sum(part or 0 for part in parts) + cells * rates.cell + steps * rates.step


def _people_at_once(readings: Iterable[TableReading], people: int | None, database: Database) -> int | None:
    """Return how many people are worked on at a time: files are asked of in parts when they are large."""
    rows = sum(each.rows or 0 for each in readings)
    if people is None or database.engine != EMBEDDED or not database.dsn or database.dsn.startswith(EMBEDDED):
        return people
    return min(people, people * rows_of_part(memory_limit(database)) // max(rows, 1))


def _memory(plan: QueryPlan, rates: Rates | None, *, people: int | None, columns: int) -> int | None:
    if rates is None or people is None:
        return None
    largest = max((len(scan.reductions) for scan in plan.scans), default=0)
    return rates.memory + people * (columns * rates.kept + largest * rates.state)


def _drivers(
    readings: Iterable[TableReading], processor: float | None, rates: Rates | None, *, cells: int
) -> Iterator[str]:
    """Say what takes a large share of the time, and what would make it less."""
    if processor is None or rates is None:
        return
    for each in sorted(readings, key=lambda each: -(each.processor or 0)):
        share = (each.processor or 0) / processor
        if share > SHARE_TOLD:
            hint = "conditions on its date, for all answers alike, would cut it"
            if each.times > 1:
                hint = "answers that need other answers first, as events set beside events do, are read for again"
            readings_told = "1 reading" if each.times == 1 else f"{each.times} readings"
            yield f"{each.table}: {readings_told} of {each.rows:,} rows, {share:.0%} of the time; {hint}"
    share = cells * rates.cell / processor
    if share > SHARE_TOLD:
        yield f"the result: {cells:,} values, {share:.0%} of the time; fewer variables would cut it"


def warnings_of(found: Estimate) -> tuple[str, ...]:
    """Say what is far too large, in words for whoever is about to ask; usually nothing."""
    told = []
    if found.seconds is not None and found.seconds > FAR_TOO_LONG:
        told.append(
            f"this query will take about {found.seconds / 3600:,.0f} hours on {found.threads} processors; "
            "`armslength explain --cost` names what drives that"
        )
    if found.memory is not None and found.memory - found.memory_limit > found.spill_free:
        told.append(
            f"this query needs about {found.memory / 1e9:,.0f} GB of memory, {found.memory_limit / 1e9:,.0f} GB may be "
            f"used and {found.spill_free / 1e9:,.0f} GB of disk are free to spill to: give it more with {MEMORY_LIMIT} "
            f"or {SPILL_FOLDER}"
        )
    return tuple(told)


def memory_limit(database: Database) -> int:
    """Return the bytes of memory a query may use: what is set, or four fifths of the machine's."""
    wanted = size_in_bytes(database.settings.completed().memory_limit or "")
    return wanted or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 4 // 5


def estimate_in_words(found: Estimate) -> str:
    """Describe an estimate."""
    lines = ["What it will take"]
    for each in found.readings:
        rows = "an unknown number of" if each.rows is None else f"{each.rows:,}"
        size = "" if each.bytes is None else f", {_size(each.bytes)}"
        again = "" if each.times == 1 else f", {each.times} times"
        lines.append(f"  read {each.table}: {rows} rows{size}{again}")
    people = "an unknown number of" if found.people is None else f"at most {found.people:,}"
    lines.append(f"  result: {people} rows of {found.columns} columns")
    sent = f"{found.characters:,} characters in all, with {found.uploaded:,} rows uploaded"
    lines.append(f"  {found.statements} statements of {sent}")
    if found.seconds is None:
        lines.append(
            "  time and memory: not known, for nobody measured this engine or its tables tell no sizes"
        )
    else:
        lines.append(f"  time: about {_time(found.seconds)} on {found.threads} processors")
    if found.memory is not None:
        spills = "; the rest is spilled to disk" if found.memory > found.memory_limit else ""
        lines.append(
            f"  memory: up to {_size(found.memory)}, {_size(found.memory_limit)} may be used{spills}"
        )
    return "\n".join([*lines, *(f"  {each}" for each in found.drivers), *warnings_of(found)])


def estimate_as_data(found: Estimate) -> dict[str, Any]:
    """The same for programs. Sizes are in bytes, times in seconds."""
    return {**asdict(found), "warnings": list(warnings_of(found))}


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _time(seconds: float) -> str:
    """Return a time for people, no finer than it is known.

    >>> _time(0.3), _time(42), _time(250), _time(20_000)
    ('a second', '42 seconds', '4 minutes', '6 hours')
    """
    if seconds < 1.5:
        return "a second"
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.0f} seconds"
