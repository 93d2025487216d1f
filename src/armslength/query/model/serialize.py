"""The query model as JSON and back: the only thing that crosses from study code to the engine.

A document is data and nothing else. It may name a table of a contract but never define one (a table of its own
is read only where there is no real data), it can only
hold the node classes of `nodes.OPERATIONS`, every field is checked against the class's own declaration,
and building the nodes checks types and domains again. So a forged document can ask for no more than an
honest definition could.

Version 1, all nodes children first, so that a reference always points back:

    {"format": "armslength-query", "version": 1,
     "nodes": [["table", ["core", "patients"]], ["SelectColumn", [{"node": 0}, "sex"]],
               ["own table", ["event", "visits", {"schema": …}, null]], …],
     "value": {"dict": [["dataset", {"node": 7}], …]}}

Plain values are themselves; arrays are tuples; `{"date": …}`, `{"float": "nan"}`, `{"type": "int"}`,
`{"position": "first"}`, `{"values": ["SNOMEDCTCode", […]]}` (a set), `{"code": ["ICD10Code", "A01"]}`,
`{"found": [system, text]}` (a code in a row of data, which need not be well-formed), `{"schema": …}`,
`{"column": …}` and `{"constraint": …}` are the rest.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from armslength.kernel.errors import Mistake
from armslength.query.model.codes import CODE_SYSTEMS, MULTI_CODE_STRINGS, BaseCode, BaseMultiCodeString
from armslength.query.model.constraints import CONSTRAINT_KINDS, Categorical
from armslength.query.model.declared import check_fields
from armslength.query.model.document_checks import check_meaning
from armslength.query.model.errors import ModelError
from armslength.query.model.frames import Position, SelectPatientTable, SelectTable
from armslength.query.model.measures import Measure, Measures
from armslength.query.model.node import Node, walk
from armslength.query.model.nodes import OPERATIONS
from armslength.query.model.schema import Column, TableSchema
from armslength.query.model.types import VALUE_TYPES

FORMAT, VERSION = "armslength-query", 1
BYTES, NODES, DEPTH, NESTING = 64 << 20, 1_000_000, 10_000, 12
# A contract table by namespace and name, or None when there is no such contract.
FindTable: TypeAlias = Callable[[str, str], "SelectTable | SelectPatientTable | None"]

TABLES = (SelectTable, SelectPatientTable)
CLASSES: tuple[type[Node], ...] = (*OPERATIONS, Measure, Measures)
NODE_CLASSES = {cls.__name__: cls for cls in CLASSES if cls not in TABLES}
TYPES = {cls.__name__: cls for cls in VALUE_TYPES}
CODES = {cls.__name__: cls for cls in (*CODE_SYSTEMS, *MULTI_CODE_STRINGS)}
CONSTRAINTS = {cls.__name__: cls for cls in CONSTRAINT_KINDS}


def write(value: object) -> bytes:
    """Write nodes, and tuples, dicts and plain values that hold nodes, as one document.

    Work and size are linear in the number of different nodes. Raises TypeError for a value that has no
    place in a query model.
    """
    roots: list[Node] = []
    _find_nodes(value, roots)
    order = {each: index for index, each in enumerate(walk(*roots))}
    entries = [_encode_node(each, order) for each in order]
    document = {"format": FORMAT, "version": VERSION, "nodes": entries, "value": _encode(value, order)}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read(document: bytes, *, find_table: FindTable, own_tables: bool = False) -> Any:
    """Read what `write` wrote, believing nothing. Raises Mistake naming the place that is wrong.

    With `own_tables` a definition may bring tables that no contract has. Never allow that where there is real data:
    such a table says itself which permission it needs. Otherwise Mistake Q129.
    """
    if len(document) > BYTES:
        raise _refused(f"it is larger than {BYTES >> 20} MiB", "the document")
    try:
        found = json.loads(document, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _refused(f"it is not JSON: {error}", "the document") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _refused(f"it does not say that its format is {FORMAT}", "the document")
    if found.get("version") != VERSION:
        raise _refused(f"its version is {found.get('version')!r:.50}, not {VERSION}", "the document")
    if set(found) != {"format", "version", "nodes", "value"}:
        raise _refused("its parts are not format, version, nodes and value", "the document")
    made = _read_nodes(found["nodes"], find_table, own_tables)
    try:
        return _Reader(made).decode(found["value"], 0)
    except (ModelError, TypeError, ValueError, OverflowError) as error:
        raise _refused(str(error), "the value") from None


def _read_nodes(entries: object, find_table: FindTable, own_tables: bool) -> list[Node]:
    """Build the nodes in order; each is checked by its own class."""
    if not isinstance(entries, list) or len(entries) > NODES:
        raise _refused(f"its nodes are not a list of at most {NODES:,}", "the document")
    reader = _Reader([])
    for index, entry in enumerate(entries):
        try:
            reader.add(entry, find_table, own_tables)
        except (ModelError, TypeError, ValueError, OverflowError) as error:
            kind = entry[0] if isinstance(entry, list) and entry else entry
            raise _refused(str(error)[:1000], f"node {index} ({str(kind)[:50]})") from None
    return reader.made


def _refused(why: str, where: str) -> Mistake:
    return Mistake(
        "Q001",
        f"the query model that came from the definition is refused: {why}",
        where=where,
        hint="a definition must build its queries with `ehrql` and tables of `ehrql.tables` only; "
        "if it does, this is a fault of armslength",
        exit_status=10,
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


# ---------------------------------------------------------------------------------------------- writing


def _find_nodes(value: object, found: list[Node]) -> None:
    if isinstance(value, Node):
        found.append(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            _find_nodes(each, found)
    elif isinstance(value, (tuple, list)):
        for each in value:
            _find_nodes(each, found)


def _encode_node(node: Node, order: Mapping[Node, int]) -> list[Any]:
    if isinstance(node, TABLES):
        if node.namespace:
            return ["table", [node.namespace, node.name]]
        kind = "patient" if isinstance(node, SelectPatientTable) else "event"
        return ["own table", [kind, node.name, _encode(node.schema, order), node.required_permission]]
    return [type(node).__name__, [_encode(getattr(node, name), order) for name in node.field_names]]


def _encode(value: Any, order: Mapping[Node, int]) -> Any:
    """Write one value; a type says what it is, never a class of the language above."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if isinstance(value, Node):
        return {"node": order[value]}
    if kind in (tuple, list):
        return [_encode(each, order) for each in value]
    if isinstance(value, Mapping):
        return {"dict": [[_encode(key, order), _encode(each, order)] for key, each in value.items()]}
    encode = ENCODERS.get(kind)
    if encode is None:
        raise TypeError(f"a query cannot hold {value!r:.100}, which is of type {kind.__name__}")
    return encode(value)


