"""What differs between two versions of one codelist: codes, terms, other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from armslength.pipeline.codelists.tables import Table


@dataclass(frozen=True)
class Reworded:
    """A code that stayed and whose row says something else in one column."""

    code: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What happened to one codelist. Codes come with their terms, in the order of their file."""

    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    reworded: tuple[Reworded, ...] = ()
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """Every code that came or went."""
        return frozenset(code for code, _ in (*self.added, *self.removed))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.reworded or self.columns_added or self.columns_removed)


def changes_between(before: Table | None, after: Table | None) -> Changes:
    """Compare two versions; None is a list that is not there. Codes are compared without spaces around them."""
    old, new = _rows(before), _rows(after)
    kept = [code for code in new if code in old]
    shared = [name for name in _names(before) if name in _names(after)]
    reworded = [
        Reworded(code, name, old[code].get(name, ""), new[code].get(name, ""))
        for code in kept
        for name in shared
        if old[code].get(name, "") != new[code].get(name, "")
    ]
    both = before is not None and after is not None
    return Changes(
        added=tuple((code, _term(after, new[code])) for code in new if code not in old),
        removed=tuple((code, _term(before, old[code])) for code in old if code not in new),
        reworded=tuple(reworded),
        columns_added=tuple(name for name in _names(after) if both and name not in shared),
        columns_removed=tuple(name for name in _names(before) if both and name not in shared),
    )


def _names(table: Table | None) -> tuple[str, ...]:
    return () if table is None else tuple(name.strip() for name in table.columns)


def _rows(table: Table | None) -> dict[str, Mapping[str, str]]:
    """Every code with its row by column; a code that stands twice keeps its last row, as queries do."""
    if table is None:
        return {}
    names, place = _names(table), table.code_column
    rows: dict[str, Mapping[str, str]] = {}
    for _, cells in table.rows:
        code = cells[place].strip()
        if code:
            rows[code] = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    return rows


def _term(table: Table | None, row: Mapping[str, str]) -> str:
    if table is None or table.term_column is None:
        return ""
    return row.get(table.columns[table.term_column].strip(), "")
