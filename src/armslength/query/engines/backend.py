"""What an engine needs to know of a backend: where each contract table is, and under which names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.engines.restrictions import Restriction
from armslength.query.model.nodes import SelectPatientTable, SelectTable

PATIENT_ID = "patient_id"
AnyTable = SelectTable | SelectPatientTable
PhysicalColumn = str | exp.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """Where a contract table is found.

    `columns` holds what differs from the contract: a physical column name, or an expression over
    physical columns; `patient_id` is the physical column that says whose row it is. With `query`, the
    table is made of others: `table` is then only what its rows are called, and must name no other table. In it
    `SEEN(id)` stands for whether the project may see that person, where rows speak of people other than their own.

    `needs` is the data permission without which nobody reads it. `day` and `practice` are the columns by
    which restrictions of the backend hold back rows of people who may be seen; they need not be in the contract.
    """

    table: str
    patient_id: str = PATIENT_ID
    columns: Mapping[str, PhysicalColumn] = field(default_factory=dict)
    query: exp.Query | None = None
    needs: str | None = None
    day: str | None = None
    practice: str | None = None

    def column(self, name: str, *, alias: str) -> exp.Expr:
        """Return a contract column as an expression over the physical table known as `alias`."""
        physical = self.patient_id if name == PATIENT_ID else self.columns.get(name, name)
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
    """How one kind of database fulfils contracts, and what one project may see of it.

    `tables` maps (namespace, contract table) to its place; None means that every table is there under
    its own name, as in a database made for a test. `refused` says why a contract table is not offered.
    Mappings are written in the SQL of `dialect`. Every one of `restrictions` stands unless `given`, the data
    permissions of the project that asks, lifts it: a backend that nobody widened shows the least.
    `where_listed` holds more of them, for databases that may hold their lists: see `holding`. Of tables under their
    own names, `days` and `practices` give the columns that TableMapping calls so.
    On a server without temporary tables, queries make theirs in the schema of the user's name if `scratch_of_user`.
    """

    name: str
    title: str
    tables: Mapping[tuple[str, str], TableMapping] | None
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    dialect: str = "duckdb"
    restrictions: tuple[Restriction, ...] = ()
    where_listed: tuple[Restriction, ...] = ()
    days: Mapping[str, str] = field(default_factory=dict)
    practices: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    scratch_of_user: bool = False

    def __post_init__(self) -> None:
        named: dict[str, TableMapping] = {}
        for mapping in (self.tables or {}).values():
            if named.setdefault(mapping.table, mapping) != mapping:
                raise ValueError(f"the backend `{self.name}` calls two different tables `{mapping.table}`")

    @property
    def applied(self) -> tuple[Restriction, ...]:
        """The restrictions that stand for the project."""
        return tuple(each for each in self.restrictions if each.lifted_by not in self.given)

    @property
    def by_name(self) -> dict[str, TableMapping]:
        """The tables by what a compiled query calls them."""
        return {mapping.table: mapping for mapping in (self.tables or {}).values()}

    def widened(self, given: Iterable[str]) -> Backend:
        """Return the same backend as a project with these data permissions may see it."""
        return replace(self, given=frozenset(given))

    def holding(self, lists: Collection[str]) -> Backend:
        """Return the backend of a database that holds these lists: each one's restriction stands from here on."""
        standing = tuple(each for each in self.where_listed if each.listed_in in lists)
        others = tuple(each for each in self.where_listed if each not in standing)
        return replace(self, restrictions=self.restrictions + standing, where_listed=others)

    def physical_tables(self, mapping: TableMapping) -> Iterator[str]:
        """Yield every physical table that is read for a contract table, those of restrictions too."""
        queries = [] if mapping.query is None else [mapping.query]
        if mapping.query is None:
            yield mapping.table
        for each in self.applied:
            queries += [each.people] if each.practices is None else [each.people, each.practices]
        for query in queries:
            made_there = {cte.alias for cte in query.find_all(exp.CTE)}
            yield from (t.name for t in query.find_all(exp.Table) if t.name not in made_there)

    def mapping_of(self, table: AnyTable) -> TableMapping:
        """Return where a contract table is. Raises Mistake Q103 when this backend does not have it."""
        if self.tables is None:
            return self.mapping_called(table.name)
        found = self.tables.get((table.namespace, table.name))
        if found is None:
            why = self.refused.get((table.namespace, table.name))
            raise self._missing(qualified(table.namespace, table.name), why)
        return found

    def mapping_called(self, name: str) -> TableMapping:
        """Return where a table is that has its own name and the columns of its contract."""
        return TableMapping(table=name, day=self.days.get(name), practice=self.practices.get(name))

    def _missing(self, name: str, why: str | None) -> Mistake:
        if why is not None:
            return Mistake("Q103", f"the backend `{self.name}` does not offer `{name}`: {why}")
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
