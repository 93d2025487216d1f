"""`armslength data`: fill a store with a real export or a made-up population, and say what a store holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from armslength.kernel.errors import Mistake
from armslength.query.formats.receipts import verify_receipt
from armslength.query.formats.store import ColumnType, Store, StoreTable, read_store, verify_store
from armslength.query.stores.files import import_files
from armslength.query.stores.files_report import FilesReport
from armslength.query.stores.omop import REPORT, import_omop
from armslength.query.stores.omop_report import ImportReport, TableReport
from armslength.query.stores.sample.population import END_DATE, make_sample

app = typer.Typer(
    no_args_is_help=True, help="Fill a store: import a real export or make a plausible population."
)
imports = typer.Typer(no_args_is_help=True, help="Read an export of a real database into a store.")
app.add_typer(imports, name="import")

To = Annotated[
    Path, typer.Option("--to", metavar="STORE", help="The folder to write; it must not exist yet.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the store that is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@imports.command("omop")
def import_omop_command(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="A zip archive, or a folder of CSV files.")
    ],
    to: To,
    replace: Replace = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if any row is refused or doubtful.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import an export of an OMOP database (CDM 5.3 or 5.4)."""
    with _spinner("reading") as told:
        store, report = import_omop(export, to=to, replace=replace, strict=strict, progress=told)
    if as_json:
        typer.echo(report.as_json(), nl=False)
    else:
        _print_report(store, report)


Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder with a file, or a folder of files, for each table.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Fail if any row is refused or doubtful.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Files read side by side.")]


@imports.command("csv")
def import_csv_command(
    folder: Folder,
    to: To,
    replace: Replace = False,
    strict: Strict = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Import CSV files of the core tables. An import that was stopped goes on where it was."""
    _import_files(folder, "csv", to=to, replace=replace, strict=strict, workers=workers, as_json=as_json)


@imports.command("parquet")
def import_parquet_command(
    folder: Folder,
    to: To,
    replace: Replace = False,
    strict: Strict = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Import Parquet files of the core tables. An import that was stopped goes on where it was."""
    _import_files(folder, "parquet", to=to, replace=replace, strict=strict, workers=workers, as_json=as_json)


def _import_files(
    folder: Path,
    kind: str,
    *,
    to: Path,
    replace: bool,
    strict: bool,
    workers: int | None,
    as_json: bool,
) -> None:
    with _spinner("importing") as told:
        store, report = import_files(
            folder,
            kind=kind,
            to=to,
            replace=replace,
            strict=strict,
            workers=workers,
            progress=lambda name, rows: told(f"{name}, {rows:,} rows"),
        )
    if as_json:
        typer.echo(report.as_json(), nl=False)
    else:
        _print_report(store, report)


@app.command("sample")
def sample_command(
    patients: Annotated[int, typer.Option("--patients", metavar="N", help="How many people.")],
    to: To,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help="The same seed gives the same people.")
    ] = 1,
    end_date: Annotated[
        str, typer.Option("--end-date", metavar="DAY", help="The last day on record, as YYYY-MM-DD.")
    ] = END_DATE.isoformat(),
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Make a plausible population in the core tables. Nobody in it exists."""
    end = _day(end_date)
    with _bar("making people", total=patients) as done:
        store = make_sample(to, patients=patients, seed=seed, end_date=end, replace=replace, progress=done)
    if as_json:
        typer.echo(json.dumps(_description(store), indent=1))
        return
    rows = sum(table.rows for table in store.tables.values())
    _console().print(f"{store.path}: {patients:,} people, {rows:,} rows, {size_in_words(store.bytes)}")


@app.command("describe")
def describe_command(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="The folder of a store.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every byte and compare its SHA-256.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a store holds: tables, rows, columns, types, dates, size."""
    found = verify_store(store) if verify else read_store(store)
    if as_json:
        typer.echo(json.dumps(_description(found), indent=1))
    else:
        _print_description(found, verified=verify)


