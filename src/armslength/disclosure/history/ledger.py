"""The release ledger: a file of released cells that answers, for a new cell, what was said of it before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from armslength.disclosure.attack.keys import CellKey
from armslength.disclosure.history.cells import Release, ReleasedCell, key_number
from armslength.disclosure.history.spans import banded_dimensions
from armslength.kernel.errors import Mistake

_SCHEMA = """
create table if not exists release (
    number integer primary key, id text not null unique, project text not null, released_on text not null,
    backend text not null, population text not null, refresh text not null, codelists text not null);
create table if not exists file (
    number integer primary key, release integer not null references release, name text not null,
    sha256 text not null, unread text not null, unique (release, name));
create table if not exists cell (
    key integer not null, file integer not null, place integer not null, low integer not null, high integer,
    shown text not null, treatment text not null, levels text not null,
    primary key (key, file, place)) without rowid;
create table if not exists slice (
    slice integer not null, key integer not null, primary key (slice, key)) without rowid;
"""
_Row = tuple[int, int, int, int, int | None, str, str, str]
_BATCH = 500
_CACHE_KIB = 128 * 1024
VERSION = 1
# (table, row, column) as one number: a file has at most 1,000 tables and 1,000 columns that are looked at.
_PLACE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A cell as it was released before, with the release it was in."""

    cell: ReleasedCell
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what was released the ledger could read."""

    files: int
    unread: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.files:
            return "history check: no earlier release is known"
        line = f"history check covered {self.files - len(self.unread)} of {self.files} released files"
        return line + (f"; not read: {', '.join(self.unread[:5])}" if self.unread else "")


class ReleaseLedger:
    """Released cells in one SQLite file. Readers may read while one writer writes.

    Raises Mistake C011 when the file is no release ledger of this version.
    """

    def __init__(self, path: Path | str = ":memory:") -> None:
        self._database = sqlite3.connect(path)
        try:
            (version,) = self._database.execute("pragma user_version").fetchone()
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError(f"it has version {version}, this is {VERSION}")
            self._database.execute(f"pragma cache_size = -{_CACHE_KIB}")
            self._database.executescript(f"pragma user_version = {VERSION}; {_SCHEMA}")
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise Mistake(
                "C011", "this is not a release ledger", where=str(path), hint=f"{error}; name another folder"
            ) from None

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> ReleaseLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, release: Release, files: Iterable[ReleasedFile]) -> int:
        """Record a release, wholly or not at all; say how many cells it has. The same id twice is refused: C012."""
        try:
            with self._database as database:
                number = _insert_release(database, release)
                rows: list[_Row] = []
                slices: set[tuple[int, int]] = set()
                for file in files:
                    _insert_file(database, number, release, file, rows, slices)
                # In the order of the keys: pages of a large ledger are then written once each.
                rows.sort(key=_place)
                database.executemany("insert into cell values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                database.executemany("insert or ignore into slice values (?, ?)", sorted(slices))
                return len(rows)
        except sqlite3.IntegrityError:
            raise Mistake(
                "C012",
                f"release `{release.id}` is in the ledger already, or names a file twice",
                hint="a release is recorded once; give a corrected one a new id",
            ) from None

    def earlier(self, cells: Sequence[ReleasedCell], *, project: str) -> dict[CellKey, list[Earlier]]:
        """What was released before under the keys of these cells, oldest release first."""
        wanted = {key_number(project, c.key.measure, _levels(c.key)): c.key for c in cells}
        found: dict[CellKey, list[Earlier]] = {}
        for entry in self._rows("cell.key", list(wanted), project):
            found.setdefault(entry.cell.key, []).append(entry)
        return {key: sorted(entries, key=_age) for key, entries in found.items()}

    def slices(self, cells: Sequence[ReleasedCell], dimension: str, *, project: str) -> list[Earlier]:
        """Everything released that differs from one of these cells in its level of one dimension only."""
        wanted = {
            key_number(project, f"{dimension}|{c.key.measure}", _without(c.key, dimension)) for c in cells
        }
        return sorted(self._rows("slice", list(wanted), project), key=_age)

    def same_files(self, digests: Iterable[str], *, project: str) -> dict[str, str]:
        """Which of these SHA-256 digests were released before, and in which release."""
        found = {}
        for digest in dict.fromkeys(digests):
            row = self._database.execute(
                "select release.id from file join release on release.number = file.release"
                " where file.sha256 = ? and release.project = ?",
                [digest, project],
            ).fetchone()
            if row:
                found[digest] = row[0]
        return found

    def coverage(self, *, project: str) -> Coverage:
        """How many released files of a project the ledger holds, and which could not be read."""
        rows = self._database.execute(
            "select file.name, file.unread from file join release on release.number = file.release"
            " where release.project = ? order by file.number",
            [project],
        ).fetchall()
        return Coverage(files=len(rows), unread=tuple(name for name, unread in rows if unread))

    def _rows(self, by: str, numbers: list[int], project: str) -> Iterator[Earlier]:
        source = "slice join cell on cell.key = slice.key" if by == "slice" else "cell"
        column = "slice.slice" if by == "slice" else "cell.key"
        for start in range(0, len(numbers), _BATCH):
            batch = numbers[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            # Only fixed names and question marks are put together here.
            query = (
                "select cell.place, cell.low, cell.high, cell.shown, cell.treatment, cell.levels, file.name,"  # noqa: S608
                " release.id, release.project, release.released_on, release.backend, release.population,"
                f" release.refresh, release.codelists from {source} join file on file.number = cell.file"
                f" join release on release.number = file.release where {column} in ({marks}) and release.project = ?"
            )
            with closing(self._database.execute(query, [*batch, project])) as rows:
                yield from (_earlier(row) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFile:
    """One file of a release: its cells, or why it could not be read.

    `unnamed` is how many counts it shows that no key tells apart; they can be compared with nothing.
    """

    name: str
    sha256: str = ""
    cells: tuple[ReleasedCell, ...] = ()
    unread: str = ""
    unnamed: int = 0


def _insert_release(database: sqlite3.Connection, release: Release) -> int:
    cursor = database.execute(
        "insert into release (id, project, released_on, backend, population, refresh, codelists)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [release.id, release.project, release.on.isoformat(), release.backend, release.population,
         release.refresh, release.codelists],
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def _place(row: _Row) -> tuple[int, int, int]:
    return row[:3]


def _insert_file(
    database: sqlite3.Connection, number: int, release: Release, file: ReleasedFile,
    rows: list[_Row], slices: set[tuple[int, int]],
) -> None:  # fmt: skip
    cursor = database.execute(
        "insert into file (release, name, sha256, unread) values (?, ?, ?, ?)",
        [number, file.name, file.sha256, file.unread],
    )
    file_number = int(cursor.lastrowid or 0)
    for cell in file.cells:
        levels = _levels(cell.key)
        key = key_number(release.project, cell.key.measure, levels)
        place = (cell.table * _PLACE + cell.column) * 1_000_000 + cell.row
        said = f"{cell.key.measure}\x1f{levels}"
        rows.append((key, file_number, place, cell.low, cell.high, cell.shown, cell.treatment, said))
        for dimension in banded_dimensions(cell.key):
            measure = f"{dimension}|{cell.key.measure}"
            slices.add((key_number(release.project, measure, _without(cell.key, dimension)), key))


def _levels(key: CellKey) -> str:
    return "\x1f".join(f"{dimension}={level}" for dimension, level in key.levels)


def _without(key: CellKey, dimension: str) -> str:
    return "\x1f".join(f"{name}={level}" for name, level in key.levels if name != dimension)


def _age(entry: Earlier) -> tuple[str, str, str, int]:
    return entry.release.on.isoformat(), entry.release.id, entry.cell.file, entry.cell.row


def _earlier(row: tuple[object, ...]) -> Earlier:
    place, low, high, shown, treatment, levels, file, *release = row
    measure, *said = str(levels).split("\x1f")
    pairs = tuple(tuple(text.split("=", 1)) for text in said if text)
    rest, line = divmod(int(str(place)), 1_000_000)
    identifier, project, on, backend, population, refresh, codelists = map(str, release)
    return Earlier(
        cell=ReleasedCell(
            key=CellKey(measure, tuple((pair[0], pair[1]) for pair in pairs)),
            shown=str(shown), low=int(str(low)), high=None if high is None else int(str(high)),
            hidden=not str(shown)[:1].isdigit(), treatment=str(treatment), file=str(file),
            table=rest // _PLACE, row=line, column=rest % _PLACE,
        ),
        release=Release(
            id=identifier, project=project, on=date.fromisoformat(on), backend=backend, population=population,
            refresh=refresh, codelists=codelists,
        ),
    )  # fmt: skip
