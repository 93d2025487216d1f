"""A study's codelists on disk: read them all, write a new state of them whole or not at all."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.files import temporary_path
from armslength.pipeline.codelists.checking import Folder
from armslength.pipeline.codelists.listing import FOLDER, LISTING, MANIFEST, OWN_FOLDER
from armslength.pipeline.codelists.manifest import Entry, read_manifest
from armslength.query.model.codes import CODE_SYSTEMS

SYSTEMS = {system.system: system.pattern for system in CODE_SYSTEMS}
NOT_SEARCHED = frozenset({"metadata", "node_modules", "output", "outputs", "__pycache__"})
READERS = frozenset({"codelist_from_csv"})
USAGE_STATUS = 2


@dataclass(frozen=True)
class State:
    """What is to lie in the folder: files by name, the manifest, the list; names to delete."""

    files: Mapping[str, bytes]
    manifest: str
    listing: str
    deleted: tuple[str, ...] = ()


def read_folder(study: Path) -> Folder:
    """Read the folder of codelists, or an empty one. Raises Mistake P070 when it cannot be read."""
    folder = study / FOLDER
    try:
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv")) if path.is_file()}
        return Folder(_text(folder / LISTING), _text(folder / MANIFEST), files)
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake("P070", f"the folder of codelists cannot be read: {error}", str(folder)) from None


def require_listing(folder: Folder) -> str:
    """Return the text of `codelists.txt`. Raises Mistake P070 when there is none."""
    if folder.listing is None:
        hint = "`armslength codelists add ADDRESS` starts one; run it in the study's folder"
        raise Mistake("P070", f"there is no `{FOLDER}/{LISTING}` here", str(Path.cwd()), hint, USAGE_STATUS)
    return folder.listing


def entries_of(folder: Folder) -> dict[str, Entry]:
    """What the manifest knows; nothing when there is none."""
    return {} if folder.manifest is None else read_manifest(folder.manifest)


def write_state(study: Path, state: State) -> None:
    """Write everything beside its place first, then put files, manifest and list there, in this order.

    Whatever fails before that leaves the folder as it was. Raises Mistake P075.
    """
    folder = study / FOLDER
    contents = {LISTING: state.listing.encode(), MANIFEST: state.manifest.encode(), **state.files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as places:
            # Closed in the reverse order: the files first, the list that promises them last.
            for name, content in contents.items():
                places.enter_context(temporary_path(folder / name)).write_bytes(content)
        for name in state.deleted:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        hint = "make room or allow writing there, and run the command again"
        raise Mistake(
            "P075", f"the codelists cannot be written: {error.strerror}", str(folder), hint
        ) from None


def codelist_files(study: Path) -> dict[str, bytes]:
    """Every CSV file that is a codelist: of the two folders, and those that Python files name outright."""
    paths = {path for name in (FOLDER, OWN_FOLDER) for path in (study / name).glob("*.csv")}
    paths |= {study / named for named in columns_read(study)}
    root = study.resolve()
    inside = {path for path in paths if path.is_file() and path.resolve().is_relative_to(root)}
    return {path.relative_to(study).as_posix(): path.read_bytes() for path in sorted(inside)}


def columns_read(study: Path) -> dict[str, set[str]]:
    """The columns that `codelist_from_csv("file", column="…")` reads, where both are written as plain text.

    Only an addition to what column names tell: calls with names worked out at run time are not seen.
    """
    columns: dict[str, set[str]] = {}
    for path in python_files(study):
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in READERS and call.args and isinstance(text := _constant(call.args[0]), str):
                named = (_constant(word.value) for word in call.keywords if word.arg == "column")
                columns.setdefault(text.removeprefix("./"), set()).update(filter(None, named))
    return columns


def python_files(study: Path) -> Iterable[Path]:
    """The study's own Python files, not those of environments or outputs."""
    for path in sorted(study.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in NOT_SEARCHED:
            continue
        if path.is_dir() and not (path / "pyvenv.cfg").exists():
            yield from python_files(path)
        elif path.suffix == ".py":
            yield path


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
