"""What raw SQL may name: tables with rows about people, tables about nobody, lists of opt-outs. Nothing else.

A table that is not here cannot be read at all, so a view, a file or a function can hide no patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import duckdb
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.restrictions import Restriction

DOCUMENTATION = "see docs/how-to/run-raw-sql.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a backend's mappings do not say: the column that names a person, and tables that name nobody."""

    patient: str
    about_nobody: frozenset[str] = frozenset()
    about_people: frozenset[str] = frozenset()  # physical tables whose mapping never mentions the column


_VOCABULARY = frozenset(
    {
        "care_site",
        "cdm_source",
        "concept",
        "concept_ancestor",
        "concept_class",
        "concept_relationship",
        "concept_synonym",
        "domain",
        "drug_strength",
        "provider",
        "relationship",
        "source_to_concept_map",
        "vocabulary",
    }
)
LAYOUTS: dict[str, Layout] = {
    "core": Layout(patient="patient_id"),
    "omop": Layout(patient="person_id", about_nobody=_VOCABULARY),
    "omop-uk": Layout(patient="person_id", about_nobody=_VOCABULARY),
    "tpp": Layout(
        patient="Patient_ID",
        about_nobody=frozenset(
            {
                "custommedicationdictionary",
                "decisionsupportvaluereference",
                "medicationdictionary",
                "organisation",
                "vaccinationreference",
            }
        ),
        about_people=frozenset(
            {
                "apcs_der",
                "apcs_der_archived",
                "codedeventrange",
                "ec_diagnosis",
                "ec_diagnosis_archived",
            }
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutList:
    """A table that lists people for a restriction, and the column with their ids, as authors write them."""

    restriction: Restriction
    table: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything a query may name. Names are in small letters: no case or quotation hides a table.

    `people` gives for each table with rows about people the columns that name one; `needs` the data
    permissions without which a table is refused; `lists` holds those of the restrictions that stand.
    """

    dialect: str
    people: Mapping[str, tuple[str, ...]]
    nobody: frozenset[str]
    lists: tuple[OptOutList, ...]
    lifted: tuple[Restriction, ...] = ()
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def restrictions(self) -> tuple[Restriction, ...]:
        return tuple(each.restriction for each in self.lists)

    @property
    def names(self) -> frozenset[str]:
        """Every name that belongs to a table, so to nothing that a query makes."""
        return frozenset(self.people) | self.nobody | {each.table.lower() for each in self.lists}

    def list_named(self, table: str) -> OptOutList | None:
        return next((each for each in self.lists if each.table.lower() == table.lower()), None)


def catalogue_of(backend: Backend, *, dialect: str) -> Catalogue:
    """Return what a backend's mappings say of its tables, as a project with its permissions may see them.

    Raises Mistake Q401 for a backend that raw SQL cannot be held to, Q402 for a restriction it cannot keep.
    """
    layout = LAYOUTS.get(backend.name)
    if layout is None:
        offered = f"raw SQL is offered on {', '.join(sorted(LAYOUTS))}"
        what = f"raw SQL cannot be run on the backend `{backend.name}`: nothing says whose its rows are"
        raise Mistake("Q401", what, hint=offered)
    lists = tuple(_list_of(each, backend=backend) for each in backend.applied)
    people: dict[str, tuple[str, ...]] = {
        name: (layout.patient,) for name in layout.about_people
    } | _columns_in_mappings(backend, layout)
    applied = set(backend.applied)
    listed = {each.table.lower() for each in lists}
    return Catalogue(
        dialect=dialect,
        people={name: columns for name, columns in people.items() if name not in listed},
        nobody=layout.about_nobody,
        lists=lists,
        lifted=tuple(each for each in backend.restrictions if each not in applied),
        needs=_needs(backend),
    )


def with_tables(catalogue: Catalogue, tables: Mapping[str, list[str]], *, backend: Backend) -> Catalogue:
    """Narrow and widen a catalogue to the tables that a database really has, given with their columns.

    Raises Mistake Q403 when it holds an opt-out list that this backend knows nothing of, or lacks one of its own.
    """
    patient = LAYOUTS[backend.name].patient.lower()
    present = {name.lower(): columns for name, columns in tables.items()}
    for each in catalogue.lists:
        if each.table.lower() not in present:
            what = f"the database has no table `{each.table}`, so nobody knows who opted out"
            raise Mistake("Q403", what, hint="name the backend that this database is of, with `--backend`")
    people = {}
    for name, columns in present.items():
        if catalogue.list_named(name) or name in catalogue.nobody:
            continue
        naming = tuple(each for each in columns if _names_person(each, patient=patient))
        if naming:
            people[name] = naming
    return replace(catalogue, people=people, nobody=catalogue.nobody & present.keys())


def tables_in(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return the tables of a DuckDB file with their columns. Views are left out: they can hide whose rows they give."""
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        "SELECT c.table_name, c.column_name FROM duckdb_columns() AS c JOIN duckdb_tables() AS t USING (table_oid, "
        "database_name) WHERE t.schema_name = 'main' AND NOT t.internal ORDER BY c.column_index"
    ).fetchall()
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def check_lists_are_known(tables: Mapping[str, object], *, backend: Backend, others: list[Backend]) -> None:
    """Refuse a database that holds an opt-out list of another backend: somebody named the wrong one. Mistake Q403."""
    known = {name.lower() for each in backend.restrictions if (name := _simple(each)[0])}
    for other in others:
        for each in other.restrictions:
            name = _simple(each)[0]
            if name and name.lower() in {table.lower() for table in tables} - known:
                what = (
                    f"the database holds `{name}`, a list of opt-outs that `{backend.name}` knows nothing of"
                )
                raise Mistake("Q403", what, hint=f"name the backend with `--backend {other.name}`")


def _names_person(column: str, *, patient: str) -> bool:
    """Say whether a column names a person: the patient's own, or another's such as `Patient_ID_Relationship_With`."""
    return column.lower() == patient or column.lower().startswith(f"{patient}_")


def _columns_in_mappings(backend: Backend, layout: Layout) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for mapping in (backend.tables or {}).values():
        if mapping.query is None:
            found.setdefault(mapping.table.lower(), {})[mapping.patient_id] = None
            continue
        for table in mapping.query.find_all(exp.Table):
            select = table.find_ancestor(exp.Select)
            for column in select.find_all(exp.Column) if select is not None else ():
                mine = column.table == table.alias_or_name
                if mine and _names_person(column.name, patient=layout.patient.lower()):
                    found.setdefault(table.name.lower(), {})[column.name] = None
    return {table: tuple(columns) for table, columns in found.items()}


def _needs(backend: Backend) -> dict[str, frozenset[str]]:
    """Return the permissions of physical tables that only restricted tables of the contract are made of."""
    needed: dict[str, set[str]] = {}
    free: set[str] = set()
    for mapping in (backend.tables or {}).values():
        names = (
            {mapping.table} if mapping.query is None else {t.name for t in mapping.query.find_all(exp.Table)}
        )
        for name in names:
            if mapping.needs is None:
                free.add(name.lower())
            else:
                needed.setdefault(name.lower(), set()).add(mapping.needs)
    return {
        name: frozenset(wanted - backend.given)
        for name, wanted in needed.items()
        if name not in free and not wanted & backend.given
    }


def _list_of(restriction: Restriction, *, backend: Backend) -> OptOutList:
    table, column = _simple(restriction)
    if restriction.until or restriction.practices is not None or not table:
        raise Mistake(
            "Q402",
            f"raw SQL on `{backend.name}` cannot keep to what this project is held to: {restriction.words}",
            hint=f"raw SQL is for projects that have the data permission `{restriction.lifted_by}`",
        )
    return OptOutList(restriction=restriction, table=table, column=column)


def _simple(restriction: Restriction) -> tuple[str, str]:
    """Return the table and column of a list that is a plain table of ids, else two empty texts."""
    query = restriction.people
    tables = list(query.find_all(exp.Table))
    plain = isinstance(query, exp.Select) and set(query.args) - {"expressions", "from_", "kind"} <= {
        name for name, value in query.args.items() if not value
    }
    if not plain or len(tables) != 1 or len(query.expressions) != 1:
        return "", ""
    column = query.expressions[0].unalias()
    return (tables[0].name, column.name) if isinstance(column, exp.Column) else ("", "")
