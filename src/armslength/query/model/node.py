"""What every node is: a frozen value that says what it means, checked when built, and shared when equal.

Nodes are *interned*: building a node that already exists returns the existing one. So "structurally equal"
and "the same object" are one thing, comparing and hashing cost nothing however deep the graph is, and
traversals visit shared parts once.
"""

from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar, dataclass_transform
from weakref import WeakValueDictionary

from armslength.query.model.errors import DomainMismatch
from armslength.query.model.schema import TableSchema
from armslength.query.model.types import Expected, ValueType, solve

_known: WeakValueDictionary[tuple[Any, ...], Node] = WeakValueDictionary()
_lock = threading.RLock()
_N = TypeVar("_N", bound="Node")


class Interned(type):
    """Makes constructing a node return the one node of that meaning."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any
    ) -> Interned:
        """Give a class that adds no fields no room for any, so that most operations need no dataclass of their own."""
        if not namespace.get("__annotations__"):
            namespace.setdefault("__slots__", ())
        return super().__new__(mcs, name, bases, namespace, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        fresh = super().__call__(*args, **kwargs)
        key = (cls, *fresh.identity())
        with _lock:
            existing = _known.get(key)
        if existing is not None:
            return existing
        fresh.check()
        with _lock:
            return _known.setdefault(key, fresh)


class Node(metaclass=Interned):
    """A part of a query. Subclasses are frozen dataclasses made with `@node`.

    `domain` says which rows it ranges over: None for one row per patient, else the node (a table or a
    Filter) whose rows they are.
    """

    __slots__ = ("__weakref__", "domain")
    domain: Node | None
    field_names: ClassVar[tuple[str, ...]] = ()
    child_fields: ClassVar[tuple[str, ...]] = ()
    is_leaf: ClassVar[bool] = False  # True: no field holds a node, however large it is

    def identity(self) -> tuple[Any, ...]:
        """Return what tells this node from others of its class; nodes inside count by identity."""
        return tuple(getattr(self, name) for name in self.field_names)

    def check(self) -> None:
        """Raise a ModelError unless the node has a meaning; set what is derived from its operands."""
        raise NotImplementedError

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        """Yield each series operand as (name, what it must be, node)."""
        return iter(())

    def __copy__(self) -> Node:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Node:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in self.field_names)

    def __repr__(self) -> str:
        return describe(self, depth=2)


@dataclass_transform(frozen_default=True)
def node(cls: type[_N]) -> type[_N]:
    """Make a class a node: frozen, slotted, equal by identity (which interning makes structural)."""
    if not inspect.get_annotations(cls):
        return cls  # all it needs is inherited: importing the vocabulary takes a third of the time
    made = dataclasses.dataclass(frozen=True, slots=True, eq=False, repr=False)(cls)
    fields = dataclasses.fields(made)  # type: ignore[arg-type]
    made.field_names = tuple(field.name for field in fields)
    made.child_fields = () if made.is_leaf else made.field_names
    return made


def derive(self: Node, **derived: object) -> None:
    """Set slots computed from the operands, once, while the node is being built."""
    for name, value in derived.items():
        object.__setattr__(self, name, value)


def common_domain(operation: str, operands: Iterator[Any]) -> Node | None:
    """Return the one domain of event-level operands, None when all are patient-level; else DomainMismatch."""
    found: Node | None = None
    for operand in operands:
        if operand.domain is None or operand.domain is found:
            continue
        if found is not None:
            raise DomainMismatch(operation, found, operand.domain)
        found = operand.domain
    return found


def solved_type(self: Node, gives: Expected) -> ValueType:
    """Check the operands' value types and return that of the result."""
    return solve(
        type(self).__name__,
        gives,
        ((name, expected, _type_of(operand)) for name, expected, operand in self.operands()),
    )


def _type_of(operand: Any) -> Any:
    if not hasattr(operand, "value_type"):
        raise TypeError(f"not a series node: {operand!r}")
    return operand.value_type


def children(parent: Node) -> tuple[Node, ...]:
    """Return the nodes this one is directly made of, in field order, each once."""
    found: dict[Node, None] = {}
    for name in parent.child_fields:
        _collect(getattr(parent, name), found)
    return tuple(found)


def _collect(value: Any, found: dict[Node, None]) -> None:
    if isinstance(value, Node):
        found[value] = None
    elif isinstance(value, tuple):
        for each in value:
            _collect(each, found)


def walk(*roots: Node, into: Callable[[Node], tuple[Node, ...]] = children) -> Iterator[Node]:
    """Yield every node below the roots and the roots, each once, children before parents. Never recurses."""
    done: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        current, ready = stack.pop()
        if ready:
            yield current
        elif current not in done:
            done.add(current)
            stack.append((current, True))
            stack.extend((child, False) for child in reversed(into(current)) if child not in done)


def describe(value: Any, *, depth: int) -> str:
    """Write a node for a person, to a limited depth, because graphs are large."""
    if isinstance(value, Node):
        if depth == 0:
            return f"{type(value).__name__}(…)"
        shown = (f"{name}={describe(getattr(value, name), depth=depth - 1)}" for name in value.field_names)
        return f"{type(value).__name__}({', '.join(shown)})"
    if isinstance(value, TableSchema):
        return f"<{len(value)} columns>"
    if isinstance(value, (tuple, frozenset)) and len(value) > 5:
        return f"<{len(value)} items>"
    if isinstance(value, tuple):
        return "(" + ", ".join(describe(each, depth=depth) for each in value) + ")"
    return repr(value)


def rewrite(root: Node, change: Callable[[Node], Node]) -> Node:
    """Rebuild a graph from the leaves up, giving each node (its children already rebuilt) to `change` once.

    Untouched parts come back as the very same objects. Never recurses.
    """
    made: dict[Node, Node] = {}
    for old in walk(root):
        if old.is_leaf:
            made[old] = change(old)
            continue
        fields = [getattr(old, name) for name in old.field_names]
        renewed = [_renew(value, made) for value in fields]
        same = all(new is before for new, before in zip(renewed, fields, strict=True))
        made[old] = change(old if same else type(old)(*renewed))
    return made[root]


def _renew(value: Any, made: dict[Node, Node]) -> Any:
    if isinstance(value, Node):
        return made.get(value, value)
    if isinstance(value, tuple):
        renewed = tuple(_renew(each, made) for each in value)
        return value if all(new is old for new, old in zip(renewed, value, strict=True)) else renewed
    return value