@app.command("verify")
def verify_command(
    receipt: Annotated[
        Path, typer.Argument(metavar="RECEIPT", help="What `ehrql generate-dataset --receipt` wrote.")
    ],
) -> None:
    """Read every byte of result files and say whether they are what was written."""
    for name, file in verify_receipt(receipt).items():
        told = f"{file.path}: {name}, {file.rows:,} rows, {size_in_words(file.bytes)}, as it was written"
        _console().print(told, markup=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        hint = "write it as YYYY-MM-DD"
        raise Mistake(
            "D062", f"{text!r} is not a day", where="--end-date", hint=hint, exit_status=2
        ) from None


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


@contextmanager
def _bar(text: str, *, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    console = _console(stderr=True)
    columns = (TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(text, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def _spinner(text: str) -> Iterator[Callable[[str], None]]:
    """Show what is being worked on, on a terminal."""
    console = _console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(text, total=None)
        yield lambda name: progress.update(task, description=f"{text} {name}")


def size_in_words(count: int) -> str:
    """Return a size for people.

    >>> size_in_words(999), size_in_words(25_418_530)
    ('999 B', '25.4 MB')
    """
    size, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.0f} B" if units[0] == "B" else f"{size:.1f} {units[0]}"


def _grid(*columns: str, numbers: tuple[str, ...] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", no_wrap=column == "table")
    return table


def _print_report(store: Store, report: ImportReport | FilesReport) -> None:
    console = _console()
    grid = _grid("table", "rows read", "kept", "refused", "file", numbers=("rows read", "kept", "refused"))
    filled = [table for table in report.tables if table.file and table.rows_read]
    for table in filled:
        numbers = (f"{count:,}" for count in (table.rows_read, table.rows_kept, table.rows_refused))
        grid.add_row(table.table, *numbers, table.file)
    console.print(grid)
    empty = [table.table for table in report.tables if table.file and not table.rows_read]
    console.print()
    for title, names in (
        ("empty", empty),
        ("absent", report.absent_tables),
        ("ignored", list(report.ignored_files)),
    ):
        if names:
            console.print(f"{title}: {', '.join(names)}")
    for table in filled:
        _print_refusals(console, table)
    for warning in report.warnings:
        console.print(f"warning: {warning}", markup=False)
    kept, refused = f"{report.rows_kept:,}", f"{report.rows_refused:,}"
    console.print(f"{store.path}: {kept} rows kept, {refused} refused, {size_in_words(store.bytes)}")
    console.print(f"the whole report: {store.path / REPORT}")


def _print_refusals(console: Console, table: TableReport) -> None:
    for entry in table.refusals:
        lines = ", ".join(str(line) for line in entry.lines[:5]) + (" …" if entry.rows > 5 else "")
        column = f" column `{entry.column}`," if entry.column else ""
        console.print(
            f"refused: {entry.file or table.file},{column} {entry.rows:,} times: {entry.reason} (line {lines})",
            markup=False,
        )


def _date_range(store: Store, table: StoreTable) -> tuple[date, date] | None:
    """Return the first and last day in the column that says when, from the files' statistics alone."""
    dates = [column.name for column in table.columns if column.type is ColumnType.DATE]
    if not dates or not table.rows:
        return None
    column = next((name for name in table.sorted_by if name in dates), dates[0])
    found: list[Any] = []
    for path in store.files_of(table.name):
        facts = pq.read_metadata(path)
        index = facts.schema.names.index(column)
        for group in range(facts.num_row_groups):
            statistics = facts.row_group(group).column(index).statistics
            if statistics is not None and statistics.has_min_max:
                found += [statistics.min, statistics.max]
    return (min(found), max(found)) if found else None


def _description(store: Store) -> dict[str, Any]:
    tables = {}
    for table in store.tables.values():
        days = _date_range(store, table)
        tables[table.name] = {
            "rows": table.rows,
            "bytes": table.bytes,
            "columns": {column.name: str(column.type) for column in table.columns},
            "dates": [day.isoformat() for day in days] if days else None,
        }
    return {
        "kind": store.kind,
        "created_from": dict(store.created_from),
        "bytes": store.bytes,
        "tables": tables,
    }


def _print_description(store: Store, *, verified: bool) -> None:
    console = _console()
    made = ", ".join(f"{name} {value}" for name, value in store.created_from.items())
    console.print(f"{store.path}: a store of kind `{store.kind}`, {size_in_words(store.bytes)}", markup=False)
    console.print(f"made from: {made}\n", markup=False)
    grid = _grid("table", "rows", "size", "dates", numbers=("rows", "size"))
    filled = [table for table in store.tables.values() if table.rows]
    for table in filled:
        days = _date_range(store, table)
        dates = f"{days[0]} to {days[1]}" if days else ""
        grid.add_row(table.name, f"{table.rows:,}", size_in_words(table.bytes), dates)
    console.print(grid)
    for table in filled:
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        console.print(f"\n{table.name}: {columns}", markup=False, soft_wrap=False)
    empty = [table.name for table in store.tables.values() if not table.rows]
    if empty:
        console.print(f"\nwithout rows: {', '.join(empty)}")
    if verified:
        console.print("\nevery file is what it was when the store was written")
