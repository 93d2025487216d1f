"""COMMANDS: one file per verb; the only place that wires concrete things together."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from armslength import __version__
from armslength.kernel.errors import Mistake, Mistakes

# verb: (module, one line for `armslength --help`). A verb's module is imported only when it is used.
VERBS: dict[str, tuple[str, str]] = {
    "demo": (
        "armslength.cli.demo",
        "Run the whole story unattended: request, run, review, release, publish, verify",
    ),
    "up": ("armslength.cli.up", "Start both sites and the runner here, pre-filled, to click through"),
    "down": ("armslength.cli.down", "Stop what `up` started"),
    "run": (
        "armslength.cli.run",
        "Run the actions of a study here, on made-up data, as the data centre would",
    ),
    "validate": ("armslength.cli.validate", "Find everything that is wrong with a project.yaml, at once"),
    "plan": ("armslength.cli.plan", "Say which actions of a study would run, which are kept, and why"),
    "why": ("armslength.cli.why", "Say why an action would run or not, and what its outputs were made from"),
    "init": ("armslength.cli.init", "Make a new study that runs at once, with tests and CI"),
    "sql": (
        "armslength.cli.sql",
        "Run a dataset developer's raw SQL: read-only, limited, never over people who opted out",
    ),
    "data": ("armslength.cli.data", "Fill a store: import a real export or make a plausible population"),
    "contracts": (
        "armslength.cli.contracts",
        "Check that a database keeps the contracts it claims, and say what changed",
    ),
    "backend": (
        "armslength.cli.backend",
        "Describe a database, so that studies can ask it: make the package to fill in",
    ),
    "report": (
        "armslength.cli.report",
        "Say what a database holds, how new it is, which codes are used, what its tables mean",
    ),
    "codelists": (
        "armslength.cli.codelists",
        "Take codelists from a service, check the study's copies, say what changed and whom it concerns",
    ),
    "logs": ("armslength.cli.logs", "Show what an action said when it last ran"),
    "exec": ("armslength.cli.exec_", "Run any command in an environment, on the folder you are in"),
    "clean": ("armslength.cli.clean", "Say what runs left behind, and remove it"),
    "doctor": ("armslength.cli.doctor", "Say what is missing on this machine, and the command that fixes it"),
    "completion": ("armslength.cli.completion", "Make the shell complete verbs, options and actions"),
    "explain": ("armslength.cli.explain", "Show what a query reads, how often, and what drives its cost"),
    "attrition": (
        "armslength.cli.attrition",
        "Show how many patients each condition of a population removes, rounded",
    ),
    "graph": ("armslength.cli.graph", "Draw the actions of a study, or the query of a dataset"),
    "check-outputs": (
        "armslength.cli.check_outputs",
        "Find what in output files would disclose something about a person",
    ),
    "history": ("armslength.cli.history", "Keep what was released, for new outputs to be compared with"),
    "ledger": ("armslength.cli.ledger", "Read and verify the public ledger"),
    "environments": (
        "armslength.cli.environments",
        "List, show and build what actions run in, such as python:v2",
    ),
    "runner": ("armslength.cli.runner", "Run the runner inside the secure environment"),
    "server": ("armslength.cli.server", "Run and administer the jobs site outside"),
    "airlock": ("armslength.cli.airlock", "Run and administer the review site inside"),
}

USAGE_STATUS, INTERRUPTED_STATUS, DEFECT_STATUS = 2, 130, 70


def help_text() -> str:
    """The text of `armslength --help`."""
    width = max(map(len, VERBS)) + 2
    lines = [f"  {verb:<{width}}{line}" for verb, (_, line) in VERBS.items()]
    return "\n".join(
        [
            "Usage: armslength VERB …",
            "",
            "Analyse health records at arm's length: code travels to the data, checked aggregates come back.",
            "",
            *lines,
            "",
            "`armslength VERB --help` explains one of them; `armslength --version` tells the version.",
        ]
    )


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; a mistake is told, never a traceback."""
    try:
        match arguments:
            case []:
                from armslength.cli.guide import guide

                print(guide(Path.cwd()), file=sys.stderr)
                return USAGE_STATUS
            case ["-h" | "--help" | "help", *_]:
                print(help_text())
                return 0
            case ["--version", *_]:
                print(f"armslength {__version__}")
                return 0
            case [verb, *rest]:
                return run_verb(verb, rest)
    except (Mistake, Mistakes) as mistake:
        print(mistake, file=sys.stderr)
        return mistake.exit_status
    except KeyboardInterrupt:
        print("interrupted; nothing half-written is left", file=sys.stderr)
        return INTERRUPTED_STATUS
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("ARMSLENGTH_DEBUG"):
            traceback.print_exc()
        defect = Mistake(
            "X000",
            f"this is a defect in armslength: {type(error).__name__}: {error}",
            hint="run again with ARMSLENGTH_DEBUG=1 for the traceback and report it",
        )
        print(defect, file=sys.stderr)
        return DEFECT_STATUS
    return 0


def run_verb(verb: str, arguments: list[str]) -> int:
    """Load one verb's typer application and run it. Whole numbers that it returns are its exit status."""
    if verb not in VERBS:
        close = get_close_matches(verb, VERBS, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "`armslength --help` lists the verbs"
        raise Mistake("X001", f"there is no verb `{verb}`", hint=hint, exit_status=USAGE_STATUS)
    import typer.main

    app = importlib.import_module(VERBS[verb][0]).app
    app._add_completion = False  # the verb `completion` is for all verbs, and it alone works
    command: Any = typer.main.get_command(app)
    try:
        status = command.main(args=arguments, prog_name=f"armslength {verb}", standalone_mode=False)
    except typer.Exit as asked:
        return asked.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        # Usage errors know how to show themselves, with the usage line and the option concerned.
        if not hasattr(error, "show") or not hasattr(error, "exit_code"):
            raise
        error.show()
        return int(error.exit_code)
    return status if isinstance(status, int) else 0


def main() -> None:
    """Entry point of the `armslength` command."""
    sys.exit(run(sys.argv[1:]))
