"""`armslength contracts compare`: what changed between two verdicts on the same database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.contracts.check import BROKEN_STATUS, FailOn, line


def command(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier verdict.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later verdict.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Which changes make the exit status 1.")
    ] = FailOn.FAILED,
) -> int:
    """Say what drifted since the last refresh: rows, types, missing values, categories, broken promises."""
    from armslength.query.conformance.drift import drift
    from armslength.query.conformance.verdict import Status, read_verdict

    changed = drift(read_verdict(old), read_verdict(new))
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in changed], indent=1))
    else:
        typer.echo("\n".join([*(line(each) for each in changed), f"{len(changed)} changes"]))
    if fail_on is FailOn.NEVER:
        return 0
    least = Status(fail_on.value).gravity
    return BROKEN_STATUS if any(each.status.gravity >= least for each in changed) else 0