def _encode_set(values: frozenset[Any]) -> Any:
    kinds = {type(each) for each in values}
    name = kinds.pop().__name__ if kinds else "NoneType"
    if kinds or (values and name not in TYPES):
        raise TypeError("a set in a query holds values of one type")
    # Sorted, so that the same query is the same document however Python orders its sets.
    return {"values": [name, [_plain(each) for each in sorted(values)]]}


def _plain(value: Any) -> Any:
    """Write a value whose type is written beside it."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return str(value) if isinstance(value, str) else value


def _encode_float(value: float) -> Any:
    return value if math.isfinite(value) else {"float": repr(value)}


def _encode_constraint(value: Any) -> Any:
    fields = [_encode(getattr(value, field.name), {}) for field in dataclasses.fields(value)]
    return {"constraint": [type(value).__name__, fields]}


def _encode_column(column: Column) -> Any:
    both = (column.constraints, column.dummy_data_constraints)
    return {"column": [column.type.__name__, *(_encode(each, {}) for each in both)]}


def _encode_code(value: BaseCode | BaseMultiCodeString) -> Any:
    well_formed = not isinstance(value, BaseCode) or type(value).pattern.fullmatch(str(value)) is not None
    return {"code" if well_formed else "found": [type(value).__name__, str(value)]}


ENCODERS: dict[type, Callable[[Any], Any]] = {
    float: _encode_float,
    datetime.date: lambda value: {"date": value.isoformat()},
    frozenset: _encode_set,
    Position: lambda value: {"position": value.value},
    TableSchema: lambda schema: {
        "schema": [[name, _encode_column(column)] for name, column in schema.columns]
    },
    Column: _encode_column,
    type: lambda value: {"type": value.__name__},
    **dict.fromkeys(CODES.values(), _encode_code),
    **dict.fromkeys(CONSTRAINTS.values(), _encode_constraint),
}


# ---------------------------------------------------------------------------------------------- reading


class _Reader:
    """Turns encoded values back, given the nodes made so far."""

    def __init__(self, made: list[Node]) -> None:
        self.made = made
        self.depths: list[int] = []
        self.deepest = 0

    def add(self, entry: object, find_table: FindTable, own_tables: bool) -> None:
        """Build the next node."""
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], list)):
            raise ValueError("a node is written as its class and its fields")
        name, encoded = entry
        self.deepest = 0
        if name == "table":
            self.made.append(_find(find_table, encoded))
        elif name == "own table":
            self.made.append(self.own_table(encoded, own_tables))
        else:
            cls = _registered(NODE_CLASSES, name, "operation")
            fields = [self.decode(each, 0) for each in encoded]
            check_fields(cls, fields)
            self.made.append(cls(*fields))
            check_meaning(self.made[-1])
        if self.deepest >= DEPTH:
            raise ValueError(f"operations are nested more than {DEPTH:,} deep")
        self.depths.append(self.deepest + 1)

    def decode(self, value: Any, nesting: int) -> Any:
        """Read one value."""
        if isinstance(value, str):
            return _text(value)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if nesting > NESTING:
            raise ValueError(f"values are nested more than {NESTING} deep")
        if isinstance(value, list):
            return tuple(self.decode(each, nesting + 1) for each in value)
        if not isinstance(value, dict) or len(value) != 1:
            raise ValueError(f"{str(value)[:100]} is not an encoded value")
        ((kind, content),) = value.items()
        if kind == "node":
            return self.node(content)
        if kind == "dict":
            pairs = [self.decode(pair, nesting + 1) for pair in _list(content)]
            found = dict(pairs)
            if len(found) != len(pairs):
                raise ValueError("a dict names a key twice")
            return found
        if kind == "schema":
            return TableSchema(
                tuple((_text(name), self.decode(column, nesting + 1)) for name, column in content)
            )
        if kind in ("column", "constraint"):
            return self.declaration(kind, content, nesting + 1)
        return _registered(DECODERS, kind, "value")(content)

    def node(self, index: object) -> Node:
        """The node made earlier under this number."""
        if type(index) is not int or not 0 <= index < len(self.made):
            raise ValueError(f"node {index!r:.50} is not one that comes before")
        if index < len(self.depths):
            self.deepest = max(self.deepest, self.depths[index])
        return self.made[index]

    def own_table(self, encoded: list[Any], allowed: bool) -> Node:
        """A table that the definition itself writes down."""
        kind, *rest = encoded
        name, schema, permission = (self.decode(each, 1) for each in rest)
        if not allowed:
            raise _own_table_refused(str(name)[:100])
        cls = SelectPatientTable if kind == "patient" else SelectTable
        fields = [name, schema, "", permission, False]
        check_fields(cls, fields)
        made = cls(*fields)
        check_meaning(made)
        return made

    def declaration(self, kind: str, content: Any, nesting: int) -> Any:
        """A column or a constraint, rebuilt by its own class."""
        name, *rest = _list(content)
        if kind == "column":
            return Column(_type(name), *(self.decode(each, nesting) for each in rest))
        cls = _registered(CONSTRAINTS, name, "constraint")
        (encoded,) = rest
        fields = [self.decode(each, nesting) for each in _list(encoded)]
        if cls is not Categorical:
            check_fields(cls, fields)
        return cls(*fields)


def _find(find_table: FindTable, encoded: list[Any]) -> Node:
    namespace, name = (_text(each) for each in encoded)
    found = find_table(namespace, name)
    if found is None:
        where = f"the contract `{namespace[:100]}`" if namespace else "`ehrql.tables`"
        raise ValueError(f"`{name[:100]}` is not a table of {where}")
    return found


def _own_table_refused(name: str) -> Mistake:
    return Mistake(
        "Q129",
        f"the definition uses `{name}`, a table that it writes down itself: a database of real data has no such table",
        hint="use a table of `ehrql.tables`, or `table_from_file` for a file of the study; tables of one's own are "
        "for trying out, with invented patients or `--dummy-tables`",
        exit_status=10,
    )


def _registered(registry: Mapping[str, Any], name: object, what: str) -> Any:
    if not isinstance(name, str) or name not in registry:
        raise ValueError(f"{str(name)[:50]!r} is not the name of any {what}")
    return registry[name]


def _type(name: object) -> type:
    cls: type = _registered(TYPES, name, "value type")
    return cls


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a list was expected, not {str(value)[:50]}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text was expected, not {str(value)[:50]}")
    value.encode()  # half a surrogate pair is no text; that is a ValueError, too
    return value


def _decode_set(content: Any) -> frozenset[Any]:
    name, values = _list(content)
    if name == "NoneType" and values == []:
        return frozenset()
    kind = _type(name)
    return frozenset(_typed(kind, value) for value in _list(values))


def _typed(kind: type, value: Any) -> Any:
    """Read a value whose type was written beside it."""
    if kind is datetime.date:
        return datetime.date.fromisoformat(_text(value))
    if kind is float:
        return float(_text(value))
    if kind in CODES.values():
        return kind(_text(value))
    if type(value) is not kind:
        raise ValueError(f"{value!r:.50} is not of type {kind.__name__}")
    return value


def _decode_found(content: Any) -> Any:
    name, text = _list(content)
    cls = _registered(CODES, name, "coding system")
    return cls.as_found(_text(text)) if issubclass(cls, BaseCode) else cls(_text(text))


def _decode_code(content: Any) -> Any:
    name, text = _list(content)
    return _registered(CODES, name, "coding system")(_text(text))


DECODERS: dict[str, Callable[[Any], Any]] = {
    "date": lambda content: datetime.date.fromisoformat(_text(content)),
    "float": lambda content: float(_text(content)),
    "type": _type,
    "position": Position,
    "values": _decode_set,
    "code": _decode_code,
    "found": _decode_found,
}
