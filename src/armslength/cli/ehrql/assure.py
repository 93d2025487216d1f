"""`ehrql assure`: does a dataset give what its author expects of a few invented patients?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from armslength.cli.ehrql.settings import load_definition, load_file
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.loading.loaded import LoadedDefinition

FAILED_STATUS = 13


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    help_text = "a file that binds `dataset` (often by importing it) and `test_data`"
    parser.add_argument("definition", type=Path, metavar="TEST.py", help=help_text)


def run(arguments: argparse.Namespace) -> int:
    """Run the tests and print the report: to standard output when all is well, else as the mistake."""
    check(load_definition(arguments, dsn=None))
    return 0


def check_file(test: Path, *, parameters: Sequence[str], dsn: str | None) -> None:
    """Run the tests of a file. Raises Mistake Q241 with the report when a patient differs."""
    check(load_file(test, parameters=parameters, dsn=dsn))


def check(loaded: LoadedDefinition) -> None:
    """Run the tests of a loaded file and print the report. Raises Mistake Q241 when a patient differs."""
    from armslength.query.api.assurance import assure

    report = assure(loaded.require_dataset(), loaded.require_test_data())
    if not report.is_ok:
        differing = len({*report.data, *report.results})
        what = f"{differing} of the test patients {'is' if differing == 1 else 'are'} not as expected"
        raise Mistake("Q241", f"{what}\n\n{report.text}\n", str(loaded.path), exit_status=FAILED_STATUS)
    print(report.text)
