"""`ehrql backend-admin`: chores of a database server. On Trino, to drop the tables that killed queries left behind."""

from __future__ import annotations

import argparse
import datetime
import os
import sys

from armslength.kernel.errors import Mistake

CLEANUP = "cleanup-temp-tables"
DAYS = 14


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("backend_name", nargs="?", metavar="BACKEND", help="an installed backend")
    parser.add_argument(
        "task", nargs="*", metavar="TASK", help=f"what is to be done: {CLEANUP}, where a backend is on Trino"
    )
    parser.add_argument(
        "--max-age-days", type=int, default=DAYS, metavar="DAYS", help=f"keep newer tables ({DAYS})"
    )
    parser.add_argument("--dry-run", action="store_true", help="only list the tables")
    parser.add_argument(
        "--dsn", default=os.environ.get("DATABASE_URL", ""), help="address of the database server"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do the task of a backend, say which tasks it has, or refuse one that nobody knows."""
    from armslength.query.api.databases import find_backend

    if arguments.backend_name is None:
        print(f"Usage: ehrql backend-admin BACKEND [TASK …]\n\nBackends on Trino have the task {CLEANUP}.")
        return 0
    backend = find_backend(arguments.backend_name)
    is_on_trino = backend.dialect == "trino"
    if not arguments.task:
        print(f"The backend `{backend.name}` has {f'the task {CLEANUP}' if is_on_trino else 'no tasks'}.")
        return 0
    if not is_on_trino or arguments.task != [CLEANUP]:
        hint = "there is nothing to clean up: queries use temporary tables that end with their connection"
        raise Mistake(
            "Q055",
            f"the backend `{backend.name}` has no task `{' '.join(arguments.task)}`",
            hint=f"its task is {CLEANUP}" if is_on_trino else hint,
            exit_status=2,
        )
    return _cleaned(arguments, by_user=backend.scratch_of_user)


def _cleaned(arguments: argparse.Namespace, *, by_user: bool) -> int:
    """Drop old tables, tell each on the standard error stream, and print whether any was dropped."""
    from armslength.query.engines.dialects.trino_leftovers import dropped_tables, left_over_tables

    if not arguments.dsn:
        raise Mistake("Q114", "no database is named", hint="give --dsn or set DATABASE_URL", exit_status=2)
    found = left_over_tables(
        arguments.dsn,
        older_than=datetime.timedelta(days=arguments.max_age_days),
        now=datetime.datetime.now(datetime.UTC),
        by_user=by_user,
    )
    if arguments.dry_run:
        for name in found:
            print(f"would drop {name}", file=sys.stderr)
        print("false")
        return 0
    dropped = 0
    for name in dropped_tables(arguments.dsn, found, by_user=by_user) if found else ():
        dropped += 1
        print(f"dropped {name}", file=sys.stderr)
    print("true" if dropped else "false")
    return 0
