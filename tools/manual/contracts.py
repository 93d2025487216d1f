"""A page for each contract: its tables, their columns, what is promised of them, and who offers them."""

from __future__ import annotations

import datetime
import importlib
import inspect
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from armslength.query import contracts
from armslength.query.engines.backend import Backend
from armslength.query.language.frames import BaseFrame, PatientFrame
from armslength.query.language.tables import describe_columns
from armslength.query.model.types import type_name

TYPES = {datetime.date: "date"}


def contract_pages() -> dict[str, str]:
    """Return every page by file name: one for each namespace, and a README that lists them."""
    backends = [
        point.load() for point in sorted(entry_points(group="armslength.backends"), key=lambda p: p.name)
    ]
    pages, contents = {}, ["| Import | Tables | What for |", "|---|---|---|"]
    for module in _contracts():
        file = f"{module.NAMESPACE}.md"
        pages[file] = _page(module, backends)
        purpose = (inspect.getdoc(module) or "").splitlines()[0].partition(": ")[2]
        link = f"[`ehrql.tables.{module.NAMESPACE}`]({file})"
        contents.append(f"| {link} | {len(module.__all__)} | {purpose[0].upper()}{purpose[1:]} |")
    index = "\n".join(contents)
    pages["README.md"] = (
        "# Tables\n\nA contract promises researchers a set of tables, whatever database fulfils it. `patient_id` is a\n"
        f"column of every table and is not listed.\n\n{index}\n"
    )
    return pages


def _contracts() -> list[ModuleType]:
    """Every module of the contracts room that is a namespace."""
    names = [each.name for each in pkgutil.walk_packages(contracts.__path__, f"{contracts.__name__}.")]
    modules = [importlib.import_module(name) for name in sorted(names)]
    return [module for module in modules if hasattr(module, "NAMESPACE")]


def _page(module: ModuleType, backends: list[Backend]) -> str:
    doc = inspect.getdoc(module) or ""
    _, _, purpose = doc.partition(": ")
    parts = [f"# `ehrql.tables.{module.NAMESPACE}`", "", f"{purpose[0].upper()}{purpose[1:]}", ""]
    names = [f"`{name}`" for name in module.__all__]
    parts += [f"```python\nfrom ehrql.tables.{module.NAMESPACE} import {module.__all__[0]}\n```", ""]
    parts += ["Tables: " + ", ".join(f"[{name}](#{name.strip('`')})" for name in names), ""]
    for name in module.__all__:
        parts += _table(name, getattr(module, name), module.NAMESPACE, backends)
    return "\n".join(parts)


def _table(name: str, frame: BaseFrame, namespace: str, backends: list[Backend]) -> list[str]:
    node: Any = frame._node
    rows = "One row per patient" if isinstance(frame, PatientFrame) else "Many rows per patient"
    parts = [f"## {name}", "", inspect.getdoc(type(frame)) or "", "", f"- {rows}."]
    if node.namespace != namespace:
        parts.append(f"- The same table as [`{node.namespace}.{name}`]({node.namespace}.md#{name}).")
    if node.required_permission:
        parts.append(f"- Needs the permission `{node.required_permission}`.")
    if node.name != name:
        parts.append(f"- In files of rows it is called `{node.name}`.")
    offered = [f"`{each.name}`" for each in backends if (node.namespace, node.name) in (each.tables or {})]
    parts.append(f"- Backends that offer it here: {', '.join(offered) or 'none yet'}.")
    parts += ["", "| Column | Type | Meaning | Promises |", "|---|---|---|---|"]
    for column, series in describe_columns(frame).items():
        made = node.schema[column]
        promises = "; ".join(each.description for each in made.constraints)
        kind = TYPES.get(made.type) or type_name(made.type)
        parts.append(f"| `{column}` | {kind} | {_cell(series.description)} | {_cell(promises)} |")
    return [*parts, "", *_derived(frame)]


def _derived(frame: BaseFrame) -> list[str]:
    """What a table offers besides its columns."""
    found: dict[str, str] = {}
    for base in reversed(type(frame).__mro__):
        if not base.__module__.startswith(contracts.__name__):
            continue
        for name, member in vars(base).items():
            if isinstance(member, property):
                found[name] = f"- `{name}`: {_prose(member)}"
            elif inspect.isfunction(member) and not name.startswith("_"):
                arguments = ", ".join(list(inspect.signature(member).parameters)[1:])
                found[name] = f"- `{name}({arguments})`: {_prose(member)}"
    return ["Also:", "", *found.values(), ""] if found else []


def _prose(member: Any) -> str:
    return " ".join((inspect.getdoc(member) or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
