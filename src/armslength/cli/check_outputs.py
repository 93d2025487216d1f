"""`armslength check-outputs PATH…`: what in these files would disclose something about a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from armslength.kernel.errors import Mistake

app = typer.Typer(add_completion=False)

STYLES = {"block": "bold red", "warn": "yellow", "not checked": "magenta", "info": "cyan", "clear": "green"}


@app.command()
def check_outputs(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders whose files are all checked")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail also on `warn` and `not checked`")] = False,
) -> int:
    """Find what in output files would disclose something about a person.

    The exit status is 1 when any file has a `block` finding, 0 otherwise; with --strict also for
    `warn` and for files that could not be checked.
    """
    from armslength.disclosure.check import check_file
    from armslength.disclosure.report import Verdict

    reports = []
    for name, path in _files(paths):
        try:
            reports.append((name, check_file(path)))
        except OSError as error:
            raise Mistake("C002", f"`{name}` cannot be read: {error.strerror}", where=name) from None
    if as_json:
        print(json.dumps([report.to_json() | {"name": name} for name, report in reports], indent=2))
    else:
        _print(reports)
    bad = {Verdict.BLOCK} | ({Verdict.WARN, Verdict.NOT_CHECKED} if strict else set())
    return int(any(report.verdict in bad for _, report in reports))


def _files(paths: list[Path]) -> list[tuple[str, Path]]:
    """The files to check, each with the name to show; links are never followed."""
    files: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
            if not inside:
                raise Mistake("C001", "there is no file in this folder", where=str(path))
            files += [(str(file), file) for file in inside]
        elif path.is_file():
            files.append((str(path), path))
        else:
            raise Mistake(
                "C001",
                f"there is no file called `{path.name}`",
                where=str(path),
                hint="run the study first, or name the folder its outputs are in",
            )
    return files


def _print(reports: list) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    for name, report in reports:
        shape = f"{report.rows:,} rows, {report.columns} columns" if report.tables else ""
        verdict = report.verdict.value
        console.print(f"[{STYLES[verdict]}]{verdict:<11}[/] {escape(name)}  [dim]{shape}[/]")
        for finding in report.findings:
            console.print(
                f"    [{STYLES[finding.verdict.value]}]{finding.code} {finding.verdict.value}[/]: ", end=""
            )
            console.print(escape(finding.what))
            if finding.where:
                console.print(f"        [dim]at[/]  {escape(finding.where)}")
            console.print(f"        [dim]why[/] {escape(finding.why)}")
            console.print(f"        [dim]fix[/] {escape(finding.fix)}")
        if report.not_checked:
            console.print(f"    [magenta]not checked[/]: {escape(report.not_checked)}")
    counts = {verdict: sum(report.verdict.value == verdict for _, report in reports) for verdict in STYLES}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    console.print(f"\n{len(reports)} {'file' if len(reports) == 1 else 'files'}: {told}")
