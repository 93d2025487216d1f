"""Read `project.yaml`: everything that is wrong with it at once, or a checked Pipeline."""

from __future__ import annotations

import re

from armslength.pipeline.actions import read_action
from armslength.pipeline.graph import find_cycles
from armslength.pipeline.legacy import legacy_warnings
from armslength.pipeline.model import RUN_ALL, Action, Output, Pipeline, Place
from armslength.pipeline.patterns import TooManyWildcards, overlapping
from armslength.pipeline.problems import Problems, did_you_mean, shown
from armslength.pipeline.tree import Mapping, Scalar, read_tree
from armslength.pipeline.versions import NEWEST, Feature, read_version

TOP_KEYS = ("version", "actions", "expectations")
MOST_ACTIONS = 10_000
WHOLE_NUMBER = re.compile(r"\s*[-+]?[0-9]+(_[0-9]+)*(\.0*)?\s*")
FILE_NAME = "project.yaml"


def read_pipeline(content: bytes | str, *, name: str = FILE_NAME) -> Pipeline:
    """Read and check a pipeline file.

    Raises Mistakes with every problem found: each has a line, a column, an excerpt and, where it can, a hint.
    """
    root, problems = read_tree(content, name=name)
    if not isinstance(root, Mapping):
        empty = isinstance(root, Scalar) and not root.text
        what = "the file is empty" if empty else "the file must be a mapping with `version` and `actions`"
        problems.add("P005", what, root.place, hint="start with `version: '5.0'` and `actions:`")
        problems.raise_if_any()
        raise AssertionError
    _check_keys(root, problems)
    version = read_version(root, problems)
    _check_expectations(root, version, problems)
    actions = _read_actions(root, version, problems)
    _check_needs(actions, problems)
    _check_commands_differ(actions, problems)
    if Feature.UNIQUE_OUTPUTS.on(version):
        _check_outputs_differ(actions, problems)
    problems.raise_if_any()
    warnings = _warnings(version, actions) + legacy_warnings(actions) + problems.warnings
    return Pipeline(version, actions, warnings)


def _check_keys(root: Mapping, problems: Problems) -> None:
    for key, _ in root.pairs:
        if key.text not in TOP_KEYS:
            hint = did_you_mean(key.text, TOP_KEYS, otherwise=f"the keys are {', '.join(TOP_KEYS)}")
            problems.add("P006", f"{shown(key.text)} is not a key of a pipeline file", key.place, hint=hint)


def _check_expectations(root: Mapping, version: int, problems: Problems) -> None:
    """`expectations` sized made-up data until version 3, which demands it; version 4 forbids it."""
    section = root.get("expectations")
    if Feature.NO_EXPECTATIONS.on(version):
        if section is not None:
            problems.add(
                "P008", f"version {version} has no `expectations`", section.place, hint="delete the section"
            )
        return
    if not Feature.EXPECTATIONS_REQUIRED.on(version):
        return
    if not isinstance(section, Mapping):
        problems.add(
            "P008", "version 3 needs `expectations:` with `population_size:`", (section or root).place
        )
        return
    size = section.get("population_size")
    if not (isinstance(size, Scalar) and WHOLE_NUMBER.fullmatch(size.text)):
        problems.add("P008", "`population_size` must be a whole number", (size or section).place)
    for key, _ in section.pairs:
        if key.text != "population_size":
            problems.add("P006", f"{shown(key.text)} is not a key of `expectations`", key.place)


def _read_actions(root: Mapping, version: int, problems: Problems) -> dict[str, Action]:
    section = root.get("actions")
    if section is None:
        problems.add(
            "P006", "the file has no `actions`", root.place, hint="add `actions:` with one entry per step"
        )
        return {}
    if not isinstance(section, Mapping):
        problems.add("P007", "`actions` must be a mapping from names to actions", section.place)
        return {}
    if len(section.pairs) > MOST_ACTIONS:
        problems.add("P002", f"there are more than {MOST_ACTIONS:,} actions", section.place)
        return {}
    actions = {}
    for key, node in section.pairs:
        if key.text == RUN_ALL and Feature.NO_RUN_ALL.on(version):
            hint = "rename it; `run_all` always means every action"
            problems.add("P010", "no action may be called `run_all`", key.place, hint=hint)
        elif key.text != RUN_ALL and (action := read_action(key, node, version=version, problems=problems)):
            actions[action.id] = action
    return actions


