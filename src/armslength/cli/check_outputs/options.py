"""The options of `check-outputs`, and of `history` where they are the same."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_HISTORY, _REPAIR = "Earlier releases", "Repair"


class Language(StrEnum):
    """The languages of studies that a repair can be written in."""

    PYTHON = "python"
    R = "r"


Paths = Annotated[list[Path] | None, typer.Argument(help="Files, or folders whose files are all checked")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON")]
AsSarif = Annotated[bool, typer.Option("--sarif", help="Print the report as SARIF 2.1.0")]
Html = Annotated[Path | None, typer.Option("--html", help="Write the report as one page to this file")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="Judge by this policy (TOML)")]
Strict = Annotated[bool, typer.Option("--strict", help="The same as --fail-on warn")]
FailOn = Annotated[
    str, typer.Option("--fail-on", help="block, warn (also what could not be checked) or never")
]
Context = Annotated[
    Path | None,
    typer.Option("--context", help="What is known of the request, the code and the data (JSON)"),
]
Manual = Annotated[
    Path | None, typer.Option("--manual", help="Write the manual of the checks into this folder")
]

History = Annotated[
    Path | None,
    typer.Option("--history", help="Compare with the releases in this folder", rich_help_panel=_HISTORY),
]
Backend = Annotated[
    str,
    typer.Option(
        "--backend", help="Whose data these are, such as `tpp` or `emis+tpp`", rich_help_panel=_HISTORY
    ),
]
Refresh = Annotated[
    str, typer.Option("--refresh", help="The day up to which the data went", rich_help_panel=_HISTORY)
]
Population = Annotated[
    str,
    typer.Option(
        "--population",
        help="Who was counted: a fingerprint, or a file that defines it",
        rich_help_panel=_HISTORY,
    ),
]
Codelists = Annotated[
    Path | None,
    typer.Option("--codelists", help="The folder of the study's codelists", rich_help_panel=_HISTORY),
]

RepairInto = Annotated[
    Path | None,
    typer.Option("--repair", help="Write repaired copies into this folder", rich_help_panel=_REPAIR),
]
Patch = Annotated[
    bool, typer.Option("--patch", help="Print the repairs as a unified diff", rich_help_panel=_REPAIR)
]
Code = Annotated[
    Language | None,
    typer.Option("--code", help="Print the repairs as code for the study", rich_help_panel=_REPAIR),
]
