"""What a new backend starts from: a mapping, a schema and invented rows for each table of its contracts."""

from __future__ import annotations

import csv
import datetime
import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import pyarrow as pa

from armslength.policy.data_permissions import TABLE_NEEDS
from armslength.query import contracts as contract_modules
from armslength.query.dummy.ordering import invent_for_dataset
from armslength.query.dummy.tables import as_arrow
from armslength.query.engines.backend import AnyTable, qualified
from armslength.query.language.dummy_data import DummyDataConfig
from armslength.query.language.tables import Series, describe_columns
from armslength.query.loading.contract_tables import namespaces
from armslength.query.model import nodes as n

PEOPLE, SOURCE, PERSON = 40, "source_", "person_id"
DENY, ALLOW = "opt_out_type_1", "without_national_opt_out"
DIALECT = "duckdb"
WIDTH = 116
# The names of types that DuckDB and PostgreSQL share. Codes are text.
SQL_TYPES = {bool: "BOOLEAN", datetime.date: "DATE", float: "DOUBLE PRECISION", int: "BIGINT"}


@dataclass(frozen=True, kw_only=True)
class PromisedTable:
    """A table by its name, with what all chosen contracts promise of it."""

    nodes: tuple[AnyTable, ...]
    words: str
    columns: Mapping[str, Series[Any]]

    @property
    def name(self) -> str:
        return self.nodes[0].name

    @property
    def one_row_each(self) -> bool:
        return any(isinstance(node, n.SelectPatientTable) for node in self.nodes)


def promised_tables(chosen: Sequence[str]) -> tuple[PromisedTable, ...]:
    """Return the tables of contracts, each name once, in the order of the contracts."""
    found: dict[str, PromisedTable] = {}
    for module in _modules(chosen):
        for public in module.__all__:
            frame = getattr(module, public)
            known = found.get(frame._node.name)
            found[frame._node.name] = PromisedTable(
                nodes=(*(known.nodes if known else ()), frame._node),
                words=known.words if known else " ".join((type(frame).__doc__ or "").split()),
                columns={**describe_columns(frame), **(known.columns if known else {})},
            )
    return tuple(found.values())


def unknown_contracts(chosen: Sequence[str]) -> tuple[str, ...]:
    """Return those names that are no contract."""
    return tuple(each for each in chosen if each not in namespaces())


def generated_files(chosen: Sequence[str], *, package: str) -> dict[str, str]:
    """Return the files of a new backend that follow from its contracts: paths and texts."""
    tables = promised_tables(chosen)
    rows = _invented(tables)
    files = {f"src/{package}/mappings/{table.name}.sql": _mapping(table) for table in tables}
    files |= {f"sample/{SOURCE}{name}.csv": _as_csv(found) for name, found in rows.items()}
    people = sorted(set(rows[_people(tables).name]["patient_id"].to_pylist()))
    files[f"sample/{DENY}.csv"] = _list_of(people[2:4])
    files[f"sample/{ALLOW}.csv"] = _list_of([*people[:4], *people[6:]])
    files["sample/schema.sql"] = _schema(tables)
    files["docs/mapping.md"] = _page(tables)
    return files


def words_for(chosen: Sequence[str], *, name: str, package: str) -> dict[str, str]:
    """Return what is put into the templates of a new backend."""
    tables = promised_tables(chosen)
    people = _people(tables)
    home = next(each for each in _modules(chosen) if _public_name(each, people))
    needs = {table.name: needed for table in tables if (needed := _needed(table))}
    days = {
        table.name: str(day)
        for table in tables
        if (day := getattr(table.nodes[0], "activation_filter_field", None))
    }
    imported = [(f"{contract_modules.__name__}.{each}".rpartition("."), _alias(each)) for each in chosen]
    return {
        "name": name,
        "package": package,
        "dialect": DIALECT,
        "imports": "\n".join(
            f"from {place} import {last}" + (f" as {alias}" if alias != last else "")
            for (place, _, last), alias in sorted(imported)
        ),
        "contracts": ", ".join(_alias(each) for each in chosen),
        "contract_names": ", ".join(f"`{each}`" for each in chosen),
        "contract_options": "".join(f" --contract {each}" for each in chosen),
        "needs": _dictionary(needs),
        "days": _dictionary(days),
        "namespace": home.NAMESPACE,
        "people": _public_name(home, people),
        "people_table": SOURCE + people.name,
    }


def _modules(chosen: Sequence[str]) -> list[ModuleType]:
    return [import_module(f"{contract_modules.__name__}.{each}") for each in chosen]


def _alias(namespace: str) -> str:
    return namespace.replace(".", "_")


def _public_name(module: ModuleType, table: PromisedTable) -> str:
    """Return under which name a contract offers a table, or nothing."""
    return next((name for name in module.__all__ if getattr(module, name)._node in table.nodes), "")


def _people(tables: Sequence[PromisedTable]) -> PromisedTable:
    """Return the table that says who there is: the patients, else one with a row for each, else any."""
    ranked = sorted(tables, key=lambda each: (each.name not in {"patients", "person"}, not each.one_row_each))
    return ranked[0]


