"""`armslength sql`: a dataset developer's raw SQL, read-only, limited, and never over people who opted out."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from armslength.cli.ehrql.databases import backend_called
from armslength.cli.sql_action import action_command
from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake, Mistakes
from armslength.policy import ProjectPolicy
from armslength.query.api.databases import Database, find_backend
from armslength.query.engines.backend import Backend
from armslength.sqlrunner.answers import Written, check_destination, write_answer
from armslength.sqlrunner.catalogue import LAYOUTS, catalogue_of
from armslength.sqlrunner.judge import Judgement, judge
from armslength.sqlrunner.log import Log
from armslength.sqlrunner.permission import permitted
from armslength.sqlrunner.session import Bounds, opened

app = typer.Typer(
    no_args_is_help=True, help="Run raw SQL that only reads, and never over people who opted out."
)
Result = TypeVar("Result")
app.command("action")(action_command)
DIALECTS = ("duckdb", "postgres", "tsql")

Query = Annotated[Path, typer.Argument(metavar="QUERY.sql", help="A file with one SELECT.")]
Project = Annotated[str, typer.Option("--project", metavar="P", help="For whom: a project of the policy.")]
Policy = Annotated[Path, typer.Option("--policy", metavar="FILE", help="The policy held inside.")]
BackendName = Annotated[
    str,
    typer.Option(
        "--backend", help="How the database keeps its tables (default: OPENSAFELY_BACKEND, else core)."
    ),
]
Rewrite = Annotated[
    bool,
    typer.Option("--rewrite", help="Add what leaves out whom it must, instead of refusing; it is shown."),
]


@app.command("run")
def run_command(
    query: Query,
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="A .csv, .csv.gz or .parquet file.")
    ],
    project: Project,
    policy: Policy,
    dsn: Annotated[
        str, typer.Option("--dsn", metavar="URL", help="duckdb:///FILE (default: DATABASE_URL).")
    ] = "",
    store: Annotated[
        Path | None, typer.Option("--store", metavar="STORE", help="The folder of a store.")
    ] = None,
    backend: BackendName = "",
    rewrite: Rewrite = False,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="Say there what was asked and ran.")
    ] = None,
    max_seconds: Annotated[
        int, typer.Option("--max-seconds", min=1, help="Stop the query then.")
    ] = Bounds.seconds,
    max_rows: Annotated[int, typer.Option("--max-rows", min=1, help="Refuse a longer answer.")] = Bounds.rows,
    memory: Annotated[str, typer.Option("--memory", help="Memory of the database.")] = Bounds.memory,
) -> None:
    """Run one SELECT for a project whose policy allows raw SQL, and write its rows."""
    address = str(store) if store is not None else dsn or os.environ.get("DATABASE_URL", "")
    if not address:
        raise Mistake("Q415", "no database is named", hint="give `--store` or `--dsn`", exit_status=2)
    bounds = Bounds(seconds=max_seconds, rows=max_rows, memory=memory)
    book = Log(path=log, clock=utc_now)
    book.begin()
    text = told(book, lambda: text_of(query))
    allowed = told(book, lambda: permitted(policy, project, today=utc_now().date()))
    asked = Asked(query=query, text=text, address=address, allowed=allowed, rewrite=rewrite, output=output)
    judgement, written = told(
        book,
        lambda: run_asked(asked, backend_for(backend, allowed, address=address), bounds=bounds, book=book),
    )
    tell(judgement, rewrite=rewrite)
    print(f"{written.path}: {written.rows:,} rows, {len(written.columns)} columns", file=sys.stderr)


@app.command("check")
def check_command(
    query: Query,
    project: Project,
    policy: Policy,
    backend: BackendName = "",
    dialect: Annotated[str, typer.Option("--dialect", help=f"One of {', '.join(DIALECTS)}.")] = "duckdb",
    rewrite: Rewrite = False,
) -> None:
    """Judge a query without a database, and print what would run: DuckDB, PostgreSQL or SQL Server (tsql)."""
    if dialect not in DIALECTS:
        hint = f"it is one of {', '.join(DIALECTS)}"
        raise Mistake("Q415", f"queries are not read as `{dialect}`", hint=hint, exit_status=2)
    text = text_of(query)
    allowed = permitted(policy, project, today=utc_now().date())
    catalogue = catalogue_of(backend_for(backend, allowed), dialect=dialect)
    judgement = judge(text, catalogue=catalogue, rewrite=rewrite, where=str(query))
    tell(judgement, rewrite=rewrite)
    print(judgement.sql)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked for."""

    query: Path
    text: str
    address: str
    allowed: ProjectPolicy
    rewrite: bool
    output: Path


