"""`ehrql backend-admin`: chores of a database server. Our backends leave nothing behind, and say so."""

from __future__ import annotations

import argparse

from armslength.kernel.errors import Mistake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("backend_name", nargs="?", metavar="BACKEND", help="an installed backend")
    parser.add_argument("task", nargs="*", metavar="TASK", help="what is to be done; no backend has tasks")


def run(arguments: argparse.Namespace) -> int:
    """Say that there is nothing to do, or refuse a task that nobody knows."""
    from armslength.query.api.databases import find_backend

    if arguments.backend_name is None:
        print("Usage: ehrql backend-admin BACKEND [TASK …]\n\nNo installed backend has tasks.")
        return 0
    backend = find_backend(arguments.backend_name)
    if arguments.task:
        raise Mistake(
            "Q055",
            f"the backend `{backend.name}` has no task `{arguments.task[0]}`",
            hint="there is nothing to clean up: queries use temporary tables that end with their connection",
            exit_status=2,
        )
    print(f"The backend `{backend.name}` has no tasks.")
    return 0
