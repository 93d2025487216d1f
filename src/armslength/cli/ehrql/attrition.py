"""`ehrql attrition`: how many patients each condition of a population removes, rounded; as a table or a flow chart."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from armslength.cli.ehrql.databases import add_backend, database_for, require_installed
from armslength.cli.ehrql.dump_dataset_sql import write
from armslength.cli.ehrql.progress import Progress
from armslength.cli.ehrql.settings import (
    add_definition,
    dsn_of,
    load_definition,
    permissions_from,
)
from armslength.kernel.errors import Mistake

FORMATS = (".svg", ".csv", ".json", ".txt")
USAGE_STATUS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_definition(parser)
    parser.add_argument(
        "--output",
        type=Path,
        action="append",
        metavar="FILE",
        help="a flow chart (.svg) or a table (.csv, .json, .txt); may be given several times; else a table is printed",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--dsn", help="the database: a store's folder (default: DATABASE_URL)")
    add_backend(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load the definition, count in one query, write what was asked for."""
    outputs: Sequence[Path] = arguments.output or ()
    for output in outputs:
        if output.suffix not in FORMATS:
            hint = f"end it in {', '.join(FORMATS)}"
            raise Mistake(
                "Q121", f"attrition is not written as `{output.name}`", hint=hint, exit_status=USAGE_STATUS
            )
    dsn, permissions, progress = dsn_of(arguments), permissions_from(), Progress()
    require_installed(arguments)
    loaded = load_definition(arguments, dsn=dsn)
    dataset = loaded.require_dataset()

    from armslength.query.api.attrition import as_csv, as_json, as_text, attrition
    from armslength.query.api.flow_chart import flow_chart

    database = database_for(arguments, dsn=dsn, question=dataset)
    progress.tell_held_back(database, permissions=permissions)
    found = attrition(
        dataset, database=database, names=loaded.names_of_parts, permissions=permissions, progress=progress
    )
    if not outputs:
        write((as_json if arguments.json else as_text)(found), None)
    for output in outputs:
        if output.suffix == ".svg":
            drawn = flow_chart(found, title=f"Who is in {arguments.definition.stem}")
        else:
            drawn = {".csv": as_csv, ".json": as_json, ".txt": as_text}[output.suffix](found)
        write(drawn.rstrip("\n"), output)
        progress.tell(f"wrote {output}")
    return 0
