"""What is checked of a node that comes from a document, beyond what its own class checks."""

from __future__ import annotations

import re
from typing import Any

from armslength.query.model.codes import BaseCode
from armslength.query.model.frames import InlinePatientTable, SelectPatientTable, SelectTable
from armslength.query.model.measures import Measure
from armslength.query.model.node import Node
from armslength.query.model.outputs import Dataset, GroupedSum, SeriesCollectionFrame
from armslength.query.model.series import Value

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,199}")


def check_meaning(node: Node) -> None:
    """Raise for what the classes leave to the language: names of outputs, types of inline rows."""
    if isinstance(node, InlinePatientTable):
        kinds = (int, *(column.type for _, column in node.schema.columns))
        for row in node.rows:
            if type(row[0]) is not int or any(
                value is not None and type(value) is not kind for value, kind in zip(row, kinds, strict=True)
            ):
                raise ValueError(f"an inline row does not have the types of its columns: {str(row)[:100]}")
    if isinstance(node, Value) and isinstance(node.value, BaseCode):
        type(node.value)(str(node.value))  # only rows of data may hold codes that are not well-formed
    if isinstance(node, (SelectTable, SelectPatientTable)):
        _check_names([node.name])
        _check_names(list(node.schema.names))
    named: tuple[tuple[tuple[str, Any], ...], ...] = ()
    if isinstance(node, Dataset):
        named = (node.variables, node.events)
    elif isinstance(node, GroupedSum):
        named = (node.numerators, node.group_bys)
    elif isinstance(node, SeriesCollectionFrame):
        named = (node.members,)
    elif isinstance(node, Measure):
        named = (((node.name, node),), node.group_by)
    for names in named:
        _check_names([name for name, _ in names])


def _check_names(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise ValueError("an output has two columns of the same name")
    for name in names:
        if not NAME.fullmatch(name) or name == "patient_id":
            raise ValueError(f"{name[:100]!r} cannot be the name of a column")
