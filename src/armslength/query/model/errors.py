"""What makes a query invalid, said in model terms; the language turns these into advice for its users."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from armslength.query.model.node import Node


class ModelError(Exception):
    """A node that would have no meaning."""


class TypeMismatch(ModelError):
    """An operand has another value type than its operation takes.

    `operation` is the node class's name, `operand` the field, `expected` and `received` type names in words.
    """

    def __init__(self, operation: str, operand: str, expected: str, received: str) -> None:
        self.operation, self.operand = operation, operand
        self.expected, self.received = expected, received
        super().__init__(f"{operation}.{operand}: expected {expected} but got {received}")


class DomainMismatch(ModelError):
    """Rows of different event tables, or of differently filtered ones, cannot be paired."""

    def __init__(self, operation: str, *domains: Node | None) -> None:
        self.operation, self.domains = operation, domains
        super().__init__(f"{operation}: operands come from different rows")


class ConstantSortKey(ModelError):
    """Sorting by a value that is the same for all rows of a patient orders nothing."""


class UnknownColumn(ModelError):
    """The frame has no such column."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name, self.known = name, known
        super().__init__(f"no column `{name}`; there are: {', '.join(known)}")