def _needed(table: PromisedTable) -> str:
    for node in table.nodes:
        needed = node.required_permission or TABLE_NEEDS.get(qualified(node.namespace, node.name))
        if needed:
            return str(needed)
    return ""


def _dictionary(entries: Mapping[str, str]) -> str:
    if not entries:
        return "{}"
    return "{\n" + "".join(f'    "{key}": "{value}",\n' for key, value in entries.items()) + "}"


def _sql_type(column: Series[Any]) -> str:
    return SQL_TYPES.get(column.column.type, "TEXT")


def _meaning(column: Series[Any]) -> str:
    """Say what a column is and what is promised of it."""
    parts = [column.description, *(each.description for each in column.column.constraints)]
    parts += [column.implementation_notes, column.notes_for_implementors]
    return ". ".join(" ".join(part.split()).rstrip(".") for part in parts if part)


def _mapping(table: PromisedTable) -> str:
    many = "One row for each person" if table.one_row_each else "Any number of rows for each person"
    lines = [*_comment(f"{table.words} {many}.", indent="")]
    lines += [*_comment("Wanted: change FROM and what stands before AS, keep the names after it.", indent="")]
    lines += [
        "SELECT",
        *_comment("BIGINT. Whose row it is, by the same number in every table.", indent="    "),
    ]
    wanted = [(f"s.{PERSON}", "patient_id", "")]
    wanted += [
        (f"s.{name}", name, f"{_sql_type(each)}. {_meaning(each)}.") for name, each in table.columns.items()
    ]
    for number, (physical, name, words) in enumerate(wanted):
        lines += _comment(words, indent="    ") if words else []
        lines.append(f"    {physical} AS {name}" + ("," if number + 1 < len(wanted) else ""))
    return "\n".join([*lines, f"FROM {SOURCE}{table.name} AS s"]) + "\n"


def _comment(words: str, *, indent: str) -> Iterator[str]:
    # Comments travel with the SQL, where they are written between /* and */.
    for line in textwrap.wrap(words.replace("*/", "* /"), WIDTH - len(indent) - 3):
        yield f"{indent}-- {line}"


def _schema(tables: Sequence[PromisedTable]) -> str:
    made = [
        "-- The tables of the database that the mappings read, as far as they read them. Put your own here: names and\n"
        "-- types as in your database, invented rows in the CSV file of the same name."
    ]
    for table in tables:
        columns = [
            f"    {PERSON} BIGINT NOT NULL",
            *(f"    {name} {_sql_type(c)}" for name, c in table.columns.items()),
        ]
        made.append(f"CREATE TABLE {SOURCE}{table.name} (\n" + ",\n".join(columns) + "\n);")
    made.append("-- Whoever is listed is left out.\n" + f"CREATE TABLE {DENY} ({PERSON} BIGINT NOT NULL);")
    made.append("-- Only who is listed is let in.\n" + f"CREATE TABLE {ALLOW} ({PERSON} BIGINT NOT NULL);")
    return "\n\n".join(made) + "\n"


def _page(tables: Sequence[PromisedTable]) -> str:
    parts = [
        "# How each table is made\n\nFor each table: which of your tables it is made of, what was decided, what a "
        "researcher must know. A table is done when somebody else has read its mapping against this page."
    ]
    for table in tables:
        known_as = ", ".join(
            f"`{qualified(node.namespace, node.name)}`" for node in dict.fromkeys(table.nodes)
        )
        todo = [
            "made of: `" + SOURCE + table.name + "` (the sample)",
            "rows that are left out, and why:",
            "columns that are worked out, and how:",
            "how old the newest rows are, usually:",
        ]
        parts.append(
            f"## {table.name}\n\n{known_as}. {table.words}\n\n" + "\n".join(f"- [ ] {each}" for each in todo)
        )
    return "\n\n".join(parts) + "\n"


def _invented(tables: Sequence[PromisedTable]) -> dict[str, pa.Table]:
    """Invent rows of every column of every table, about people whom the table of people names."""
    variables: list[tuple[str, n.Series]] = []
    events: list[tuple[str, n.SeriesCollectionFrame]] = []
    for number, node in enumerate(node for table in tables for node in dict.fromkeys(table.nodes)):
        picked = tuple((name, n.SelectColumn(node, name)) for name in node.schema.names)
        if isinstance(node, n.SelectPatientTable):
            variables += [(f"v{number}_{name}", column) for name, column in picked]
        else:
            variables.append((f"n{number}", n.Count(node)))
            events.append((f"e{number}", n.SeriesCollectionFrame(picked)))
    question = n.Dataset(n.Exists(_people(tables).nodes[0]), tuple(variables), tuple(events))
    invented = invent_for_dataset(question, DummyDataConfig(population_size=PEOPLE))
    members = pa.array(invented.patients, pa.int64())
    return {
        name: rows.filter(pa.compute.is_in(rows["patient_id"], value_set=members))
        for name, rows in as_arrow(invented).items()
    }


def _as_csv(rows: pa.Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([PERSON, *rows.column_names[1:]])
    writer.writerows(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    return text.getvalue()


def _list_of(people: Sequence[int]) -> str:
    return "\n".join([PERSON, *map(str, people)]) + "\n"
