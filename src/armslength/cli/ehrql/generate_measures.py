"""`ehrql generate-measures`: calculate measures over time and groups, with small numbers hidden."""

from __future__ import annotations

import argparse
import sys
import time

from armslength.cli.ehrql.databases import database_for, require_installed
from armslength.cli.ehrql.generate_dataset import add_shared_arguments
from armslength.cli.ehrql.progress import Progress
from armslength.cli.ehrql.reliability import require_reliable
from armslength.cli.ehrql.settings import (
    check_output,
    dsn_of,
    give_receipt,
    load_definition,
    permissions_from,
)
from armslength.cli.ehrql.without_database import answer_measures, has_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_shared_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load the definition, ask the database once for each interval, write the files."""
    if not has_database(arguments):
        return answer_measures(arguments)
    dsn, permissions, progress = dsn_of(arguments), permissions_from(), Progress()
    require_installed(arguments)
    if arguments.output is not None:
        check_output(arguments.output)
    started = time.monotonic()
    measures = load_definition(arguments, dsn=dsn).require_measures()
    progress.tell(f"loaded {arguments.definition}")

    from armslength.query.api.datasets import require_permissions
    from armslength.query.api.measure_queries import shared_queries
    from armslength.query.api.measures import generate_measures, print_measures

    for query, _ in shared_queries(measures):
        require_permissions(query, granted=permissions)

    require_reliable(arguments, (query for query, _ in shared_queries(measures)), progress=progress)
    database = database_for(arguments, dsn=dsn, question=measures)
    progress.tell_held_back(database, permissions=permissions)
    asked = (query for query, _ in shared_queries(measures))
    progress.tell_statements(asked, database=database, permissions=permissions)
    if arguments.output is None:
        stream = sys.stdout.buffer
        counts = print_measures(
            measures, database=database, stream=stream, permissions=permissions, progress=progress
        )
        sys.stdout.flush()
        written = [f"{rows:,} rows of {name}" for name, rows in counts.items()]
    else:
        generated = generate_measures(
            measures, database=database, output=arguments.output, permissions=permissions, progress=progress
        )
        give_receipt(arguments, generated.files)
        written = [f"{file.rows:,} rows to {file.path}" for file in generated.files.values()]
    progress.tell(f"wrote {', '.join(written)} in {time.monotonic() - started:.1f} seconds")
    return 0
