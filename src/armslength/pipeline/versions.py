"""Versions of the pipeline file and what each brought in."""

from __future__ import annotations

import re
from enum import Enum

from armslength.pipeline.model import Place
from armslength.pipeline.problems import Problems, shown
from armslength.pipeline.tree import Mapping, Scalar

NEWEST = 5
KNOWN = range(1, NEWEST + 1)


class Feature(Enum):
    """What depends on the version: from which one, and to which one where it was dropped again."""

    UNIQUE_OUTPUTS = (2, NEWEST, "no file may be an output twice")
    EXPECTATIONS_REQUIRED = (3, 3, "the size of made-up data must be given")
    NO_EXPECTATIONS = (4, NEWEST, "the size of made-up data is given elsewhere")
    NO_COHORT_EXTRACTOR = (4, NEWEST, "the first query tool is retired")
    NO_RUN_ALL = (5, NEWEST, "`run_all` always means every action")
    NO_LATEST = (5, NEWEST, "an image must be named with a version")

    def on(self, version: int) -> bool:
        """Say whether this version has the feature."""
        first, last, _ = self.value
        return bool(first <= version <= last)


def read_version(root: Mapping, problems: Problems) -> int:
    """Return the version of the file; the newest, with a problem noted, when it has none that is known."""
    node = root.get("version")
    if node is None:
        place = root.place if root.pairs else Place(1, 1)
        problems.add(
            "P007", "the file has no `version`", place, hint=f"add `version: '{NEWEST}.0'` at the top"
        )
        return NEWEST
    if isinstance(node, Scalar):
        # A pattern, not float(): that would let in `nan`, `1e0` and `3.5`.
        found = re.fullmatch(r"\s*0?([1-9])(\.0*)?\s*", node.text)
        if found and int(found[1]) in KNOWN:
            return int(found[1])
    given = shown(node.text) if isinstance(node, Scalar) else "a list or mapping"
    hint = f"the newest is '{NEWEST}.0'"
    problems.add("P007", f"version must be a number from 1 to {NEWEST}, not {given}", node.place, hint=hint)
    return NEWEST
