"""The JSON Schema of `project.yaml`, for editors: completion, hover and marks while one writes.

It says what a file may look like. What only the whole file can tell (needs that exist, circles, outputs that
meet, versions and what they allow) is told by `armslength validate`.
"""

from __future__ import annotations

import re
from typing import Any

from armslength.pipeline.actions import KEYS, SAFE_ID
from armslength.pipeline.model import LEVEL_4_FILE_TYPES, PrivacyLevel
from armslength.pipeline.patterns import LONGEST
from armslength.pipeline.versions import KNOWN

TEXT = {"type": ["string", "number", "boolean"]}
# Whatever is a path to us: no backslash, no wildcard but `*`, relative, without `..` and hidden parts, with a type.
PATH = (
    r"^(?!/)(?![A-Za-z]:)(?!metadata(/|$))(?!project\.yaml$)(?!.*(\\|\*\*|\?|\[|//))(?!(.*/)?\.)(?!.*/$)"
    r".*[^/.]\.[^/]*[^*/.]$"
)
ABOUT = {
    "run": "The program: `image:version` and its arguments, split as a shell splits them; nothing is expanded",
    "outputs": "The files it makes: privacy level, then a label, then a path in which `*` stands for anything but `/`",
    "needs": "Actions that must have succeeded first; their outputs are there to read",
    "config": "Becomes two more arguments: `--config` and this as JSON",
    "dummy_data_file": "Made-up data for the retired cohort extractor",
}
LEVEL_ABOUT = {
    PrivacyLevel.HIGHLY_SENSITIVE: "Patient-level files, such as every dataset: nobody looks at them",
    PrivacyLevel.MODERATELY_SENSITIVE: "Aggregates that approved people look at, inside, and may ask to release",
    PrivacyLevel.MINIMALLY_SENSITIVE: "As highly sensitive; kept so that old studies read",
}


def schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "project.yaml",
        "description": "The pipeline of a study: its actions, what each needs and what it makes",
        "type": "object",
        "required": ["version", "actions"],
        "additionalProperties": False,
        "properties": {
            "version": {
                "description": f"1 to {KNOWN[-1]}; write '{KNOWN[-1]}.0' in a new study",
                "anyOf": [{"enum": list(KNOWN)}, {"type": "string", "pattern": r"^\s*0?[1-5](\.0*)?\s*$"}],
            },
            "expectations": {
                "description": "Version 3 only: the size of made-up data",
                "type": "object",
                "properties": {"population_size": {"type": ["integer", "string", "number"]}},
            },
            "actions": {
                "description": "The steps of the study, in the order people see",
                "type": "object",
                "propertyNames": {"pattern": f"^{SAFE_ID.pattern}$"},
                "properties": {"run_all": {"description": "Ignored; not allowed from version 5 on"}},
                "additionalProperties": {"$ref": "#/$defs/action"},
            },
        },
        "$defs": {"action": _action(), **{level.value: _level(level) for level in PrivacyLevel}},
    }


def _action() -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "run": {"type": "string", "pattern": r"^\s*['\"]?[A-Za-z0-9][A-Za-z0-9_.-]*:(v[0-9]|dev|latest)"},
        "outputs": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {level.value: {"$ref": f"#/$defs/{level.value}"} for level in PrivacyLevel},
        },
        "needs": {"type": ["array", "null"], "items": TEXT},
        "config": {"type": ["object", "null"]},
        "dummy_data_file": {"type": ["string", "null"]},
    }
    return {
        "type": "object",
        "required": ["run", "outputs"],
        "additionalProperties": False,
        "properties": {key: {"description": ABOUT[key], **kinds[key]} for key in KEYS},
    }


def _level(level: PrivacyLevel) -> dict[str, Any]:
    path: dict[str, Any] = {"type": "string", "maxLength": LONGEST, "pattern": PATH}
    if level is PrivacyLevel.MODERATELY_SENSITIVE:
        types = "|".join(re.escape(one[1:]) for one in sorted(LEVEL_4_FILE_TYPES))
        path = {"allOf": [path, {"pattern": rf"\.({types})$"}]}
    return {
        "description": LEVEL_ABOUT[level],
        "type": ["object", "null"],
        "additionalProperties": path,
    }
