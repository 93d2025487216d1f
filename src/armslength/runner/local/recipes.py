"""Recipes: everything that decides what an action makes, written down with each success and compared before the next.

An action is run again when, and only when, its recipe differs from that of its newest success, or when the
outputs of that success are no longer there as it left them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from armslength.runner.lifecycle.records import JobPlan
from armslength.runner.local.code import Code

MOST_NAMED = 5


@dataclass(frozen=True)
class Recipe:
    """What decided one run of one action.

    `code` holds the files of the study that it opened, or all of them when nobody could watch (`whole`);
    `listings` the folders whose names it read.
    """

    arguments: tuple[str, ...]
    environment: str  # name and digest of what is installed
    outputs: tuple[str, ...]
    database: str  # which store a query read; empty for made-up data and for actions that are no query
    code: Mapping[str, str]
    listings: Mapping[str, str]
    inputs: Mapping[str, str]  # outputs of needed actions: path to SHA-256
    whole: bool = True

    def to_json(self) -> str:
        """Write the recipe."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "arguments": tuple(fields["arguments"]), "outputs": tuple(fields["outputs"])})


def recipe_of(plan: JobPlan, *, code: Code, inputs: Mapping[str, str], database: str) -> Recipe:
    """Return the recipe of an action as things are now, with all code that it can see of the study."""
    seen = {} if plan.reusable else {**code.files, **{path: f"-> {to}" for path, to in code.links.items()}}
    return Recipe(
        arguments=plan.argv,
        environment=f"{plan.environment} sha256:{plan.environment_digest}",
        outputs=tuple(f"{one.level} {one.pattern}" for one in plan.patterns),
        database=database if plan.reads_database else "",
        code=seen,
        listings={},
        inputs=dict(inputs),
    )


def narrowed(recipe: Recipe, *, opened: Iterable[str], listed: Iterable[str], code: Code) -> Recipe:
    """Return the recipe with only the code that the action was seen to open, and the folders it listed.

    A link always stays: opening it is seen only at the place it leads to. `project.yaml` counts by the action's
    own entry, unless the action itself opened it.
    """
    kept = set(opened) | set(code.links)
    return Recipe(
        **{
            **{name: getattr(recipe, name) for name in recipe.__dataclass_fields__},
            "code": {path: sha256 for path, sha256 in recipe.code.items() if path in kept},
            "listings": {folder: code.listing(folder) for folder in sorted(set(listed))},
            "whole": False,
        }
    )


def differences(then: Recipe, now: Recipe, *, code: Code, pipeline_file: str) -> tuple[str, ...]:
    """Say in words what decides differently now; nothing when the outputs would come out the same."""
    found = []
    if then.arguments != now.arguments:
        found.append("its `run` line or `config` changed")
    if then.environment != now.environment:
        name = now.environment.split(" ")[0]
        found.append(f"what is installed in the environment `{name}` changed")
    if then.outputs != now.outputs:
        found.append("its declared outputs changed")
    if then.database != now.database:
        found.append(
            f"it queried {then.database or 'made-up data'}, and now {now.database or 'made-up data'}"
        )
    if then.whole:
        # The pipeline file counts by the action's own entry, whose parts are compared above.
        leave_out = {pipeline_file}
        found += _changed(
            {path: sha for path, sha in then.code.items() if path not in leave_out},
            {path: sha for path, sha in now.code.items() if path not in leave_out},
        )
    else:
        found += _changed(then.code, {path: now.code[path] for path in then.code if path in now.code})
        found += [
            f"files were added to or removed from `{folder or '.'}`, which it listed"
            for folder, names in then.listings.items()
            if code.listing(folder) != names
        ]
    found += [f"input {words}" for words in _changed(then.inputs, now.inputs)]
    return tuple(found)


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    words = []
    for path in sorted(then.keys() | now.keys()):
        if path not in now:
            words.append(f"`{path}` is gone")
        elif path not in then:
            words.append(f"`{path}` is new")
        elif then[path] != now[path]:
            words.append(f"`{path}` changed")
    if len(words) > MOST_NAMED:
        return [*words[:MOST_NAMED], f"and {len(words) - MOST_NAMED} more files"]
    return words