def _check_needs(actions: dict[str, Action], problems: Problems) -> None:
    """Refuse circles. Unknown needs are already noted by name; here they only end a walk."""
    for circle in find_cycles({name: action.needs for name, action in actions.items()}):
        place = actions[circle[0]].place
        if len(circle) == 2:
            problems.add(
                "P016", f"action {shown(circle[0])} needs itself", place, hint="remove it from `needs`"
            )
        else:
            path = " → ".join(circle if len(circle) <= 12 else (*circle[:10], "…", circle[-1]))
            problems.add(
                "P017", f"actions need one another in a circle: {path}", place, hint="remove one `needs`"
            )
        if problems.full:
            return
    for action in actions.values():
        for need in action.needs:
            if need not in actions and not problems.full:
                _add_unknown_need(action, need, actions, problems)


def _add_unknown_need(action: Action, need: str, actions: dict[str, Action], problems: Problems) -> None:
    if need == RUN_ALL:
        hint = "list the actions it needs by name"
    elif " " in need.strip():
        hint = f"put a comma between names: [{', '.join(need.split())}]"
    else:
        hint = did_you_mean(need, actions, otherwise="actions are " + ", ".join(list(actions)[:20]))
    problems.add(
        "P015", f"action {shown(action.id)} needs {shown(need)}, which is no action", action.place, hint=hint
    )


def _check_commands_differ(actions: dict[str, Action], problems: Problems) -> None:
    """Two actions with one command would do the same work twice under two names."""
    first: dict[object, Action] = {}
    for action in actions.values():
        earlier = first.setdefault(action.command, action)
        if earlier is action:
            continue
        what = f"actions {shown(earlier.id)} and {shown(action.id)} run the same command"
        if earlier.run == action.run:
            hint = "remove one, or give it other arguments or another `config`"
            problems.add("P013", what, action.place, hint=hint)
        else:
            # Old projects get away with it by another blank, so it must read.
            problems.warn(what, action.place)


def _check_outputs_differ(actions: dict[str, Action], problems: Problems) -> None:
    """No path may be declared twice. Patterns that only could meet in one file are told: old projects have them."""
    owner: dict[Place, str] = {}
    first: dict[str, Output] = {}
    for action in actions.values():
        for output in action.outputs:
            owner[output.place] = action.id
            earlier = first.setdefault(output.pattern, output)
            if earlier is not output:
                what = f"output {shown(output.pattern)} is declared twice, first on line {earlier.place.line}"
                problems.add("P022", what, output.place, hint="give each its own folder or another name")
    try:
        for earlier, later in overlapping(first.values()):
            _warn_of_pair(earlier, later, owner, problems)
    except TooManyWildcards:
        problems.warn("there are too many outputs with `*` to find out which overlap; write paths in full")


def _warn_of_pair(earlier: Output, later: Output, owner: dict[Place, str], problems: Problems) -> None:
    one, other = owner[earlier.place], owner[later.place]
    at = f"line {earlier.place.line}"
    if one == other and earlier.level is not later.level:
        what = f"a file could be both {earlier.level}, by {shown(earlier.pattern)} on {at}, and {later.level}"
        problems.warn(f"{what}; it is given the more sensitive level", later.place)
    elif one != other:
        by = f"by {shown(earlier.pattern)} on {at}"
        what = f"a file could be an output of {shown(one)}, {by}, and of {shown(other)}"
        problems.warn(f"{what}; the one that ran last would own it", later.place)


def _warnings(version: int, actions: dict[str, Action]) -> tuple[str, ...]:
    warnings = []
    if version != NEWEST:
        warnings.append(
            f"this file is of version {version}; the newest is {NEWEST}: change `version` to '{NEWEST}.0'"
        )
    if not actions:
        warnings.append("there are no actions in this file")
    return tuple(warnings)
