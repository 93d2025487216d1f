"""A large query in parts: patients by ranges of their id, one range after the other, so that memory does not grow.

Nothing that is asked of one patient depends on another. Where files are sorted by patient, as those of a store are, a
range is in a few of their row groups: each row is read as often as without parts, what is kept of everybody is kept of
one range at a time, and the ranges follow one another in the order of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
from sqlglot import exp

from armslength.query.engines.backend import PATIENT_ID, Backend
from armslength.query.engines.engine import ParquetFiles, Plan
from armslength.query.model import nodes as n

# Of memory for each row of all tables, at least; measured: 5 to 15 with a hundred variables.
BYTES_A_ROW = 60
FEWEST_ROWS = 20_000_000
FIRST, LAST = -(2**63), 2**63 - 1
# So much more may be read in parts than at once; files that are not sorted by patient take far more.
READ_AGAIN = 1.25
SMALL_TABLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanByPatient(Plan):
    """A plan that may be run for a range of patients after the other.

    `by_patient` are the physical tables whose rows are told apart by the named column; `is_everything` says that
    no other table is read, so that nobody else comes into the result.
    """

    by_patient: Mapping[str, str] = field(default_factory=dict)
    is_everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Patients from `first` to `last`, both included, and the files of each table that have rows of them."""

    first: int
    last: int
    files: Mapping[str, tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Some rows of a file, and between which patients they lie."""

    file: Path
    first: int
    last: int
    rows: int


def by_patient(plan: Plan, dataset: n.Dataset, *, backend: Backend) -> Plan:
    """Say of a plan which tables it may be run by, if any. Sums over patients and several results need it whole."""
    if dataset.measures or dataset.events:
        return plan
    columns: dict[str, str] = {}
    elsewhere: set[str] = set()
    tables = n.tables_of(dataset)
    for table in tables:
        if isinstance(table, (n.SelectTable, n.SelectPatientTable)):
            mapping = backend.mapping_of(table)
            read = list(backend.physical_tables(mapping))
            column = mapping.patient_id
            if mapping.query is None and columns.setdefault(mapping.table, column) == column:
                read.remove(mapping.table)
            # What is left is read by a view or a restriction, perhaps for what it says of other patients.
            elsewhere.update(read)
    kept = {name: column for name, column in columns.items() if name not in elsewhere}
    everything = len(kept) == len(columns) and not elsewhere
    everything = everything and not any(isinstance(table, n.InlinePatientTable) for table in tables)
    known = {each.name: getattr(plan, each.name) for each in fields(plan)}
    return PlanByPatient(**known, by_patient=kept, is_everything=everything)


def rows_of_part(memory: int) -> int:
    """Return how many rows of all tables a part may have, given so many bytes of memory."""
    return max(memory // BYTES_A_ROW, FEWEST_ROWS)


def parts_of(plan: Plan, source: object, *, memory: int) -> tuple[Part, ...]:
    """Return the parts that a plan is run in, in order; none when it is better run at once.

    `memory` in bytes decides how many rows a part may have.
    """
    if not isinstance(plan, PlanByPatient) or not isinstance(source, ParquetFiles) or len(plan.results) != 1:
        return ()
    tables = {name: column for name, column in plan.by_patient.items() if name in source.tables}
    groups = {name: list(_groups(source.tables[name], column)) for name, column in tables.items()}
    if not groups or any(None in each for each in groups.values()):
        return ()
    known = {name: [each for each in found if each is not None] for name, found in groups.items()}
    total = sum(each.rows for found in known.values() for each in found)
    number = -(-total // rows_of_part(memory))
    largest = max(known.values(), key=lambda found: sum(each.rows for each in found))
    edges = _edges(largest, number)
    if not edges:
        return ()
    bounds = [*pairwise([FIRST, *edges, LAST + 1])]
    parts = tuple(_part(known, first, following - 1) for first, following in bounds)
    return parts if all(_is_sorted(found, bounds) for found in known.values()) else ()


def _groups(files: tuple[Path, ...], column: str) -> Iterator[_Group | None]:
    """Yield the row groups of a table, None for one of which it is not known whose rows it has."""
    for path in files:
        facts = pq.read_metadata(path)
        names = [facts.schema.column(place).path for place in range(facts.num_columns)]
        place = names.index(column) if column in names else None
        for number in range(facts.num_row_groups):
            group = facts.row_group(number)
            found = None if place is None else group.column(place).statistics
            if found is None or not found.has_min_max or not isinstance(found.min, int):
                yield None
            else:
                yield _Group(path, found.min, found.max, group.num_rows)


def _edges(groups: list[_Group], number: int) -> list[int]:
    """Return the first patient of each part but the first: where row groups begin, at about equal distances."""
    share = sum(each.rows for each in groups) / max(number, 1)
    edges: list[int] = []
    rows = 0
    for each in sorted(groups, key=lambda each: each.first):
        if rows >= share * (len(edges) + 1) and each.first > (edges[-1] if edges else FIRST):
            edges.append(each.first)
        rows += each.rows
    return edges


def _is_sorted(groups: list[_Group], bounds: list[tuple[int, int]]) -> bool:
    """Whether reading a table range by range reads little more than reading it once."""
    total = sum(each.rows for each in groups)
    read = sum(
        each.rows for first, after in bounds for each in groups if each.first < after and each.last >= first
    )
    return total <= SMALL_TABLE or read <= READ_AGAIN * total


def _part(groups: Mapping[str, list[_Group]], first: int, last: int) -> Part:
    files = {}
    for name, found in groups.items():
        inside = dict.fromkeys(each.file for each in found if each.first <= last and each.last >= first)
        # A view needs a file to know its columns, also when there is nobody in it.
        files[name] = tuple(inside) or (found[0].file,)
    return Part(first=first, last=last, files=files)


def of_part(plan: Plan, table: str, part: Part) -> exp.Expr:
    """Return the condition that a row of a physical table is of a patient of a part."""
    assert isinstance(plan, PlanByPatient)  # noqa: S101 - others have no parts
    return _between(plan.by_patient[table], part)


def limited_to(plan: Plan, part: Part) -> Plan:
    """Return the plan whose result has nobody but the patients of a part, given tables with only their rows."""
    if isinstance(plan, PlanByPatient) and plan.is_everything:
        return plan
    (result,) = plan.results
    rows = exp.select("*").from_(f"({result.sql}) AS part", dialect="duckdb")
    limited = rows.where(_between(PATIENT_ID, part)).order_by(exp.column(PATIENT_ID, quoted=True))
    return replace(plan, results=(replace(result, sql=limited.sql(dialect="duckdb")),))


def _between(column: str, part: Part) -> exp.Expr:
    named = exp.column(exp.to_identifier(column, quoted=True))
    return exp.Between(this=named, low=exp.convert(part.first), high=exp.convert(part.last))
