"""`armslength report`: what a database holds, how new it is, which codes are used, what its tables mean."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.contracts.asking import (
    BackendOption,
    ContractOption,
    DsnOption,
    StoreOption,
    TableOption,
    database_of,
)
from armslength.cli.contracts.check import day_of
from armslength.cli.ehrql.settings import permissions_from
from armslength.kernel.errors import Mistake
from armslength.query.api.database_reports import ReportKind

app = typer.Typer(
    help="Say what a database holds, how new it is, which codes are used, what its tables mean."
)


@app.command()
def report_command(
    kind: Annotated[ReportKind, typer.Argument(metavar="schema|latest|codes|ethnicity|guide")],
    backend: BackendOption = None,
    dsn: DsnOption = None,
    store: StoreOption = None,
    table: TableOption = None,
    contract: ContractOption = None,
    codelist: Annotated[
        Path | None,
        typer.Option("--codelist", metavar="FILE.csv", help="Count its codes only, with their categories."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DAY", help="The last day of records (default: today).")
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", metavar="FILE", help="A .txt, .html, .csv or .parquet; repeatable."),
    ] = None,
) -> None:
    """Report on every table, or on some. People who opted out are never counted; small numbers are hidden."""
    from armslength.query.api.conformance import today
    from armslength.query.api.database_reports import report_on
    from armslength.query.conformance.report_files import as_text, check_format, write_report

    for path in output or ():
        check_format(path)

    found = report_on(
        database_of(dsn=dsn, store=store, backend=backend),
        kind,
        as_of=day_of(as_of) if as_of else today(),
        contracts=contract or (),
        tables=table or (),
        permissions=permissions_from(),
        codelist=None if codelist is None else codes_of(codelist),
    )
    for path in output or ():
        write_report(found, path)
        typer.echo(f"written: {path}")
    typer.echo("" if output else as_text(found), nl=False)


def codes_of(path: Path) -> dict[str, str]:
    """Read the codes of a codelist with their categories. Raises Mistake Q295 for a file that is none."""
    hint = "give a CSV file with a column `code`, and perhaps one that is called `category`, `term` or `description`"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Mistake("Q295", f"the codelist cannot be read: {error}", where=str(path), hint=hint) from None
    names = {name.lower(): name for name in (rows[0] if rows else {}) if name}
    code = next((names[each] for each in ("code", "snomedcode", "ctv3id", "id") if each in names), None)
    if code is None:
        raise Mistake("Q295", "the codelist has no column of codes", where=str(path), hint=hint)
    about = next(
        (names[each] for each in names if each.startswith(("category", "grouping", "term", "desc"))), None
    )
    return {row[code].strip(): (row[about] or "").strip() if about else "" for row in rows if row[code]}
