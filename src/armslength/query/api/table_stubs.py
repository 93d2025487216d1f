"""What editors read of the tables: stubs that know the type of every column, also in a sorted and in a picked row.

The classes themselves cannot say it: `sort_by(…).last_for_patient()` makes the class of the row when it is called.
For `make docs`.
"""

from __future__ import annotations

import datetime
import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from armslength.query.language.frames import BaseFrame, EventFrame, PatientFrame
from armslength.query.language.tables import Series
from armslength.query.model.codes import BaseCode, BaseMultiCodeString

NAMESPACES = ("core", "emis", "emisv2", "omop", "raw.core", "raw.emis", "raw.tpp", "smoketest", "tpp")
FAMILIES: tuple[tuple[type, str], ...] = (
    (bool, "Bool"),
    (int, "Int"),
    (float, "Float"),
    (datetime.date, "Date"),
    (BaseMultiCodeString, "MultiCodeString"),
    (BaseCode, "Code"),
    (str, "Str"),
)
DIMENSIONS = {PatientFrame: "Patient", EventFrame: "Event"}
HEAD = '''"""{title} Printed from the contract by `make docs`."""

from collections.abc import Collection as Collection
from typing import Any as Any
from typing import Self as Self

from armslength.query.language import series as s
from armslength.query.language.frames import EventFrame, PatientFrame
from armslength.query.language.series import BoolSeries as BoolSeries
from armslength.query.language.series import DateLike as DateLike

__all__ = {names}
'''


def table_stubs() -> dict[str, str]:
    """Return the stub of every module of tables in `ehrql.tables`, by its path there, such as `raw/tpp.pyi`."""
    found = {}
    for namespace in NAMESPACES:
        module = import_module(f"ehrql.tables.{namespace}")
        found[namespace.replace(".", "/") + ".pyi"] = _stub(module)
    return found


def _stub(module: ModuleType) -> str:
    frames = {name: value for name in module.__all__ if isinstance(value := getattr(module, name), BaseFrame)}
    title = (module.__doc__ or "").splitlines()[0]
    parts = [HEAD.format(title=title, names=sorted(frames))]
    for name, frame in sorted(frames.items()):
        parts += _of_patients(name, frame) if isinstance(frame, PatientFrame) else _of_events(name, frame)
        parts.append(f"{name}: _{name}\n")
    return "\n".join(parts)


def _of_patients(name: str, frame: BaseFrame) -> list[str]:
    kind = type(frame)
    return [
        _class(f"_{name}(PatientFrame)", kind, [*_columns(kind, "Patient"), *_methods(kind, "Patient", name)])
    ]


def _of_events(name: str, frame: BaseFrame) -> list[str]:
    kind = type(frame)
    row, events, ordered = f"_{name}_row", f"_{name}", f"_{name}_sorted"
    sort = f"def sort_by(self, *order: Any) -> {ordered}: ..."
    picks = [f"def {position}_for_patient(self) -> {row}: ..." for position in ("first", "last")]
    return [
        _class(f"{row}(PatientFrame)", kind, [*_columns(kind, "Patient"), *_properties(kind, "Patient")]),
        _class(
            f"{events}(EventFrame)", kind, [*_columns(kind, "Event"), *_methods(kind, "Event", name), sort]
        ),
        _class(f"{ordered}({events})", kind, picks),
    ]


def _class(header: str, kind: type, members: list[str]) -> str:
    told = _documented(kind.__doc__)
    body = textwrap.indent("\n".join([told, *members] if told else members or ["..."]), "    ")
    return f"class {header}:\n{body}\n"


def _columns(kind: type[BaseFrame], dimension: str) -> Iterator[str]:
    for name, column in kind._columns.items():
        family = next(family for each, family in FAMILIES if issubclass(column.type, each))
        declared = inspect.getattr_static(kind, name)
        told = _documented(declared.description if isinstance(declared, Series) else "")
        yield _property(name, f"s.{family}{dimension}Series", told)


def _properties(kind: type[BaseFrame], dimension: str) -> Iterator[str]:
    for name, member in _own(kind):
        if isinstance(member, property) and member.fget is not None:
            returned = member.fget.__annotations__["return"]
            yield _property(name, _of_dimension(returned, dimension), _documented(member.__doc__))


def _methods(kind: type[BaseFrame], dimension: str, table: str) -> Iterator[str]:
    """Yield properties and methods; what a method answers is one value per patient, or rows of the same table."""
    yield from _properties(kind, dimension)
    for name, member in _own(kind):
        if isinstance(member, FunctionType):
            signature = inspect.signature(member)
            parameters = ", ".join(str(each).replace("'", "") for each in signature.parameters.values())
            returned = signature.return_annotation
            answer = f"_{table}_row" if returned == "PatientFrame" else _of_dimension(returned, "Patient")
            yield _body(f"def {name}({parameters}) -> {answer}:", _documented(member.__doc__))


def _own(kind: type[BaseFrame]) -> Iterator[tuple[str, Any]]:
    """Yield what the classes of a contract add to a frame, those they inherit first."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("armslength.query.contracts"):
            found |= {name: member for name, member in vars(base).items() if not name.startswith("_")}
    yield from found.items()


def _of_dimension(returned: str, dimension: str) -> str:
    return (
        f"s.{returned.removesuffix('Series')}{dimension}Series" if returned.endswith("Series") else returned
    )


def _property(name: str, returned: str, told: str) -> str:
    return f"@property\n{_body(f'def {name}(self) -> {returned}:', told)}"


def _body(header: str, told: str) -> str:
    return f"{header}\n{textwrap.indent(told, '    ')}" if told else f"{header} ..."


def _documented(text: str | None) -> str:
    """Return the first paragraph of a description as a docstring, or nothing."""
    first = " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())
    if not first:
        return ""
    safe = first.replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{safe}{" " if safe.endswith(chr(34)) else ""}"""'
