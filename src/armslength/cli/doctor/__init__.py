"""DOCTOR: what this machine has and lacks for running studies, and the command that mends each."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.doctor.findings import Finding, Verdict

app = typer.Typer(add_completion=False, rich_markup_mode=None)

MARKS = {Verdict.GOOD: "ok      ", Verdict.WORTH_KNOWING: "note    ", Verdict.MISSING: "MISSING "}


@app.command()
def doctor(
    network: Annotated[
        bool, typer.Option("--network", help="Ask the service of codelists whether it answers, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what is missing on this machine and the command that fixes it. Exit status 1: studies cannot run here."""
    from armslength.cli.doctor.questions import examine

    findings = examine(Path.cwd(), network=network)
    missing = [one for one in findings if one.verdict is Verdict.MISSING]
    if as_json:
        print(json.dumps({"ok": not missing, "findings": [asdict(one) for one in findings]}, indent=2))
        return int(bool(missing))
    width = max(len(one.name) for one in findings)
    for one in findings:
        print(f"{MARKS[one.verdict]}{one.name:<{width}}  {one.told}")
        if one.fix:
            print(f"{'':8}{'':<{width}}  fix: {one.fix}")
    print()
    print(_conclusion(findings))
    return int(bool(missing))


def _conclusion(findings: list[Finding]) -> str:
    missing = [one.name for one in findings if one.verdict is Verdict.MISSING]
    if missing:
        return f"studies cannot run here yet: {', '.join(missing)}"
    return "studies run here: no account, no network and no container engine is needed"
