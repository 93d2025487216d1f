"""`armslength check-outputs PATH…`: what in these files would disclose something about a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.disclosure.check import Examination
    from armslength.disclosure.policy import DisclosurePolicy
    from armslength.disclosure.report import FileReport

app = typer.Typer(add_completion=False)

STYLES = {"block": "bold red", "warn": "yellow", "not checked": "magenta", "info": "cyan", "clear": "green"}
# How grave a finding must be for the exit status to be 1.
FAILS_ON = {"block": ("block",), "warn": ("block", "warn", "not checked"), "never": ()}


@app.command()
def check_outputs(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, or folders whose files are all checked")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print the report as SARIF 2.1.0")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the report as one page to this file")
    ] = None,
    policy_file: Annotated[Path | None, typer.Option("--policy", help="Judge by this policy (TOML)")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail also on `warn` and `not checked`")] = False,
    fail_on: Annotated[str, typer.Option("--fail-on", help="block, warn or never")] = "block",
    manual: Annotated[
        Path | None, typer.Option("--manual", help="Write the manual of the checks into this folder")
    ] = None,
) -> int:
    """Find what in output files would disclose something about a person.

    The exit status is 1 when any file has a `block` finding, 0 otherwise; with --strict also for
    `warn` and for files that could not be checked.
    """
    policy = _policy(policy_file)
    if manual is not None:
        return _write_manual(manual, policy)
    if fail_on not in FAILS_ON:
        raise Mistake(
            "C004", f"`{fail_on}` is no severity to fail on", hint="use block, warn or never", exit_status=2
        )
    examined = _examine(paths or [], policy)
    reports = [(name, examination.report) for name, examination in examined]
    if html is not None:
        _write_page(html, examined, policy)
    if as_json:
        print(json.dumps([report.to_json() | {"name": name} for name, report in reports], indent=2))
    elif as_sarif:
        print(json.dumps(_sarif(reports), indent=2))
    else:
        _print(reports, page=html)
    bad = FAILS_ON["warn" if strict else fail_on]
    return int(any(report.verdict.value in bad or _has(report, bad) for _, report in reports))


def _has(report: FileReport, verdicts: tuple[str, ...]) -> bool:
    return any(finding.verdict.value in verdicts for finding in report.findings)


def _policy(path: Path | None) -> DisclosurePolicy:
    from armslength.disclosure.policy import DEFAULT, parse_policy

    if path is None:
        return DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake("C003", f"the policy `{path.name}` cannot be read: {error}", where=str(path)) from None
    return parse_policy(text, where=str(path), today=datetime.now(tz=UTC).date())


def _examine(paths: list[Path], policy: DisclosurePolicy) -> list[tuple[str, Examination]]:
    from armslength.disclosure.acro import ACRO_NAMES, with_acro
    from armslength.disclosure.check import examine_file
    from armslength.disclosure.file_set import with_set_findings

    if not paths:
        raise Mistake(
            "C001", "no file is named", hint="name the folder that the study's outputs are in", exit_status=2
        )
    files = _files(paths)
    examined = []
    for name, path in files:
        try:
            examined.append((name, examine_file(path, policy=policy)))
        except OSError as error:
            raise Mistake("C002", f"`{name}` cannot be read: {error.strerror}", where=name) from None
    sessions = [path for _, path in files if path.name in ACRO_NAMES]
    return with_set_findings(with_acro(examined, sessions), policy=policy)


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


def _write_page(path: Path, examined: list[tuple[str, Examination]], policy: DisclosurePolicy) -> None:
    from armslength.disclosure.telling.page import report_page
    from armslength.kernel.files import write_text

    try:
        write_text(path, report_page(examined, policy=policy))
    except OSError as error:
        raise Mistake("C005", f"the report cannot be written: {error.strerror}", where=str(path)) from None


def _write_manual(folder: Path, policy: DisclosurePolicy) -> int:
    from armslength.disclosure.telling.manual import checks_page, policy_page
    from armslength.kernel.files import write_text

    write_text(folder / "disclosure-checks.md", checks_page(policy))
    write_text(folder / "disclosure-policy.md", policy_page())
    return 0


def _sarif(reports: list[tuple[str, FileReport]]) -> dict[str, Any]:
    from armslength import __version__
    from armslength.disclosure.telling.sarif import to_sarif

    return to_sarif(reports, version=__version__)


def _print(reports: list[tuple[str, FileReport]], *, page: Path | None) -> None:
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
            for step in finding.derivation[:3]:
                console.print(f"        [dim]  ·[/] {escape(step)}")
            console.print(f"        [dim]fix[/] {escape(finding.fix)}")
        if report.not_checked:
            console.print(f"    [magenta]not checked[/]: {escape(report.not_checked)}")
    counts = {verdict: sum(report.verdict.value == verdict for _, report in reports) for verdict in STYLES}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    console.print(f"\n{len(reports)} {'file' if len(reports) == 1 else 'files'}: {told}")
    if page is not None:
        console.print(f"the report is in {escape(str(page))}")
