"""`armslength airlock checkers`: who may check outputs is appointed inside, by whoever runs the airlock."""

from __future__ import annotations

import getpass
import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from armslength.kernel.clock import to_text, utc_now
from armslength.kernel.errors import Mistake

app = typer.Typer(
    no_args_is_help=True,
    help="Appoint output checkers. The jobs site's word alone lets nobody review or release.",
)
NAME = re.compile(r"[\w.@+-]{1,150}")
SHORTEST = 12  # characters


def _ready() -> None:
    from armslength.cli.airlock import load_site, refuse_unready_database

    load_site()
    refuse_unready_database()


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="The user name that the jobs site knows.")],
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help="Read the passphrase from this file, or from standard input with `-`."),
    ] = None,
) -> None:
    """Appoint an output checker and print the passphrase to hand over. Again: a new passphrase, the old one ends."""
    if not NAME.fullmatch(username):
        raise Mistake("A036", f"`{username[:200]}` is not a user name", hint="write it as the jobs site does")
    given = _read(passphrase_file) if passphrase_file else ""
    _ready()
    from armslength.airlock.features.sign_in import checkers

    phrase = given or checkers.new_phrase()
    if len(checkers.plain(phrase)) < SHORTEST:
        raise Mistake(
            "A036",
            f"the passphrase has fewer than {SHORTEST} letters and digits",
            where=str(passphrase_file),
            hint="leave the option out to have one made",
        )
    checkers.appoint(username, phrase=phrase, by=getpass.getuser(), now=utc_now())
    print(f"{username} is an output checker here, once the jobs site says so too.", file=sys.stderr)
    if not given:
        print("Hand this over inside; it is not shown again:", file=sys.stderr)
        print(phrase)


def _read(file: Path) -> str:
    try:
        return (sys.stdin.read(1000) if str(file) == "-" else file.read_text()[:1000]).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake("A036", f"the passphrase cannot be read: {error}", where=str(file)) from None


@app.command()
def remove(username: str) -> None:
    """Take an appointment back, at once also for whoever is signed in."""
    _ready()
    from armslength.airlock.features.sign_in import checkers

    if not checkers.dismiss(username, by=getpass.getuser(), now=utc_now()):
        raise Mistake(
            "A037",
            f"`{username[:200]}` is no output checker here",
            hint="`armslength airlock checkers list` names them",
        )
    print(f"{username} can no longer review or release here", file=sys.stderr)


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False) -> None:
    """Name the output checkers and since when."""
    _ready()
    from armslength.airlock.models import Checker

    found = [(each.username, to_text(each.appointed_at)) for each in Checker.objects.all()]
    if as_json:
        print(json.dumps([{"username": name, "appointed_at": since} for name, since in found], indent=2))
        return
    for name, since in found:
        print(f"{name}  since {since}")
    if not found:
        print("nobody yet: armslength airlock checkers add USERNAME", file=sys.stderr)
