"""Mappings as SQL files: one SELECT for each table of a backend, in the database's own dialect, for review."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from types import ModuleType

from sqlglot import exp, parse

from armslength.query.engines.backend import PATIENT_ID, TableMapping

SEEN = "SEEN"


def read_mapping(
    folder: Path,
    name: str,
    *,
    dialect: str,
    needs: str | None = None,
    day: str | None = None,
    practice: str | None = None,
) -> TableMapping:
    """Read `NAME.sql`, which gives `patient_id` and every column of the contracts that ask for the table.

    Raises ValueError for anything but one SELECT with named columns.
    """
    query = read_query(folder / f"{name}.sql", dialect=dialect)
    columns = set(query.named_selects)
    if missing := {PATIENT_ID, day, practice} - {None} - columns:
        raise ValueError(f"{name}.sql does not give {', '.join(sorted(str(each) for each in missing))}")
    return TableMapping(table=name, query=query, needs=needs, day=day, practice=practice)


def read_tables(
    folder: Path,
    *,
    contracts: Iterable[ModuleType],
    dialect: str,
    read: Callable[[str], TableMapping] | None = None,
    refused: Collection[tuple[str, str]] = (),
) -> dict[tuple[str, str], TableMapping]:
    """Read the mapping of every table of some contracts. Tables that contracts share are read once.

    `read` makes the mapping of a name, where there is more to it than its file. `refused` tables have no file.
    """
    made: dict[str, TableMapping] = {}
    tables = {}
    for contract in contracts:
        for public in contract.__all__:
            node = getattr(contract, public)._node
            if {(contract.NAMESPACE, node.name), (node.namespace, node.name)} & set(refused):
                continue
            if node.name not in made:
                made[node.name] = (
                    read(node.name) if read else read_mapping(folder, node.name, dialect=dialect)
                )
            if missing := set(node.schema.names) - set(made[node.name].query.named_selects):  # type: ignore[union-attr]
                raise ValueError(f"{node.name}.sql does not give {', '.join(sorted(missing))}")
            # A contract may offer the very table of another one: it is asked for by that one's name then.
            tables[(contract.NAMESPACE, node.name)] = tables[(node.namespace, node.name)] = made[node.name]
    return tables


def people_listed(sql: str, *, dialect: str | None = None) -> exp.Query:
    """Read a query of a list of people: it gives `patient_id`. Raises ValueError for anything else."""
    return _one_query(sql, dialect=dialect, place="the list of people", gives=PATIENT_ID)


def read_query(path: Path, *, dialect: str) -> exp.Query:
    """Read the one query of a file. Raises ValueError when there is anything else in it."""
    return _one_query(path.read_text(), dialect=dialect, place=path.name)


def _one_query(sql: str, *, dialect: str | None, place: str, gives: str = "") -> exp.Query:
    queries = parse(sql, read=dialect)
    query = queries[0] if len(queries) == 1 else None
    if not isinstance(query, exp.Query) or "*" in query.named_selects:
        raise ValueError(f"{place} is not one SELECT with named columns")
    if gives and gives not in query.named_selects:
        raise ValueError(f"{place} does not give {gives}")
    return query
