"""Mappings as SQL files: one SELECT for each table of a backend, in the database's own dialect, for review."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
) -> dict[tuple[str, str], TableMapping]:
    """Read the mapping of every table of some contracts. Tables that contracts share are read once.

    `read` makes the mapping of a name, where there is more to it than its file.
    """
    made: dict[str, TableMapping] = {}
    tables = {}
    for contract in contracts:
        for public in contract.__all__:
            node = getattr(contract, public)._node
            if node.name not in made:
                made[node.name] = (
                    read(node.name) if read else read_mapping(folder, node.name, dialect=dialect)
                )
            if missing := set(node.schema.names) - set(made[node.name].query.named_selects):  # type: ignore[union-attr]
                raise ValueError(f"{node.name}.sql does not give {', '.join(sorted(missing))}")
            # A contract may offer the very table of another one: it is asked for by that one's name then.
            tables[(contract.NAMESPACE, node.name)] = tables[(node.namespace, node.name)] = made[node.name]
    return tables


def read_query(path: Path, *, dialect: str) -> exp.Query:
    """Read the one query of a file. Raises ValueError when there is anything else in it."""
    (query,) = parse(path.read_text(), read=dialect)
    if not isinstance(query, exp.Query) or "*" in query.named_selects:
        raise ValueError(f"{path.name} is not one SELECT with named columns")
    return query
