"""Which variables of which definitions change when codelists change.

Every definition of `project.yaml` is loaded twice, with the codelists as they were and as they would be, and the two
queries are compared. That is exact where reading the text is not: codelists are joined, filtered, passed to functions
and looped over, and what counts is whether the query of a variable comes out different.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from armslength.cli.codelists.study import NOT_SEARCHED
from armslength.cli.ehrql import ALIASES, COMMANDS, parse
from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.model import DATASET_IMAGES, Action
from armslength.pipeline.reading import FILE_NAME, read_pipeline
from armslength.query.loading.isolation import Isolation
from armslength.query.loading.load import load
from armslength.query.model.node import Node, walk
from armslength.query.model.series import Value

LOADED_BY = ("generate-dataset", "generate-measures")
LARGEST_COPIED = 50 * 2**20


@dataclass(frozen=True)
class Definition:
    """One way in which the pipeline runs a definition: the actions that do, the file, its parameters."""

    actions: tuple[str, ...]
    path: Path
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Affected:
    """One definition and its variables whose query changes, each with the codes that make the difference."""

    definition: Definition
    variables: Mapping[str, frozenset[str]]
    not_loaded: str | None = None  # why nothing can be said


Parts = dict[str, Node]


def affected_definitions(
    study: Path, *, before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]
) -> list[Affected]:
    """Compare every definition under two states of some files (by path in the study; None: not there)."""
    definitions = definitions_of(study)
    if not definitions:
        return []
    with _copy(study, before) as old, _copy(study, after) as new:
        return [_compare(definition, old, new) for definition in definitions]


def definitions_of(study: Path) -> list[Definition]:
    """The definitions that actions of `project.yaml` run, each way once; none when there is no readable file."""
    try:
        pipeline = read_pipeline((study / FILE_NAME).read_bytes())
    except (OSError, Mistakes):
        return []
    ways: dict[tuple[Path, tuple[str, ...]], list[str]] = {}
    for action in pipeline.actions.values():
        if (way := _way(action)) is not None:
            ways.setdefault(way, []).append(action.id)
    return [Definition(tuple(actions), path, parameters) for (path, parameters), actions in ways.items()]


def _way(action: Action) -> tuple[Path, tuple[str, ...]] | None:
    arguments = action.command.arguments
    if action.command.image not in DATASET_IMAGES or not arguments:
        return None
    command = ALIASES.get(arguments[0], arguments[0])
    if command not in LOADED_BY:
        return None
    module = importlib.import_module(f"armslength.cli.ehrql.{COMMANDS[command][0]}")
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        parsed = parse(command, module, list(arguments[1:]))
    return None if isinstance(parsed, int) else (parsed.definition, tuple(parsed.parameters))


@contextlib.contextmanager
def _copy(study: Path, files: Mapping[str, bytes | None]) -> Iterator[Path]:
    """A copy of the study with these files put in place: all that a definition may read, without outputs."""

    def unwanted(folder: str, names: list[str]) -> set[str]:
        paths = {name: Path(folder) / name for name in names}
        return {
            name
            for name, path in paths.items()
            if name.startswith(".")
            or name in NOT_SEARCHED
            or path.is_symlink()
            or (path / "pyvenv.cfg").exists()
            or (path.is_file() and path.stat().st_size > LARGEST_COPIED)
        }

    with tempfile.TemporaryDirectory(prefix="armslength-codelists-") as temporary:
        copy = Path(temporary).resolve() / "study"
        shutil.copytree(study, copy, ignore=unwanted)
        for name, content in files.items():
            path = copy / name
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        yield copy


def _compare(definition: Definition, old: Path, new: Path) -> Affected:
    try:
        before, after = _parts(definition, old), _parts(definition, new)
    except Mistake as mistake:
        return Affected(definition, {}, f"{mistake.code}: {mistake.what}")
    changed = {}
    for name in {**before, **after}:
        one, other = before.get(name), after.get(name)
        if one is not other:
            changed[name] = _texts(one) ^ _texts(other)
    return Affected(definition, changed)


def _parts(definition: Definition, study: Path) -> Parts:
    """What a definition asks for, by name. Equal queries are the same object, in both copies."""
    with contextlib.chdir(study):
        loaded = load(
            definition.path,
            parameters=definition.parameters,
            isolate=Isolation.from_environment(),
            say=lambda text: None,
        )
    parts: Parts = {}
    if loaded.dataset is not None:
        parts |= {"(population)": loaded.dataset.population}
        parts |= dict(loaded.dataset.variables) | dict(loaded.dataset.events)
    if loaded.measures is not None:
        parts |= {measure.name: measure for measure in loaded.measures.measures}
    return parts


def _texts(part: Node | None) -> frozenset[str]:
    """Every code, and other text, that a query holds."""
    found: set[str] = set()
    for node in () if part is None else walk(part):
        if isinstance(node, Value):
            values = node.value if isinstance(node.value, frozenset) else (node.value,)
            found.update(str(value) for value in values if isinstance(value, str))
    return frozenset(found)
