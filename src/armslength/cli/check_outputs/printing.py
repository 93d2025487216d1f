"""The report as it is printed to a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from armslength.cli.check_outputs.examining import Checked
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import FileReport, Finding

STYLES = {"block": "bold red", "warn": "yellow", "not checked": "magenta", "info": "cyan", "clear": "green"}
_MOST_STEPS = 3
_MOST_CLEAR = 20
# The same thing found a thousand times is told a few times, and then counted.
_MOST_ALIKE = 5


def console() -> Console:
    """Where the report goes: no line is broken, so that paths can be copied."""
    return Console(highlight=False, soft_wrap=True)


def print_report(checked: Checked, *, policy: DisclosurePolicy, notes: Sequence[str] = ()) -> None:
    """Print every file with its findings, then a line of counts, what history covered, and the notes."""
    out, reports = console(), checked.reports
    for override in policy.overrides:
        out.print(
            f"[yellow]exception for {escape(override.check)} in {escape(override.files)}[/]:"
            f" {override.severity} until {override.expires}, approved by {escape(override.approved_by)}"
            f" ({escape(override.reason)})\n"
        )
    for override in policy.lapsed:
        out.print(
            f"[yellow]the exception for {escape(override.check)} ended on {override.expires} and no longer holds[/]"
            f" ({escape(override.reason)})\n"
        )
    clear = [name for name, report in reports if not _has_something_to_say(report)]
    for name, report in reports:
        if _has_something_to_say(report) or len(clear) <= _MOST_CLEAR:
            _print_file(out, name, report)
    if len(clear) > _MOST_CLEAR:
        out.print(f"[green]{'clear':<11}[/] {len(clear):,} more files in which nothing was found")
    counts = {verdict: sum(report.verdict.value == verdict for _, report in reports) for verdict in STYLES}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    out.print(f"\n{len(reports)} {'file' if len(reports) == 1 else 'files'}: {told}")
    _print_not_run(out, reports)
    for note in [*([str(checked.history)] if checked.history else []), *notes]:
        out.print(escape(note))


def _print_not_run(out: Console, reports: Sequence[tuple[str, FileReport]]) -> None:
    """A line on the checks that need earlier releases, and one on those that need to know more of the request."""
    needed = {check.code: check.needs for _, report in reports for check in report.not_run}
    past = sorted(code for code in needed if code.startswith("E"))
    if past:
        out.print(
            f"[magenta]not checked[/]: {past[0]} to {past[-1]}, comparison with earlier releases; needs --history"
        )
    told = ", ".join(f"{code} ({needs})" for code, needs in sorted(needed.items()) if code not in past)
    if told:
        out.print(f"[magenta]not checked[/], for --context does not say what they need: {escape(told)}")


def _has_something_to_say(report: FileReport) -> bool:
    return bool(report.findings or report.not_checked or report.evidence)


def _print_file(out: Console, name: str, report: FileReport) -> None:
    shape = f"{_several(report.rows, 'row')}, {_several(report.columns, 'column')}" if report.tables else ""
    verdict = report.verdict.value
    out.print(f"[{STYLES[verdict]}]{verdict:<11}[/] {escape(_printable(name))}  [dim]{shape}[/]")
    seen: Counter[str] = Counter()
    for finding in report.findings:
        alike = f"{finding.code} {finding.verdict.value}"
        seen[alike] += 1
        if seen[alike] <= _MOST_ALIKE:
            _print_finding(out, finding)
    for alike, count in seen.items():
        if count > _MOST_ALIKE:
            out.print(f"    [dim]and {count - _MOST_ALIKE:,} more findings {alike}; --json has them all[/]")
    for said in report.evidence:
        out.print(f"    [green]evidence[/]: {escape(_printable(said))}")
    if report.not_checked:
        out.print(f"    [magenta]not checked[/]: {escape(_printable(report.not_checked))}")


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _print_finding(out: Console, finding: Finding) -> None:
    style = STYLES[finding.verdict.value]
    out.print(f"    [{style}]{finding.code} {finding.verdict.value}[/]: {escape(_printable(finding.what))}")
    if finding.where:
        out.print(f"        [dim]at[/]  {escape(_printable(finding.where))}")
    out.print(f"        [dim]why[/] {escape(_printable(finding.why))}")
    for step in finding.derivation[:_MOST_STEPS]:
        out.print(f"        [dim]  ·[/] {escape(_printable(step))}")
    if len(finding.derivation) > _MOST_STEPS:
        out.print(f"        [dim]  · and {len(finding.derivation) - _MOST_STEPS} more; --html shows them[/]")
    out.print(f"        [dim]fix[/] {escape(_printable(finding.fix))}")


def _printable(text: str) -> str:
    """Text of a file as a terminal may show it: what would steer the terminal or reorder the line is spelt out."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )
