"""Where names are found while an expression is compiled: the rows being read and what is joined to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from armslength.query.engines.backend import Backend, TableMapping
from armslength.query.engines.compile.dialect import Dialect
from armslength.query.engines.engine import unsupported
from armslength.query.engines.lookups import lookup_of
from armslength.query.engines.query_plan import is_membership
from armslength.query.model.nodes import (
    Case,
    Frame,
    In,
    InlinePatientTable,
    Node,
    SelectColumn,
    SelectTable,
    SeriesCollectionFrame,
    Value,
)

POPULATION = "armslength_population"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reduction's answer is in a temporary table: expressions over the table's columns.

    A picked row has one for each column read from it, by name; any other answer is called "".
    """

    table: str
    answers: Mapping[str, exp.Expr]


@dataclass(slots=True, kw_only=True)
class Compilation:
    """What is known of one query while it is compiled: filled as its statements are made.

    `kept` are parts of a query, by the names of temporary tables, that must be made before it: see `layers.py`.
    """

    dialect: Dialect
    backend: Backend
    places: dict[Node, Place] = field(default_factory=dict)
    inline: dict[Node, str] = field(default_factory=dict)
    sets: dict[Value, str] = field(default_factory=dict)
    lookups: dict[Case, str] = field(default_factory=dict)
    kept: dict[str, exp.Select] = field(default_factory=dict)

    def table_of_set(self, values: Value) -> str:
        """Return the name of the table that a large set is uploaded as, the same for all who ask."""
        return self.sets.setdefault(values, f"armslength_set_{len(self.sets) + 1}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """Where a scan says whether its row's value is in a codelist: a bit of a joined column."""

    alias: str
    column: str
    bit: int


@dataclass(slots=True, kw_only=True)
class Scope:
    """The FROM clause an expression is compiled for.

    `patient` is the id that other tables are joined on; `rows` is the event table being read, when it
    is one, under `alias`. Compiling adds the joins that the expression turns out to need. `values` are
    parts that have a column already, worked out in `layers`: see `layers.py`.
    """

    compilation: Compilation
    patient: exp.Expr
    rows: SelectTable | None = None
    alias: str = ""
    tags: Mapping[tuple[str, frozenset[object]], Tag] = field(default_factory=dict)
    joins: dict[str, exp.Join] = field(default_factory=dict)
    values: dict[Node, exp.Column] = field(default_factory=dict)
    layers: dict[str, exp.Select] = field(default_factory=dict)

    @property
    def mapping(self) -> TableMapping:
        """Where the event table being read is."""
        assert self.rows is not None, "an event column outside its rows"  # noqa: S101 - the model sees to it
        return self.compilation.backend.mapping_of(self.rows)

    def column(self, node: SelectColumn) -> exp.Expr:
        """Return a column of the event rows, of a picked row, or of a patient-level table."""
        source = node.source
        if isinstance(source, SeriesCollectionFrame):
            raise unsupported("SelectColumn of an event table", engine=self.compilation.dialect.name)
        if source.domain is not None:
            return self.mapping.column(node.name, alias=self.alias)
        if source in self.compilation.places:
            return self.answer(source, node.name)
        return self.patient_column(source, node.name)

    def answer(self, reduction: Node, name: str = "") -> exp.Expr:
        """Return the answer of a reduction, or a column of a picked row, joining the table it is in."""
        place = self.compilation.places[reduction]
        self._join(place.table, place.table, "patient_id")
        answer = place.answers[name].copy()
        for column in answer.find_all(exp.Column):
            column.set("table", exp.to_identifier(place.table, quoted=True))
        return answer

    def patient_column(self, table: Frame, name: str) -> exp.Expr:
        """Return a column of a table with one row per patient, joining it. `patient_id` tells who is in it."""
        if isinstance(table, InlinePatientTable):
            physical = self.compilation.inline[table]
            self._join(physical, physical, "patient_id")
            return quoted(name, physical)
        mapping = self.compilation.backend.mapping_of(table)  # type: ignore[arg-type]
        # A patient table and an event table may map to the same physical one.
        alias = f"{mapping.table}_of_patient" if mapping.table == self.alias else mapping.table
        self._join(mapping.table, alias, mapping.patient_id)
        return mapping.column(name, alias=alias)

    def looked_up(self, case: Case, source: exp.Expr) -> tuple[exp.Column, exp.Column]:
        """Join the table of a long replacement; return its key, missing where a value is not in it, and its value."""
        lookups = self.compilation.lookups
        table = lookups.setdefault(case, f"armslength_lookup_{len(lookups) + 1}")
        if table not in self.joins:
            lookup = lookup_of(case)
            assert lookup is not None  # noqa: S101 - asked for only then
            kind = lookup.source.value_type
            on = self.compilation.dialect.equal(quoted("key", table), source, kind)
            self.joins[table] = exp.Join(this=named(table), on=on, side="LEFT")
        return quoted("key", table), quoted("value", table)

    def tag_of(self, node: In) -> Tag | None:
        """Return the tag that answers a membership, when a pass has made one."""
        if not is_membership(node):
            return None
        return self.tags.get((node.lhs.name, node.rhs.value))  # type: ignore[attr-defined]

    def _join(self, table: str, alias: str, patient_id: str) -> None:
        if alias not in self.joins:
            on = exp.EQ(this=quoted(patient_id, alias), expression=self.patient.copy())
            relation = exp.alias_(named(table), alias, table=True, quoted=True)
            self.joins[alias] = exp.Join(this=relation, on=on, side="LEFT")


def named(table: str) -> exp.Table:
    """Refer to a table by its name, quoted, so that no name is a keyword."""
    return exp.Table(this=exp.to_identifier(table, quoted=True))


def quoted(column: str, table: str | None = None) -> exp.Column:
    """Refer to a column, quoted."""
    owner = exp.to_identifier(table, quoted=True) if table else None
    return exp.Column(this=exp.to_identifier(column, quoted=True), table=owner)


def called(made: exp.Expr, name: str) -> exp.Alias:
    """Give an expression a name, quoted. It is not copied: it belongs to the query from now on."""
    return exp.Alias(this=made, alias=exp.to_identifier(name, quoted=True))
