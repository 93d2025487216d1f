"""COMMANDS: one file per verb; the only place that wires concrete things together."""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import click
import typer.main

from armslength import __version__
from armslength.kernel.errors import Mistake, Mistakes

# verb: (module, one line for `armslength --help`). A verb's module is imported only when it is used.
VERBS: dict[str, tuple[str, str]] = {
    "demo": (
        "armslength.cli.demo",
        "Run the whole story unattended: request, run, review, release, publish, verify",
    ),
    "up": (
        "armslength.cli.up",
        "Start both sites and the runner here, pre-filled, to click through",
    ),
    "down": ("armslength.cli.up:down", "Stop what `up` started"),
    "data": ("armslength.cli.data", "Fill a store: import a real export or make a plausible population"),
    "check-outputs": (
        "armslength.cli.check_outputs",
        "Find what in output files would disclose something about a person",
    ),
    "ledger": ("armslength.cli.ledger", "Read and verify the public ledger"),
    "runner": ("armslength.cli.runner", "Run the runner inside the secure environment"),
    "server": ("armslength.cli.server", "Run and administer the jobs site outside"),
    "airlock": ("armslength.cli.airlock", "Run and administer the review site inside"),
}


class Verbs(click.Group):
    """The top command: knows its verbs by name and loads one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name][0].partition(":")
        app = getattr(importlib.import_module(module), attribute or "app")
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; a mistake is told, never a traceback."""
    command = Verbs(
        name="armslength",
        help="Analyse health records at arm's length.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    click.version_option(__version__, prog_name="armslength")(command)
    try:
        status = command.main(args=arguments, prog_name="armslength", standalone_mode=False)
    except (Mistake, Mistakes) as mistake:
        print(mistake, file=sys.stderr)
        return mistake.exit_status
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("interrupted; nothing half-written is left", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("ARMSLENGTH_DEBUG"):
            traceback.print_exc()
        print(
            f"error X000: this is a defect in armslength: {type(error).__name__}: {error}\n\n"
            "hint: run again with ARMSLENGTH_DEBUG=1 for the traceback and report it",
            file=sys.stderr,
        )
        return 70
    return status if isinstance(status, int) else 0


def main() -> None:
    """Entry point of the `armslength` command."""
    sys.exit(run(sys.argv[1:]))
