"""What the commands share: where the database and the permissions are said, and loading a definition."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.formats.writers import WrittenFile
    from armslength.query.loading.loaded import LoadedDefinition

USAGE_STATUS = 2


def add_definition(parser: argparse.ArgumentParser) -> None:
    """The positional argument of commands that read a definition."""
    parser.add_argument("definition", type=Path, metavar="DEFINITION.py", help="the definition file")


def dsn_of(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> str:
    """The database's address, from the option or the environment. Raises Mistake Q050 when there is none."""
    dsn: str = arguments.dsn or environment.get("DATABASE_URL", "")
    if not dsn:
        raise no_database()
    return dsn


def check_output(output: str) -> None:
    """Refuse a format nobody writes before anything runs."""
    from armslength.query.formats.destinations import files_for

    try:
        files_for(output, ("dataset",))
    except Mistake as mistake:
        mistake.exit_status = USAGE_STATUS
        raise


def give_receipt(arguments: argparse.Namespace, files: Mapping[str, WrittenFile]) -> None:
    """Write the receipt of result files, where one is asked for."""
    if arguments.receipt is not None:
        from armslength.query.formats.receipts import write_receipt

        write_receipt(arguments.receipt, files)


def permissions_from(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The permissions whoever runs the database grants: a JSON list in EHRQL_PERMISSIONS. Raises Mistake Q051."""
    text = environment.get("EHRQL_PERMISSIONS") or "[]"
    try:
        names = json.loads(text)
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        hint = 'write a JSON list of names, such as ["event_level_data"]'
        raise Mistake("Q051", "the permissions cannot be read", "EHRQL_PERMISSIONS", hint)
    return tuple(names)


def load_definition(arguments: argparse.Namespace, *, dsn: str | None) -> LoadedDefinition:
    """Load the command's definition, isolated as the environment demands; a database in the study is hidden from it."""
    return load_file(arguments.definition, parameters=arguments.parameters, dsn=dsn)


def load_file(definition: Path, *, parameters: Sequence[str], dsn: str | None) -> LoadedDefinition:
    """Load a definition or a file of tests. Raises Mistake Q010 for one that the query tool before ehrQL would read."""
    from armslength.query.loading.cohort_extractor import why_not_study_definition

    if (refused := why_not_study_definition(definition)) is not None:
        raise refused
    from armslength.query.loading.isolation import Isolation
    from armslength.query.loading.load import load

    hidden = [Path(dsn)] if dsn and Path(dsn).exists() else []
    return load(
        definition,
        parameters=parameters,
        isolate=Isolation.from_environment(),
        real_data=bool(dsn),
        hidden=hidden,
    )


def no_database() -> Mistake:
    """The mistake of asking without a database."""
    return Mistake(
        "Q050",
        "no database is named to answer the query",
        hint="give one with `--dsn STORE` or DATABASE_URL; `armslength data sample --patients 1000 --to STORE` makes "
        "one with invented people, and `ehrql dump-dataset-sql` needs none",
        exit_status=USAGE_STATUS,
    )
