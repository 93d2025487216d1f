"""The packages that a study's scripts load, read from their text: a hint of what will be missing, no more."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from armslength.cli.codelists.study import NOT_SEARCHED, python_files
from armslength.pipeline.reading import FILE_NAME

LOADED_IN_R = re.compile(
    r"^[^#\n]*?\b(?:(?:library|require|requireNamespace)\(\s*[\"']?([A-Za-z][A-Za-z0-9.]*)[\"']?|([A-Za-z][A-Za-z0-9.]*):::?)",
    re.MULTILINE,
)
# They come with R itself.
BASE_R = frozenset(
    {"base", "compiler", "datasets", "graphics", "grDevices", "grid", "methods", "parallel"}
    | {"splines", "stats", "stats4", "tcltk", "tools", "utils"}
)


def r_packages(folder: Path) -> tuple[str, ...]:
    """The packages that the study's R scripts load, without those that come with R."""
    if not (folder / FILE_NAME).is_file():
        return ()
    found: set[str] = set()
    for path in _files(folder, (".r", ".rmd", ".qmd")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found.update(first or second for first, second in LOADED_IN_R.findall(text))
    return tuple(sorted(found - BASE_R))


def python_packages(folder: Path) -> tuple[str, ...]:
    """The packages that the study's Python scripts import and this Python cannot find."""
    if not (folder / FILE_NAME).is_file():
        return ()
    files = list(python_files(folder))
    own = {path.stem for path in files} | {path.parent.name for path in files}
    names = {name for path in files for name in _imported(path)} - own - set(sys.stdlib_module_names)
    return tuple(sorted(name for name in names if importlib.util.find_spec(name) is None))


def _imported(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _files(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in NOT_SEARCHED:
            continue
        if path.is_dir():
            yield from _files(path, suffixes)
        elif path.suffix.lower() in suffixes:
            yield path
