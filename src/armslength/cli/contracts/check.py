"""`armslength contracts check`: compare a live database with the contracts it claims."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli.contracts.asking import (
    BackendOption,
    ContractOption,
    DsnOption,
    StoreOption,
    TableOption,
    database_of,
    looking_at,
)
from armslength.cli.ehrql.settings import permissions_from
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.conformance.verdict import Check, Verdict

BROKEN_STATUS = 1
SHOWN = 40


class FailOn(StrEnum):
    """Which status of a check makes the command fail."""

    FAILED = "failed"
    WARNED = "warned"
    NEVER = "never"


JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the verdict for programs.")
]
HtmlFile = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write the verdict for people, with pictures."),
]
Before = Annotated[
    Path | None,
    typer.Option("--before", metavar="FILE", help="An earlier verdict: check what changed, too."),
]
AllowedAge = Annotated[
    list[str] | None,
    typer.Option(
        "--allowed-age",
        metavar="[TABLE=]DAYS",
        help="How old the newest record of a table may be; repeatable.",
    ),
]
Tolerate = Annotated[
    float, typer.Option("--tolerate", metavar="SHARE", help="The share of rows that may break a promise.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="The last day that records may be of (default: today)."),
]
FailOnOption = Annotated[FailOn, typer.Option("--fail-on", help="Which checks make the exit status 1.")]


def command(
    backend: BackendOption = None,
    dsn: DsnOption = None,
    store: StoreOption = None,
    table: TableOption = None,
    contract: ContractOption = None,
    json_file: JsonFile = None,
    html: HtmlFile = None,
    before: Before = None,
    allowed_age: AllowedAge = None,
    tolerate: Tolerate = 0.0,
    as_of: AsOf = None,
    fail_on: FailOnOption = FailOn.FAILED,
) -> int:
    """Check presence, types, constraints, codes, duplicates, people, dates and freshness: one reading of each table."""
    from armslength.query.api.conformance import check_database, today
    from armslength.query.conformance.checking import Wishes
    from armslength.query.conformance.verdict import read_verdict

    wishes = Wishes(
        as_of=day_of(as_of) if as_of else today(),
        allowed_age=_ages(allowed_age or []),
        tolerated=_share(tolerate),
        pictures=html is not None or json_file is not None,
    )
    earlier = read_verdict(before) if before else None
    with looking_at() as told:
        verdict = check_database(
            database_of(dsn=dsn, store=store, backend=backend),
            wishes=wishes,
            contracts=contract or (),
            tables=table or (),
            permissions=permissions_from(),
            before=earlier,
            told=told,
        )
    _write(verdict, json_file=json_file, html=html)
    _tell(verdict, [str(path) for path in (json_file, html) if path])
    return exit_status(verdict, fail_on)


def _write(verdict: Verdict, *, json_file: Path | None, html: Path | None) -> None:
    from armslength.kernel.files import write_text
    from armslength.query.conformance.page import page

    if json_file:
        write_text(json_file, verdict.model_dump_json(indent=1) + "\n")
    if html:
        write_text(html, page(verdict))


def exit_status(verdict: Verdict, fail_on: FailOn) -> int:
    """Return 1 where the verdict is as bad as `fail_on` says, or worse."""
    from armslength.query.conformance.verdict import Status

    if fail_on is FailOn.NEVER:
        return 0
    return BROKEN_STATUS if verdict.status.gravity >= Status(fail_on.value).gravity else 0


def _ages(given: list[str]) -> dict[str, int]:
    ages = {}
    for each in given:
        table, _, days = each.rpartition("=")
        if not days.isdecimal():
            hint = "write a whole number of days, as in `--allowed-age 30` or `--allowed-age core.medications=14`"
            raise Mistake(
                "Q293", f"{each!r} is not an age in days", where="--allowed-age", hint=hint, exit_status=2
            )
        ages[table] = int(days)
    return ages


def _share(given: float) -> float:
    if not 0 <= given < 1:
        hint = "write a share from 0 to 1, such as 0.001"
        raise Mistake("Q293", f"{given} is not a share", where="--tolerate", hint=hint, exit_status=2)
    return given


def day_of(text: str) -> datetime.date:
    """Read a day given as an option. Raises Mistake Q293."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        hint = "write it as YYYY-MM-DD"
        raise Mistake("Q293", f"{text!r} is not a day", where="--as-of", hint=hint, exit_status=2) from None


def _tell(verdict: Verdict, written: list[str]) -> None:
    from armslength.query.conformance.verdict import Status

    lines = [f"held back: {words}" for words in verdict.held_back]
    for status in (Status.FAILED, Status.WARNED, Status.SKIPPED):
        found = list(verdict.with_status(status))
        lines += [line(each) for each in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"{status.value:<8}… and {len(found) - SHOWN} more")
    counts = [f"{sum(1 for _ in verdict.with_status(status))} {status.value}" for status in Status]
    lines.append(f"{len(verdict.checks)} checks of {len(verdict.tables)} tables: {', '.join(counts)}")
    lines += [f"written: {path}" for path in written]
    typer.echo("\n".join(lines))


def line(check: Check) -> str:
    """Say a check in one line, with how many rows break it."""
    return f"{check.status.value:<8}{check.place}: {check.words}{rows_in_words(check)}"


def rows_in_words(check: Check) -> str:
    """Say how many rows break a check, without a small number."""
    if check.few:
        return " (a few rows)"
    if not check.broken:
        return ""
    share = f", {check.share:.1%}" if check.share else ""
    return f" ({check.broken:,} rows{share})"
