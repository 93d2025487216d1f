"""EHRQL: the `ehrql` command, with the flags, variables and exit codes that public studies and their runners know."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from types import ModuleType

from armslength import __version__
from armslength.cli.ehrql.progress import Progress
from armslength.kernel.errors import Mistake, Mistakes

# command: (module, one line for `ehrql --help`). A command's module is imported only when it is used.
# Each module has HELP, `add_arguments(parser)` and `run(arguments) -> exit status`.
COMMANDS: dict[str, tuple[str, str]] = {
    "generate-dataset": (
        "generate_dataset",
        "Run a dataset definition on a database and write one row per patient",
    ),
    "generate-measures": (
        "generate_measures",
        "Calculate measures over time and groups, small numbers hidden",
    ),
    "dump-example-data": (
        "dump_example_data",
        "Write five small tables of invented people, to try things on",
    ),
    "create-dummy-tables": (
        "create_dummy_tables",
        "Write the tables of invented patients that fit a definition, to look at and edit",
    ),
    "dump-dataset-sql": (
        "dump_dataset_sql",
        "Show every statement a dataset definition would run, without a database",
    ),
    "assure": ("assure", "Check what a dataset gives for a few invented patients of a test file"),
    "attrition": ("attrition", "Show how many patients each condition of the population removes, rounded"),
    "debug": ("debug", "Run a definition and print what its `show()` calls show (internal)"),
    "graph-query": ("graph_query", "Draw a definition's query as a graph (internal)"),
    "backend-admin": ("backend_admin", "Chores of a database server, where a backend has some (internal)"),
    "serialize-definition": ("serialize_definition", "Print a definition's query as JSON (internal)"),
    "test-connection": ("check_connection", "Say whether the configured database can be opened (internal)"),
    "isolation-report": (
        "isolation_report",
        "Show what a definition can do on this machine, and what not (internal)",
    ),
}
# Older project files write the commands with underscores.
ALIASES = {name.replace("-", "_"): name for name in COMMANDS}

SECRET_ADDRESS = re.compile(r"\b[A-Za-z][\w+.-]*://[^\s`'\"]*[@?;][^\s`'\"]*")
USAGE_STATUS, INTERRUPTED_STATUS, DEFECT_STATUS = 2, 130, 70


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the `ehrql` command."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status; a mistake is told, never a traceback."""
    try:
        return _run(arguments)
    except (Mistake, Mistakes) as mistake:
        print(without_secrets(str(mistake)), file=sys.stderr)
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
        hint = "run again with ARMSLENGTH_DEBUG=1 for the traceback and report it"
        defect = Mistake(
            "X000", f"this is a defect in armslength: {type(error).__name__}: {error}", hint=hint
        )
        print(without_secrets(str(defect)), file=sys.stderr)
        return DEFECT_STATUS


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(help_text())
        return 0
    if arguments[0] == "--version":
        print(f"ehrql {__version__}")
        return 0
    if sys.flags.hash_randomization and not sys.stderr.isatty():
        # For the logs of runners, which look for it. At a terminal nobody can or need do anything about it.
        told = "PYTHONHASHSEED is not 0 here; definitions are run with 0 all the same, so their queries do not vary"
        Progress().tell(told, level="warning")
    command, *rest = arguments
    command = ALIASES.get(command, command)
    if command not in COMMANDS:
        close = get_close_matches(command, COMMANDS, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "`ehrql --help` lists the commands"
        raise Mistake("X001", f"there is no command `{command}`", hint=hint, exit_status=USAGE_STATUS)
    module = importlib.import_module(f"{__name__}.{COMMANDS[command][0]}")
    parsed = parse(command, module, rest)
    return parsed if isinstance(parsed, int) else int(module.run(parsed))


def parse(command: str, module: ModuleType, arguments: list[str]) -> argparse.Namespace | int:
    """Read a command's arguments; those after the first `--` belong to the definition. Or the exit status."""
    own, parameters = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        own, parameters = arguments[:at], arguments[at + 1 :]
    parser = argparse.ArgumentParser(prog=f"ehrql {command}", description=COMMANDS[command][1])
    module.add_arguments(parser)
    try:
        parsed, unknown = parser.parse_known_args(own)
        if unknown:
            told = " ".join(unknown)
            parser.error(
                f"not understood: {told}\nparameters of the definition come last, after `--`: … -- {told}"
            )
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else USAGE_STATUS
    parsed.parameters = parameters
    return parsed


def without_secrets(text: str) -> str:
    """Blot out database addresses that may hold a password or a token, wherever in a message they appear.

    >>> without_secrets("cannot open `mssql://me:secret@host/db`")
    'cannot open `<database>`'
    """
    return SECRET_ADDRESS.sub("<database>", text)


def help_text() -> str:
    """The text of `ehrql --help`."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{line}" for name, (_, line) in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: ehrql COMMAND … [-- PARAMETERS]",
            "",
            "Ask questions of health records, written in Python; the records stay where they are.",
            "",
            *lines,
            "",
            "`ehrql COMMAND --help` explains one of them; `ehrql --version` tells the version.",
        ]
    )
