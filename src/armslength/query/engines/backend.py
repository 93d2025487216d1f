"""What an engine needs to know of a backend: where each contract table is, and under which names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.model.nodes import SelectPatientTable, SelectTable

AnyTable = SelectTable | SelectPatientTable
PhysicalColumn = str | exp.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """Where a contract table is found.

    `columns` holds what differs from the contract: a physical column name, or an expression over
    physical columns; `patient_id` is the physical column that says whose row it is.
    """

    table: str
    patient_id: str = "patient_id"
    columns: Mapping[str, PhysicalColumn] = field(default_factory=dict)

    def column(self, name: str, *, alias: str) -> exp.Expr:
        """Return a contract column as an expression over the physical table known as `alias`."""
        physical = self.patient_id if name == "patient_id" else self.columns.get(name, name)
        if isinstance(physical, str):
            return exp.column(
                exp.to_identifier(physical, quoted=True), table=exp.to_identifier(alias, quoted=True)
            )
        # The same expression serves every reference, so each gets its own copy with its own alias.
        copy = physical.copy()
        for column in copy.find_all(exp.Column):
            column.set("table", exp.to_identifier(alias, quoted=True))
        return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """How one kind of database fulfils contracts.

    `tables` maps (namespace, contract table) to its place; None means that every table is there under
    its own name, as in a database made for a test.
    """

    name: str
    title: str
    tables: Mapping[tuple[str, str], TableMapping] | None

    def mapping_of(self, table: AnyTable) -> TableMapping:
        """Return where a contract table is. Raises Mistake Q103 when this backend does not have it."""
        if self.tables is None:
            return TableMapping(table=table.name)
        found = self.tables.get((table.namespace, table.name))
        if found is None:
            raise self._missing(qualified(table.namespace, table.name))
        return found

    def _missing(self, name: str) -> Mistake:
        known = sorted(qualified(*each) for each in self.tables or ())
        close = get_close_matches(name, known, n=1)
        offered = f"it offers {', '.join(known) or 'no table'}"
        hint = f"did you mean `{close[0]}`? {offered}" if close else offered
        return Mistake("Q103", f"the backend `{self.name}` has no table `{name}`", hint=hint)


def qualified(namespace: str, name: str) -> str:
    """Name a contract table as study authors do.

    >>> qualified("core", "patients")
    'core.patients'
    """
    return f"{namespace}.{name}" if namespace else name


DIRECT = Backend(name="direct", title="Tables that are named as in the contract", tables=None)
