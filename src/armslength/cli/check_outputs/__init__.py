"""`armslength check-outputs PATH…`: what in these files would disclose something about a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from armslength.cli.check_outputs import options
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.cli.check_outputs.examining import Checked
    from armslength.disclosure.policy import DisclosurePolicy
    from armslength.disclosure.report import FileReport

app = typer.Typer(add_completion=False)

# How grave a finding must be for the exit status to be 1.
FAILS_ON = {"block": ("block",), "warn": ("block", "warn", "not checked"), "never": ()}


@app.command()
def check_outputs(
    paths: options.Paths = None,
    as_json: options.AsJson = False,
    as_sarif: options.AsSarif = False,
    html: options.Html = None,
    policy_file: options.PolicyFile = None,
    context: options.Context = None,
    strict: options.Strict = False,
    fail_on: options.FailOn = "block",
    history: options.History = None,
    backend: options.Backend = "",
    refresh: options.Refresh = "",
    population: options.Population = "",
    codelists: options.Codelists = None,
    repair: options.RepairInto = None,
    patch: options.Patch = False,
    code: options.Code = None,
    manual: options.Manual = None,
) -> int:
    """Find what in output files would disclose something about a person.

    The exit status is 0 when nothing found is as grave as --fail-on says, 1 when something is, and 2 when
    the command line makes no sense.
    """
    from armslength.cli.check_outputs.examining import check, context_of, policy_of, today
    from armslength.cli.history import facts_of

    policy = policy_of(policy_file)
    if manual is not None:
        return _write_manual(manual, policy)
    _check_options(fail_on, as_json, as_sarif, patch, code is not None)
    release = facts_of(
        "new", on=today(), backend=backend, refresh=refresh, population=population, codelists=codelists
    )
    checked = check(paths or [], policy=policy, history=history, release=release, context=context_of(context))
    notes = _write_what_was_asked(checked, policy, html=html, repair=repair, patch=patch, code=code)
    if not patch and code is None:
        _tell(checked, policy, notes, as_json=as_json, as_sarif=as_sarif)
    bad = FAILS_ON["warn" if strict else fail_on]
    return int(any(report.verdict.value in bad or _has(report, bad) for _, report in checked.reports))


def _check_options(fail_on: str, *printed: bool) -> None:
    """`printed`: which of the forms that take all of standard output were asked for."""
    if fail_on not in FAILS_ON:
        raise Mistake(
            "C004", f"`{fail_on}` is no severity to fail on", hint="use block, warn or never", exit_status=2
        )
    if sum(printed) > 1:
        raise Mistake(
            "C004", "only one of --json, --sarif, --patch and --code can be printed",
            hint="give one of them; --html and --repair write files and go with each", exit_status=2,
        )  # fmt: skip


def _write_what_was_asked(
    checked: Checked,
    policy: DisclosurePolicy,
    *,
    html: Path | None,
    repair: Path | None,
    patch: bool,
    code: options.Language | None,
) -> list[str]:
    """Write the page and the repairs; returns a line on each for the end of the report."""
    notes = []
    if html is not None:
        _write_page(html, checked, policy)
        notes.append(f"the report is in {html}")
    if repair is not None or patch or code is not None:
        from armslength.cli.check_outputs.repairing import repair_files

        notes += repair_files(checked, policy, into=repair, patch=patch, code=code)
    return notes


def _has(report: FileReport, verdicts: tuple[str, ...]) -> bool:
    return any(finding.verdict.value in verdicts for finding in report.findings)


def _tell(
    checked: Checked, policy: DisclosurePolicy, notes: list[str], *, as_json: bool, as_sarif: bool
) -> None:
    if as_json:
        print(json.dumps([report.to_json() | {"name": name} for name, report in checked.reports], indent=2))
    elif as_sarif:
        print(json.dumps(_sarif(checked), indent=2))
    else:
        from armslength.cli.check_outputs.printing import print_report

        print_report(checked, policy=policy, notes=notes)
        return
    if checked.history is not None:
        typer.echo(str(checked.history), err=True)


def _write_page(path: Path, checked: Checked, policy: DisclosurePolicy) -> None:
    from armslength.disclosure.telling.page import report_page
    from armslength.kernel.files import write_text

    history = str(checked.history) if checked.history else ""
    try:
        write_text(path, report_page(checked.examined, policy=policy, history=history))
    except OSError as error:
        raise Mistake("C005", f"the report cannot be written: {error.strerror}", where=str(path)) from None


def _write_manual(folder: Path, policy: DisclosurePolicy) -> int:
    from armslength.disclosure.telling.manual import check_pages, checks_page, policy_page
    from armslength.kernel.files import write_text

    write_text(folder / "disclosure-checks.md", checks_page(policy))
    write_text(folder / "disclosure-policy.md", policy_page())
    (folder / "checks").mkdir(exist_ok=True)
    for name, text in check_pages().items():
        write_text(folder / "checks" / name, text)
    return 0


def _sarif(checked: Checked) -> dict[str, Any]:
    from armslength import __version__
    from armslength.disclosure.telling.sarif import to_sarif

    return to_sarif(checked.reports, version=__version__)
