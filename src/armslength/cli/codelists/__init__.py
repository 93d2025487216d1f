"""CODELIST COMMANDS: take codelists from a service, check the copies, say what changed and whom it concerns."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from armslength.kernel.errors import Mistake, Mistakes

if TYPE_CHECKING:
    from armslength.cli.codelists.fetching import Fetched
    from armslength.cli.codelists.service import Service

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Take codelists from a service, check the study's copies, and say what changed.",
)

ServiceOption = Annotated[
    str | None,
    typer.Option("--service", metavar="ADDRESS", help="Where codelists come from (see the how-to)."),
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long one answer may take.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DamageOption = Annotated[
    bool, typer.Option("--allow-damage", help="Take codes that a spreadsheet has damaged, too.")
]
USUAL_SECONDS = 60.0


@app.command("add")
def add_command(
    addresses: Annotated[
        list[str], typer.Argument(metavar="ADDRESS…", help="A version's page or download, or its id.")
    ],
    service: ServiceOption = None,
    timeout: TimeoutOption = USUAL_SECONDS,
    allow_damage: DamageOption = False,
    as_json: JsonOption = False,
) -> None:
    """List codelists and download them; another version of a listed one takes its place."""
    from armslength.cli.codelists.fetching import add

    study = Path.cwd()
    with _connection(service, study, timeout) as connection:
        _tell_fetched(
            add(addresses, study=study, service=connection, allow_damage=allow_damage), (), as_json=as_json
        )


@app.command("update")
def update_command(
    service: ServiceOption = None,
    timeout: TimeoutOption = USUAL_SECONDS,
    allow_damage: DamageOption = False,
    delete_unlisted: Annotated[
        bool, typer.Option("--delete-unlisted", help="Delete files that nobody listed or downloaded, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Download every listed codelist anew and say what changed."""
    from armslength.cli.codelists.fetching import update

    study = Path.cwd()
    with _connection(service, study, timeout) as connection:
        fetched, deleted = update(
            study=study, service=connection, allow_damage=allow_damage, delete_unlisted=delete_unlisted
        )
    _tell_fetched(fetched, deleted, as_json=as_json)


@app.command("check")
def check_command(
    offline: Annotated[bool, typer.Option("--offline", help="Ask no service.")] = False,
    service: ServiceOption = None,
    timeout: TimeoutOption = USUAL_SECONDS,
    allow_damage: DamageOption = False,
    as_json: JsonOption = False,
) -> int:
    """Check that the copies are what is listed, whole and current. Exit status 1: they are not."""
    from armslength.cli.codelists.checks import check_study, upstream_problems

    study = Path.cwd()
    problems, notes = check_study(study, allow_damage=allow_damage)
    if not offline and not problems:
        try:
            with _connection(service, study, timeout) as connection:
                stale = upstream_problems(study, connection)
        except Mistake as mistake:
            if mistake.code != "P069":
                raise
            stale, notes = [], [*notes, f"not compared with the service: {mistake.what}"]
        if _in_workflow():
            notes += [f"{one.what}; {one.hint}" for one in stale]
        else:
            problems += stale
    return _tell_checked(problems, notes, as_json=as_json)


@app.command("check-upstream")
def check_upstream_command(
    service: ServiceOption = None, timeout: TimeoutOption = USUAL_SECONDS, as_json: JsonOption = False
) -> int:
    """Ask the service whether the copies are current. Exit status 1: they are not; 4: it does not answer."""
    from armslength.cli.codelists.checks import upstream_problems

    study = Path.cwd()
    with _connection(service, study, timeout) as connection:
        stale = upstream_problems(study, connection)
    if _in_workflow():
        return _tell_checked([], [f"{one.what}; {one.hint}" for one in stale], as_json=as_json)
    return _tell_checked(stale, [], as_json=as_json)


@app.command("diff")
def diff_command(
    codelists: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CODELIST…]", help="Listed codelists, or other versions of them; none: all listed."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="COMMIT", help="Compare with a commit instead of the service."),
    ] = None,
    definitions: Annotated[
        bool, typer.Option("--definitions/--no-definitions", help="Say which variables come out different.")
    ] = True,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 when codes differ.")] = False,
    service: ServiceOption = None,
    timeout: TimeoutOption = USUAL_SECONDS,
    as_json: JsonOption = False,
) -> int:
    """Say which codes would come, go or change their term, and which variables of which definitions use them."""
    from armslength.cli.codelists.comparing import Comparison, differences_from_service, differences_since

    study = Path.cwd()
    if since is not None:
        found = differences_since(since, study=study, wanted=codelists or [])
    else:
        with _connection(service, study, timeout) as connection:
            found = differences_from_service(codelists or [], study=study, service=connection)
    comparison = Comparison.of(found, study=study, definitions=definitions)
    comparison.tell(as_json=as_json)
    return int(exit_code and comparison.differs)


def _connection(asked: str | None, study: Path, seconds: float) -> Service:
    from armslength.cli.codelists.service import Service
    from armslength.cli.codelists.settings import service_address

    return Service(service_address(asked, study=study), seconds=seconds)


def _in_workflow() -> bool:
    """Whether CI runs this: there, a newer mapping upstream is no failure, as a study may stay on its own."""
    return bool(os.environ.get("GITHUB_WORKFLOW"))


def _tell_fetched(fetched: list[Fetched], deleted: tuple[str, ...], *, as_json: bool) -> None:
    from armslength.cli.codelists.telling import changes_as_json, console, counted

    if as_json:
        lists = [
            {"id": one.codelist.id, "file": one.path, "changes": changes_as_json(one.changes)}
            for one in fetched
        ]
        print(json.dumps({"codelists": lists, "deleted": list(deleted)}, indent=2))
        return
    out = console()
    for one in fetched:
        table, new, gone = one.table, len(one.changes.added), len(one.changes.removed)
        told = f"{new:,} added, {gone:,} removed" if one.changes else "unchanged"
        if one.before is None:
            column = table.columns[table.code_column]
            told = f'codelist_from_csv("{one.path}", column="{column}")'
        out.print(f"{one.path}: {counted(len(table.rows), 'code')}, {told}", markup=False)
    for name in deleted:
        out.print(f"deleted codelists/{name}, which is no longer listed", markup=False)
    out.print("commit the folder `codelists`, with its manifest")


def _tell_checked(problems: list[Mistake], notes: list[str], *, as_json: bool) -> int:
    from armslength.cli.codelists.telling import mistake_as_json

    if as_json:
        told: dict[str, Any] = {"ok": not problems, "problems": [mistake_as_json(one) for one in problems]}
        print(json.dumps(told | {"notes": notes}, indent=2))
        return int(bool(problems))
    for note in notes:
        print(f"note: {note}")
    if problems:
        raise Mistakes(problems)
    print("codelists: as listed, whole, no damaged codes")
    return 0