def run_asked(asked: Asked, backend: Backend, *, bounds: Bounds, book: Log) -> tuple[Judgement, Written]:
    """Run one query for a project, and write its rows. Raises Mistakes Q401 to Q413 and those of stores."""
    check_destination(asked.output)
    others = [find_backend(name) for name in LAYOUTS if name != backend.name]
    with opened(asked.address, backend=backend, others=others, memory=bounds.memory) as session:
        book.note(
            "asked",
            project=asked.allowed.slug,
            approved_by=asked.allowed.approved_by,
            backend=backend.name,
            query=str(asked.query),
            sha256=hashlib.sha256(asked.text.encode()).hexdigest(),
            text=asked.text,
            held_back=[each.words for each in session.catalogue.restrictions],
            shown_by_permission=[each.lifted_by for each in session.catalogue.lifted],
        )
        catalogue = session.catalogue
        judgement = judge(asked.text, catalogue=catalogue, rewrite=asked.rewrite, where=str(asked.query))
        book.note("judged", proved=judgement.proved, tables=judgement.tables, added=judgement.added)
        book.note(
            "started", sql=judgement.sql, seconds=bounds.seconds, rows=bounds.rows, memory=bounds.memory
        )
        began = time.monotonic()
        with session.answer(judgement, bounds=bounds) as rows:
            written = write_answer(rows, asked.output)
    book.note(
        "finished",
        seconds=round(time.monotonic() - began, 3),
        rows=written.rows,
        columns=written.columns,
        output=str(written.path),
        bytes=written.bytes,
        sha256=written.sha256,
    )
    return judgement, written


def told(book: Log, work: Callable[[], Result]) -> Result:
    """Do something; what is refused is noted in the log before it is told."""
    try:
        return work()
    except (Mistake, Mistakes) as mistake:
        found = mistake.mistakes if isinstance(mistake, Mistakes) else (mistake,)
        book.note(
            "refused", reasons=[{"code": each.code, "what": each.what, "where": each.where} for each in found]
        )
        raise


def backend_for(name: str, allowed: ProjectPolicy, *, address: str = "") -> Backend:
    """Return a backend, the one of the surroundings for "", as a project may see it.

    With an `address`, the lists that the database there holds are kept to. Raises Mistake Q113, and Q120 where a
    rule cannot be kept that the policy requires.
    """
    found = backend_called(name or os.environ.get("OPENSAFELY_BACKEND", ""))
    required = frozenset(map(str, allowed.required_restrictions))
    asked = Database(dsn=address, backend=found, required=required)
    return asked.find_backend(given=allowed.data_permissions)


def text_of(query: Path) -> str:
    """Return the text of a query's file. Raises Mistake Q415."""
    try:
        return query.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise Mistake("Q415", f"the query cannot be read: {why}", where=str(query), exit_status=2) from None


def tell(judgement: Judgement, *, rewrite: bool) -> None:
    """Show on standard error what was added to each table."""
    for table, predicate in judgement.added.items():
        why = "added" if rewrite and not judgement.proved else "made sure of"
        print(f"{why}, wherever `{table}` is read: {predicate}", file=sys.stderr)
