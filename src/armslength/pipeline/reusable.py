"""The file `action.yaml` of a reusable action: one `run` line, whose arguments come before those of the study."""

from __future__ import annotations

from armslength.pipeline.commands import BadCommand, parse_command
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.model import Command
from armslength.pipeline.problems import shown
from armslength.pipeline.tree import Mapping, Scalar, read_tree

FILE_NAME = "action.yaml"
MOST_BYTES = 1 << 20


def read_action_file(content: bytes, *, name: str = FILE_NAME) -> Command:
    """Return the command of a reusable action. Other keys than `run` describe it for people and are left alone.

    >>> read_action_file(b"run: r:v2 analysis/cox.R --quiet").arguments
    ('analysis/cox.R', '--quiet')

    Raises Mistakes: P002 to P005 for what is no YAML mapping, P006 without `run`, P012 for a line that cannot be used.
    """
    root, problems = read_tree(content, name=name)
    run = root.get("run") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping):
        problems.add(
            "P005", "the file must be a mapping with `run`", root.place, hint="run: r:v2 analysis/model.R"
        )
    elif not isinstance(run, Scalar) or not run.text:
        problems.add(
            "P006", "the file has no `run` with a text", root.place, hint="run: r:v2 analysis/model.R"
        )
    else:
        try:
            command = parse_command(run.text)
        except BadCommand as error:
            problems.add("P012", f"`run` cannot be used: {error}", run.place)
        else:
            if kind_of(command) is not ActionKind.ANALYSIS:
                what = f"a reusable action cannot run in {shown(command.environment)}"
                problems.add(
                    "P012", what, run.place, hint="it must name an environment for analysis, such as `r:v2`"
                )
            problems.raise_if_any()
            return command
    problems.raise_if_any()
    raise AssertionError("a problem was noted")
