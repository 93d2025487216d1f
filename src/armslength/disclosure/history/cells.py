"""Released cells: each shown count with its key, its bounds, and where it was released."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from armslength.disclosure.attack.keys import CellKey, keys_of
from armslength.disclosure.attack.reading import quantity_of
from armslength.disclosure.attack.structure import treatment_of_column
from armslength.disclosure.attack.sums import count_columns, is_hidden
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Where cells were released from. `population` is the fingerprint of the people counted, when known.

    `refresh` is the day up to which the data went, `codelists` a fingerprint of the codes used; empty means unknown.
    """

    id: str
    project: str
    on: date
    backend: str = ""
    population: str = ""
    refresh: str = ""
    codelists: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCell:
    """One cell as released: `low` and `high` bound the true count, `treatment` says how it was shown."""

    key: CellKey
    shown: str
    low: int
    high: int | None
    hidden: bool
    treatment: str
    file: str
    table: int = 0
    row: int = 0
    column: int = 0


def key_number(project: str, measure: str, levels: str) -> int:
    """A cell's key as a 63-bit number, the same on every machine: what the ledger is looked up by."""
    digest = hashlib.blake2b(f"{project}\x1e{measure}\x1f{levels}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The counts of a file: those that a key names, and how many share their key with another or have none."""

    cells: tuple[ReleasedCell, ...]
    unnamed: int


def cells_of(subjects: Sequence[Subject], *, file: str) -> Reading:
    """The cells of a file that show or hide counts, each under a key that is unique in its table."""
    named: list[ReleasedCell] = []
    unnamed = 0
    for subject in subjects:
        for cell in _cells(subject, file):
            if cell is None:
                unnamed += 1
            else:
                named.append(cell)
    return Reading(cells=tuple(named), unnamed=unnamed)


def _cells(subject: Subject, file: str) -> Iterator[ReleasedCell | None]:
    """Each count of a table, or None for one without a key of its own."""
    columns = [column for column in count_columns(subject) if subject.roles[column].role is Role.COUNT]
    keys = keys_of(subject, columns)
    for column in columns:
        treatment = treatment_of_column(subject, column)
        name = treatment.scheme.name if treatment.scheme else "unknown" if treatment.unknown else "exact"
        for row, cell in enumerate(subject.table.columns[column]):
            if cell.count is None and not is_hidden(cell):
                continue
            key = keys.get((row, column))
            if key is None:
                yield None
                continue
            quantity = quantity_of(cell, treatment, name="")
            yield ReleasedCell(
                key=key, shown=quantity.shown, low=quantity.low, high=quantity.high, hidden=quantity.hidden,
                treatment=name, file=file, table=subject.table.number, row=row, column=column,
            )  # fmt: skip
