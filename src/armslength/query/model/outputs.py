"""What a query asks for at once: a population, a value per variable, event rows, grouped sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armslength.query.model.errors import ModelError, TypeMismatch
from armslength.query.model.frames import Frame
from armslength.query.model.node import Node, common_domain, derive, node, solved_type
from armslength.query.model.schema import Column, TableSchema
from armslength.query.model.series import Series
from armslength.query.model.types import COUNTABLE, Expected, type_name


@node
class SeriesCollectionFrame(Frame):
    """Event rows for output: named series of one domain; patient-level ones repeat on each row."""

    members: tuple[tuple[str, Series], ...]

    def check(self) -> None:
        domain = common_domain("SeriesCollectionFrame", (member for _, member in self.members))
        if domain is None:
            raise ModelError("an event table needs at least one series with many values per patient")
        schema = TableSchema(tuple((name, Column(_scalar(member))) for name, member in self.members))
        derive(self, domain=domain, schema=schema)


@node
class GroupedSum(Node):
    """For each combination of group values (missing is one): the sums of the denominator and each numerator.

    Bools count as 0 and 1; missing adds nothing, and all missing gives 0.
    """

    numerators: tuple[tuple[str, Series], ...]
    denominator: Series
    group_bys: tuple[tuple[str, Series], ...] = ()

    def operands(self) -> Iterator[tuple[str, Expected, Any]]:
        yield "denominator", COUNTABLE, self.denominator
        yield from (("numerator", COUNTABLE, numerator) for _, numerator in self.numerators)

    def check(self) -> None:
        solved_type(self, int)
        for _, member in (("", self.denominator), *self.numerators, *self.group_bys):
            require_patient_series("GroupedSum", member)
        derive(self, domain=None)


@node
class Dataset(Node):
    """Everything asked for at once: who is in, one value per variable, event tables, grouped sums."""

    population: Series
    variables: tuple[tuple[str, Series], ...] = ()
    events: tuple[tuple[str, SeriesCollectionFrame], ...] = ()
    measures: tuple[GroupedSum, ...] = ()

    def check(self) -> None:
        require_patient_series("Dataset", self.population)
        if self.population.value_type is not bool:
            raise TypeMismatch("Dataset", "population", "bool", type_name(self.population.value_type))
        for _, variable in self.variables:
            require_patient_series("Dataset", variable)
            _scalar(variable)
        derive(self, domain=None)


def require_patient_series(operation: str, member: object) -> None:
    """Raise unless `member` is a series with one value per patient."""
    if not isinstance(member, Series):
        raise TypeError(f"{operation} needs series, not {member!r}")
    if member.domain is not None:
        raise ModelError(f"{operation} needs series with one value per patient")


def _scalar(member: Series) -> type:
    if not isinstance(member.value_type, type):
        raise TypeMismatch("output", "series", "one value", type_name(member.value_type))
    return member.value_type
