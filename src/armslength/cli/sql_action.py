"""`armslength sql action`: what an action of `sqlrunner` runs: a query, judged for the project that the runner names.

It takes no address, no project and no policy: those are for whoever runs the action to say, never for a study.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.ehrql.databases import backend_called
from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake
from armslength.kernel.files import atomic_writer
from armslength.policy import DataPermission
from armslength.query.api.databases import find_backend
from armslength.query.engines.backend import Backend
from armslength.sqlrunner.answers import check_destination
from armslength.sqlrunner.catalogue import catalogue_of
from armslength.sqlrunner.columns import columns_of
from armslength.sqlrunner.judge import judge
from armslength.sqlrunner.log import Log
from armslength.sqlrunner.permission import permitted
from armslength.sqlrunner.session import Bounds

# What everybody has who may write raw SQL at all; whom the opt-outs protect stays out.
USUAL = frozenset({DataPermission.SQLRUNNER, DataPermission.INCLUDE_GP_UNACTIVATED})
# The job has its own limit of time, which says so when it is reached.
SECONDS = 14 * 24 * 3600
USAGE_STATUS = 2
NAMES = ("DATABASE_URL", "ARMSLENGTH_POLICY", "ARMSLENGTH_PROJECT")


def action_command(
    query: Annotated[Path, typer.Argument(metavar="QUERY.sql", help="A file with one SELECT.")],
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="A .csv, .csv.gz or .parquet file.")
    ],
    dummy: Annotated[
        Path | None,
        typer.Option("--dummy-data-file", metavar="FILE", help="Rows to write where there is no database."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log-file", metavar="FILE", help="Say there what was asked and ran.")
    ] = None,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Add what leaves out whom it must, instead of refusing.")
    ] = False,
    max_rows: Annotated[int, typer.Option("--max-rows", min=1, help="Refuse a longer answer.")] = Bounds.rows,
    memory: Annotated[str, typer.Option("--memory", help="Memory of the database.")] = Bounds.memory,
) -> None:
    """Run one SELECT as an action of a study: on the database where there is one, else judge it and make rows up."""
    from armslength.cli import sql  # which offers this verb

    book = Log(path=log, clock=utc_now)
    book.begin()
    output.absolute().parent.mkdir(parents=True, exist_ok=True)
    text = sql.told(book, lambda: sql.text_of(_of_the_study(query)))
    address, policy, project = (os.environ.get(name, "") for name in NAMES)
    if not address:
        sql.told(book, lambda: _without_database(query, text, output, dummy, rewrite=rewrite))
        return
    if not policy or not project:
        sql.told(book, _refuse_for_nobody)
    allowed = sql.told(book, lambda: permitted(Path(policy), project, today=utc_now().date()))
    asked = sql.Asked(
        query=query, text=text, address=address, allowed=allowed, rewrite=rewrite, output=output
    )
    bounds = Bounds(seconds=SECONDS, rows=max_rows, memory=memory)
    there = sql.told(book, lambda: sql.backend_for("", allowed, address=address))
    judgement, written = sql.told(book, lambda: sql.run_asked(asked, there, bounds=bounds, book=book))
    sql.tell(judgement, rewrite=rewrite)
    print(f"{written.path}: {written.rows:,} rows, {len(written.columns)} columns", file=sys.stderr)


def _without_database(query: Path, text: str, output: Path, dummy: Path | None, *, rewrite: bool) -> None:
    """Judge the query as where there is one, then write the rows that were made up for it, or one empty row."""
    from armslength.cli import sql

    check_destination(output)
    judgement = judge(
        text, catalogue=catalogue_of(_backend(), dialect="duckdb"), rewrite=rewrite, where=str(query)
    )
    sql.tell(judgement, rewrite=rewrite)
    if output.suffix == ".parquet":
        hint = "write a .csv or .csv.gz file"
        raise Mistake("Q413", "without a database only CSV is written", where=str(output), hint=hint)
    content = _rows_of(dummy) if dummy else _empty_row(columns_of(judgement.sql, where=str(query)))
    with atomic_writer(output) as file:
        file.write(gzip.compress(content, 6, mtime=0) if output.suffix == ".gz" else content)
    told = f"the rows of {dummy}" if dummy else "its columns and one empty row"
    print(f"{output}: there is no database here, so it holds {told}", file=sys.stderr)


def _backend() -> Backend:
    """Return the backend as the project that is named sees it, or else one that may write raw SQL and no more."""
    from armslength.cli import sql

    _, policy, project = (os.environ.get(name, "") for name in NAMES)
    if policy:
        return sql.backend_for("", permitted(Path(policy), project, today=utc_now().date()))
    name = backend_called(os.environ.get("OPENSAFELY_BACKEND", ""))
    return find_backend(name).widened(USUAL)


def _rows_of(dummy: Path) -> bytes:
    try:
        content = dummy.read_bytes()
        content = gzip.decompress(content) if dummy.suffix == ".gz" else content
        content.decode()
    except (OSError, EOFError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not a CSV or CSV.GZ file in UTF-8"
        raise Mistake("Q415", f"the made-up rows cannot be read: {why}", where=str(dummy)) from None
    return content


def _empty_row(columns: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, [""] * len(columns)])
    return text.getvalue().encode()


def _of_the_study(query: Path) -> Path:
    """Return the file of a query. Raises Mistake Q415 for one that is no part of the study: a log may show it."""
    if not query.resolve().is_relative_to(Path.cwd()):
        raise Mistake("Q415", "the query is no file of the study", where=str(query), exit_status=USAGE_STATUS)
    return query


def _refuse_for_nobody() -> None:
    hint = "run it with `armslength run`, or by hand with `armslength sql run`"
    raise Mistake(
        "Q400", "nobody says for which project this is judged", where="ARMSLENGTH_POLICY", hint=hint
    )
