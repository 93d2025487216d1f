"""What a definition's variables say, as plain values and model nodes: everything that is sent to the parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from armslength.query.language.dataset import Dataset, query_of
from armslength.query.language.dummy_data import DummyDataConfig
from armslength.query.language.errors import Error
from armslength.query.language.measures import Measures, measures_of
from armslength.query.language.permissions import claimed_permissions
from armslength.query.model import nodes as n
from armslength.query.model.serialize import write


def collect(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a LoadedDefinition. A structural problem is noted in place of the part it concerns."""
    problems: dict[str, str] = {}
    dataset = _part(variables, "dataset", Dataset, query_of, problems)
    measures = _part(variables, "measures", Measures, measures_of, problems)
    return {
        "dataset": dataset,
        "measures": measures,
        "claimed_permissions": claimed_permissions(),
        "dummy_data": {name: _dummy_data(variables.get(name)) for name in ("dataset", "measures")},
        "problems": problems,
        "names": _names(variables, dataset),
        "test_data": _test_data(variables.get("test_data"), problems),
    }


def _part(
    variables: Mapping[str, Any],
    name: str,
    kind: type,
    query: Callable[[Any], Any],
    problems: dict[str, str],
) -> Any:
    """One variable's query, or None with the reason in `problems`. A variable that is absent is no problem."""
    if name not in variables:
        return None
    value = variables[name]
    if not isinstance(value, kind):
        problems[name] = (
            f"the variable `{name}` is a {type(value).__name__}, not what `create_{name}()` makes"
        )
        return None
    try:
        return query(value)
    except Error as error:
        problems[name] = str(error)
        return None


def _names(variables: Mapping[str, Any], dataset: n.Dataset | None) -> tuple[tuple[str, n.Series], ...]:
    """What the author calls the conditions that the population is made of: variables of the file or the dataset."""
    if dataset is None:
        return ()
    parts = {
        each for each in n.walk(dataset.population) if isinstance(each, n.Series) and each.domain is None
    }
    nodes = {name: getattr(value, "_node", None) for name, value in variables.items() if name[:1] != "_"}
    called: dict[n.Series, str] = {}
    for name, node in (*nodes.items(), *dataset.variables):
        if isinstance(node, n.Series) and node in parts and not isinstance(node, n.Value):
            called.setdefault(node, name)
    return tuple((name, node) for node, name in called.items())


def _test_data(found: Any, problems: dict[str, str]) -> Any:
    """The assurance tests, when they are a dict of plain values that can be passed on."""
    if found is None:
        return None
    try:
        if not isinstance(found, dict):
            raise TypeError(f"it is a {type(found).__name__}, not a dict of patients")
        write(found)
    except TypeError as error:
        problems["test_data"] = f"`test_data` cannot be used: {error}"
        return None
    return found


def _dummy_data(steering: Any) -> dict[str, Any]:
    configuration = getattr(steering, "_dummy_data", None)
    if not isinstance(configuration, DummyDataConfig):
        return {}
    return {field.name: getattr(configuration, field.name) for field in fields(configuration)}
