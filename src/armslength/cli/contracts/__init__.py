"""`armslength contracts`: what contracts promise and whether databases keep them; one file per command."""

from __future__ import annotations

import typer

from armslength.cli.contracts.check import command as check
from armslength.cli.contracts.compare import command as compare
from armslength.cli.contracts.diff import command as diff
from armslength.cli.contracts.diff import snapshot

app = typer.Typer(
    no_args_is_help=True, help="Check that a database keeps its contracts, and compare what was found."
)
# A command's file has one function called `command`, whose docstring is its help.
app.command("check")(check)
app.command("compare")(compare)
app.command("diff")(diff)
app.command("snapshot")(snapshot)
