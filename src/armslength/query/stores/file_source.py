"""Files to import: for each table a file, or a folder of files, in a folder; all CSV or all Parquet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from armslength.kernel.errors import Mistake

SUFFIXES = {
    "csv": (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt"),
    "parquet": (".parquet",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file with rows of one table; `name` is its path within the folder."""

    table: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a folder holds: files in the order of their names, and files that belong to no table."""

    folder: Path
    files: tuple[SourceFile, ...]
    unknown: tuple[str, ...]


def found_files(folder: Path, *, kind: str, tables: Collection[str]) -> Files:
    """Sort the files of a folder into tables, by name alone. Raises Mistake D030 when there is nothing to import.

    `clinical_events.csv`, `clinical_events/january.csv` and `CLINICAL_EVENTS/part-1.csv.gz` are all of one table.
    """
    if not folder.is_dir():
        what = "this is a file" if folder.exists() else "there is no such folder"
        raise Mistake(
            "D030", what, where=str(folder), hint="name a folder with a file, or a folder, for each table"
        )
    files, unknown = [], []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "__MACOSX")) for part in Path(name).parts):
            continue
        if path.is_symlink():
            hint = "replace the link by the file itself"
            raise Mistake("D022", "the folder holds a symbolic link", where=str(path), hint=hint)
        if not path.is_file():
            continue
        table = _table_of(name, kind=kind, tables=tables)
        if table is None:
            unknown.append(name)
        else:
            files.append(SourceFile(table=table, name=name, path=path))
    found = {file.table for file in files}
    if "patients" not in found:
        raise Mistake("D030", _missing(unknown, kind=kind), where=str(folder), hint=_hint(unknown, tables))
    return Files(folder=folder, files=tuple(files), unknown=tuple(unknown))


def _table_of(name: str, *, kind: str, tables: Collection[str]) -> str | None:
    lower = name.lower()
    suffix = next((each for each in SUFFIXES[kind] if lower.endswith(each)), None)
    if suffix is None:
        return None
    parts = Path(lower.removesuffix(suffix)).parts
    # The innermost folder that is called like a table, or else the file itself.
    return next((part for part in reversed(parts) if part in tables), None)


def _missing(unknown: list[str], *, kind: str) -> str:
    held = f"; it holds {', '.join(unknown[:5])}" if unknown else ""
    return f"the folder has no {kind} file of the table `patients`{held}"


def _hint(unknown: list[str], tables: Collection[str]) -> str:
    for name in unknown:
        close = get_close_matches(Path(name).stem.lower(), list(tables), n=1)
        if close:
            return f"is `{name}` the table `{close[0]}`? tables are {', '.join(tables)}"
    return f"tables are {', '.join(tables)}, such as patients.csv; every other table refers to patients"
