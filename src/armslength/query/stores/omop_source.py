"""The files of an export: found in a zip archive or a folder, checked before any of them is opened.

Nothing is ever unpacked to disk: members are read as streams, so a path inside an archive leads nowhere.
"""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from armslength.kernel.errors import Mistake
from armslength.query.stores.list_files import LISTS
from armslength.query.stores.omop_schema import CDM_TABLES

# A table of numbers packs ten to thirty times; what packs more than this was made to burst.
MOST_RATIO = 250
RATIO_MATTERS_ABOVE = 4 << 20
MOST_BYTES = 4 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """One file that holds a table of the model; `name` is its path within the export."""

    table: str
    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export holds: files by table, files left out with the reason."""

    path: Path
    files: dict[str, TableFile]
    ignored: dict[str, str]
    unknown: tuple[str, ...]


@contextmanager
def opened_export(path: Path) -> Iterator[Export]:
    """Open a zip archive or a folder of CSV files. Raises Mistake D020 to D025."""
    if path.is_dir():
        yield _sorted_out(path, _files_of_folder(path))
        return
    if not path.exists():
        hint = "name a folder of CSV files or a zip archive of them"
        raise Mistake("D020", "there is no such export", where=str(path), hint=hint)
    hint = "fetch the export again and compare its size and checksum with the sender's"
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        what = f"the export is not a whole zip archive ({error})"
        raise Mistake("D021", what, where=str(path), hint=hint) from None
    with archive:
        yield _sorted_out(path, _files_of_archive(path, archive))


def _files_of_archive(path: Path, archive: zipfile.ZipFile) -> dict[str, Callable[[], IO[bytes]]]:
    """Return the members by name after checking what the archive says of itself."""
    files: dict[str, Callable[[], IO[bytes]]] = {}
    total = 0
    for member in archive.infolist():
        where = f"{path}: {member.filename!r}"
        if reason := _why_not_safe(member):
            hint = "do not use this archive; ask the sender for one made of plain files"
            raise Mistake("D022", f"the archive holds {reason}", where=where, hint=hint)
        if member.is_dir():
            continue
        if member.filename in files:
            raise Mistake(
                "D023", "the archive holds two files of the same name", where=where, hint="remove one"
            )
        total += member.file_size
        if total > MOST_BYTES:
            hint = "import a folder of unpacked files instead, if you trust the sender"
            raise Mistake("D022", "the archive would unpack to more than 4 TiB", where=where, hint=hint)
        files[member.filename] = _opener(archive, member)
    return files


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)


def _why_not_safe(member: zipfile.ZipInfo) -> str | None:
    name = member.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or name.startswith(("/", "\\")) or name[1:2] == ":" or "\x00" in name:
        return "a file whose path leads out of it"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a symbolic link"
    if member.flag_bits & 0x1:
        return "an encrypted file"
    if member.file_size > RATIO_MATTERS_ABOVE and member.file_size > MOST_RATIO * max(
        member.compress_size, 1
    ):
        return f"a file that would burst to more than {MOST_RATIO} times its size"
    return None


def _files_of_folder(path: Path) -> dict[str, Callable[[], IO[bytes]]]:
    files: dict[str, Callable[[], IO[bytes]]] = {}
    for file in sorted(path.rglob("*")):
        if file.is_symlink():
            hint = "replace the link by the file itself"
            raise Mistake("D022", "the export holds a symbolic link", where=str(file), hint=hint)
        if file.is_file():
            files[file.relative_to(path).as_posix()] = plain_opener(file)
    return files


def plain_opener(file: Path) -> Callable[[], IO[bytes]]:
    if file.suffix.lower() == ".gz":
        return lambda: cast("IO[bytes]", _CheckedGzip(file))
    return lambda: file.open("rb")


class _CheckedGzip(gzip.GzipFile):
    """A gzip file that stops when it bursts."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path, self._most = path, max(RATIO_MATTERS_ABOVE, MOST_RATIO * path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if self.tell() > self._most:
            hint = "do not use this file; ask the sender for a plain one"
            what = f"the file bursts to more than {MOST_RATIO} times its size"
            raise Mistake("D022", what, where=str(self._path), hint=hint)
        return piece


def _sorted_out(path: Path, found: dict[str, Callable[[], IO[bytes]]]) -> Export:
    """Sort files into tables, ignored and unknown, by name alone."""
    files: dict[str, TableFile] = {}
    ignored: dict[str, str] = {}
    unknown: list[str] = []
    for name, opener in found.items():
        parts = PurePosixPath(name).parts
        table = _table_named(parts[-1])
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            ignored[name] = "a hidden file or what macOS adds to an archive"
        elif table is None:
            unknown.append(name)
        elif table in files:
            what = f"two files claim to be the table `{table}`: `{files[table].name}` and `{name}`"
            raise Mistake("D023", what, where=str(path), hint="remove the one that is not wanted")
        else:
            files[table] = TableFile(table=table, name=name, open=opener)
    if not files:
        hint = "an export holds one CSV file for each table, such as PERSON.csv"
        raise Mistake("D024", "the export holds no table of the OMOP model", where=str(path), hint=hint)
    if "person" not in files:
        hint = "export the table PERSON with the others; every other table refers to it"
        raise Mistake("D025", "the export has no table `person`", where=str(path), hint=hint)
    return Export(path=path, files=files, ignored=ignored, unknown=tuple(sorted(unknown)))


def _table_named(file_name: str) -> str | None:
    name = file_name.lower().removesuffix(".gz")
    stem = name.rsplit(".", 1)[0]
    known = name.endswith((".csv", ".tsv", ".txt")) and (stem in CDM_TABLES or stem in LISTS)
    return stem if known else None


@contextmanager
def reading(file: TableFile, path: Path) -> Iterator[IO[bytes]]:
    """Open one table's file; what goes wrong with the archive while reading becomes a Mistake (D021)."""
    hint = "fetch the export again and compare its size and checksum with the sender's"
    where = f"{path}: {file.name}"
    try:
        with file.open() as stream:
            yield stream
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Mistake("D021", f"the file is damaged or cut short ({error})", where=where, hint=hint) from None
    except NotImplementedError as error:
        raise Mistake("D022", f"the file cannot be read ({error})", where=where, hint=hint) from None
