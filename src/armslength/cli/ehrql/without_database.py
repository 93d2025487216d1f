"""Datasets and measures without a database: from a ready-made answer, from tables in files, or from inventions."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from armslength.cli.ehrql.databases import require_known
from armslength.cli.ehrql.progress import Progress
from armslength.cli.ehrql.settings import check_output, give_receipt, load_definition

if TYPE_CHECKING:
    from armslength.query.api.databases import Database
    from armslength.query.dummy.inventor import Invented
    from armslength.query.loading.loaded import LoadedDefinition

MOST_TOLD = 20


def has_database(arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a database is named, by the option or the environment: then nothing is ever invented."""
    return bool(arguments.dsn or environment.get("DATABASE_URL", ""))


def answer_dataset(arguments: argparse.Namespace) -> int:
    """Answer a dataset without a database; permissions are those the definition claims."""
    started, progress = time.monotonic(), Progress()
    loaded = _loaded(arguments, progress)
    dataset = loaded.require_dataset()

    from armslength.query.api import datasets, dummy_data

    permissions, stream = loaded.claimed_permissions, sys.stdout.buffer
    if arguments.dummy_data_file is not None:
        counts = dummy_data.convert_dataset(
            dataset,
            file=arguments.dummy_data_file,
            output=arguments.output,
            stream=stream,
            permissions=permissions,
        )
    else:
        datasets.require_permissions(dataset, granted=permissions, claimed=True)
        datasets.require_no_parameters(dataset)
        given: dict[str, Any] = {
            "database": _database(arguments, loaded, progress, measures=False),
            "permissions": permissions,
        }
        progress.tell_statements([dataset], database=given["database"])
        if arguments.output is None:
            counts = datasets.print_dataset(dataset, stream=stream, progress=progress, **given)
        else:
            made = datasets.generate_dataset(dataset, output=arguments.output, progress=progress, **given)
            give_receipt(arguments, made.files)
            counts = {name: file.rows for name, file in made.files.items()}
    return _finished(counts, arguments, progress, started)


def answer_measures(arguments: argparse.Namespace) -> int:
    """Calculate measures without a database; small numbers are hidden all the same."""
    started, progress = time.monotonic(), Progress()
    loaded = _loaded(arguments, progress)
    asked = loaded.require_measures()

    from armslength.query.api import datasets, dummy_data, measures
    from armslength.query.api.measure_queries import shared_queries

    permissions, stream = loaded.claimed_permissions, sys.stdout.buffer
    if arguments.dummy_data_file is not None:
        counts = dummy_data.convert_measures(
            asked,
            file=arguments.dummy_data_file,
            output=arguments.output,
            stream=stream,
            permissions=permissions,
        )
    else:
        for query, _ in shared_queries(asked):
            datasets.require_permissions(query, granted=permissions, claimed=True)
        given: dict[str, Any] = {
            "database": _database(arguments, loaded, progress, measures=True),
            "permissions": permissions,
        }
        progress.tell_statements((query for query, _ in shared_queries(asked)), database=given["database"])
        if arguments.output is None:
            counts = measures.print_measures(asked, stream=stream, progress=progress, **given)
        else:
            made = measures.generate_measures(asked, output=arguments.output, progress=progress, **given)
            give_receipt(arguments, made.files)
            counts = {name: file.rows for name, file in made.files.items()}
    return _finished(counts, arguments, progress, started)


def invented_for(loaded: LoadedDefinition, progress: Progress, *, measures: bool) -> Invented:
    """Invent patients for a definition and tell what they show."""
    from armslength.query.dummy.ordering import (
        configuration_from,
        invent_for_dataset,
        invent_for_measures,
    )

    configuration = configuration_from(loaded.dummy_data_of("measures" if measures else "dataset"))
    if measures:
        invented = invent_for_measures(loaded.require_measures(), configuration)
    else:
        invented = invent_for_dataset(loaded.require_dataset(), configuration)
    if loaded.dummy_data_of("measures" if measures else "dataset").get("legacy"):
        progress.tell(
            "`legacy=True` changes nothing: there is one way of inventing patients here", level="warning"
        )
    found = len(invented.patients)
    progress.tell(f"invented {found:,} patients: {invented.coverage.summary()}")
    lines = invented.coverage.lines()
    for line in lines[:MOST_TOLD]:
        progress.tell(f"not shown: {line}")
    if len(lines) > MOST_TOLD:
        progress.tell(f"not shown: {len(lines) - MOST_TOLD} more")
    if invented.why_fewer:
        progress.tell(
            f"warning: fewer patients than asked for ({found:,}): {invented.why_fewer}; "
            "`configure_dummy_data(timeout=…)` gives more time"
        )
    return invented


def _loaded(arguments: argparse.Namespace, progress: Progress) -> LoadedDefinition:
    require_known(arguments)
    if arguments.output is not None:
        check_output(arguments.output)
    loaded = load_definition(arguments, dsn=None)
    progress.tell(f"loaded {arguments.definition}")
    if getattr(arguments, "test_data_file", None) is not None:
        from armslength.cli.ehrql.assure import check_file

        check_file(arguments.test_data_file, parameters=arguments.parameters, dsn=None)
    return loaded


def _database(
    arguments: argparse.Namespace, loaded: LoadedDefinition, progress: Progress, *, measures: bool
) -> Database:
    """Return what is asked in place of a database."""
    from armslength.query.api.dummy_data import database_of_tables, invented_database

    if arguments.dummy_tables is not None:
        question = loaded.require_measures() if measures else loaded.require_dataset()
        return database_of_tables(arguments.dummy_tables, question)
    return invented_database(invented_for(loaded, progress, measures=measures))


def _finished(
    counts: dict[str, int], arguments: argparse.Namespace, progress: Progress, started: float
) -> int:
    sys.stdout.flush()
    written = ", ".join(f"{rows:,} rows of {name}" for name, rows in counts.items())
    where = f" to {arguments.output}" if arguments.output is not None else ""
    progress.tell(
        f"wrote {written}{where} in {time.monotonic() - started:.1f} seconds; no real data were used"
    )
    return 0
