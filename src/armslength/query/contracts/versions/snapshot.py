"""What a contract promises, as plain data that can be kept in a file: JSON, or YAML."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from armslength.kernel.errors import Mistake
from armslength.query.contracts.versions.installed import find_contract, version_of
from armslength.query.language.frames import BaseFrame, EventFrame, PatientFrame
from armslength.query.language.tables import describe_columns
from armslength.query.model.constraints import AnyConstraint
from armslength.query.model.types import type_name

FORMAT = "armslength-contract"
Snapshot = dict[str, Any]


def snapshot_of(module: ModuleType) -> Snapshot:
    """Return a contract's namespace, version and tables, with every column, type, meaning and promise."""
    return {
        "format": FORMAT,
        "namespace": module.NAMESPACE,
        "version": version_of(module),
        "tables": {name: _table(getattr(module, name)) for name in sorted(module.__all__)},
    }


def read_snapshot(name: str) -> Snapshot:
    """Return the contract that a file holds, or the installed one of that namespace. Raises Q420 to Q422."""
    path = Path(name)
    if path.suffix not in (".json", ".yaml", ".yml"):
        return snapshot_of(find_contract(name))
    hint = "make one with `armslength contracts snapshot NAMESPACE > FILE.json`"
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise Mistake("Q420", f"the file cannot be read: {error.strerror}", where=name, hint=hint) from None
    except (ValueError, yaml.YAMLError):
        raise Mistake("Q420", "the file is neither JSON nor YAML", where=name, hint=hint) from None
    why = _why_not_snapshot(found)
    if why:
        raise Mistake("Q420", f"the file is no contract: {why}", where=name, hint=hint)
    return dict(_plain(found))


def _why_not_snapshot(found: Any) -> str | None:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return f"it does not say `format: {FORMAT}`"
    if not all(part.isdecimal() for part in str(found.get("version")).split(".")):
        return "its version is not three numbers"
    tables = found.get("tables")
    whole = isinstance(tables, dict) and all(
        isinstance(table, dict)
        and {"rows", "columns"} <= table.keys()
        and isinstance(table["columns"], dict)
        and all(isinstance(column, dict) and "type" in column for column in table["columns"].values())
        for table in tables.values()
    )
    return None if whole else "a table lacks its rows or columns, or a column its type"


def _table(frame: BaseFrame) -> dict[str, Any]:
    node: Any = frame._node
    columns = describe_columns(frame)
    return {
        "rows": "one for each patient" if isinstance(frame, PatientFrame) else "many for each patient",
        "meaning": inspect.getdoc(type(frame)) or "",
        "asked_as": f"{node.namespace}.{node.name}",
        "needs": node.required_permission,
        "activation": node.activation_filter_field,
        "columns": {
            name: {
                "type": type_name(node.schema[name].type),
                "meaning": series.description,
                "promises": [_promise(each) for each in node.schema[name].constraints],
            }
            for name, series in columns.items()
        },
        "derived": sorted(_derived(frame)),
    }


def _promise(constraint: AnyConstraint) -> dict[str, Any]:
    facts = {key: _plain(value) for key, value in dataclasses.asdict(constraint).items()}
    return {"kind": type(constraint).__name__, **facts}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; YAML reads days as days."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _derived(frame: BaseFrame) -> set[str]:
    """Return the names that a table offers besides its columns and what every table offers."""
    usual = set(dir(PatientFrame)) | set(dir(EventFrame))
    own = {name for name in dir(type(frame)) if not name.startswith("_")}
    return own - usual - set(describe_columns(frame))
