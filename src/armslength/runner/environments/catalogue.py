"""The catalogue: which environments there are, which names stand for others, and which are recognised and refused."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from armslength.kernel.errors import Mistake

KINDS = ("query", "sql", "python", "r")


@dataclass(frozen=True)
class Entry:
    """One name that a study may use. `name` is that name, also where another environment stands in for it."""

    name: str
    kind: str
    recipe: str
    about: str
    instead: str = ""  # the environment that stands in for it
    note: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Everything that is known by name."""

    entries: Mapping[str, Entry]
    refused: Mapping[str, tuple[str, str]]  # image: why, and what to do instead
    reusable: frozenset[str]


@functools.cache
def read_catalogue() -> Catalogue:
    """Read the catalogue that comes with this package."""
    text = files("armslength.runner.environments").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return catalogue_from(tomllib.loads(text))


def catalogue_from(document: Mapping[str, Any]) -> Catalogue:
    """Check a catalogue and return it; a wrong one is our defect."""
    refused = {name: (why, way) for name, (why, way) in document.get("refused", {}).items()}
    reusable = frozenset(document.get("reusable", {}).get("names", ()))
    entries: dict[str, Entry] = {}
    for name, content in document.items():
        if name in ("refused", "reusable"):
            continue
        if (instead := content.get("instead", "")) and instead not in document:
            raise AssertionError(f"{name} names {instead}, which is not in the catalogue")
        found = {**document.get(instead, {}), **content}
        if found.get("kind") not in KINDS:
            raise AssertionError(f"{name} has no kind")
        entries[name] = Entry(name=name, **found)
    return Catalogue(MappingProxyType(entries), MappingProxyType(refused), reusable)


def entry_of(name: str) -> Entry:
    """Return the entry of a name such as `python:v2`.

    Raises Mistake R010 for what nobody knows, R012 for what is known and not run, each with a way on.
    """
    catalogue = read_catalogue()
    if name in catalogue.entries:
        return catalogue.entries[name]
    image = name.partition(":")[0]
    if image in catalogue.refused:
        why, way = catalogue.refused[image]
        raise Mistake("R012", f"`{name}` is not run here: {why}", where="project.yaml", hint=way)
    if image in catalogue.reusable:
        what = (
            f"`{name}` is a program of another repository, and nobody said here at which commit its code is"
        )
        hint = f"run: armslength environments pin {name}; in a data centre whoever keeps its policy pins it"
        raise Mistake("R012", what, where="project.yaml", hint=hint)
    close = get_close_matches(name, [*catalogue.entries, *catalogue.refused, *catalogue.reusable], n=1)
    listed = "there is " + ", ".join(one for one, entry in catalogue.entries.items() if not entry.instead)
    hint = f"did you mean `{close[0]}`? {listed}" if close else listed
    raise Mistake("R010", f"there is no environment `{name[:100]}`", where="project.yaml", hint=hint)
