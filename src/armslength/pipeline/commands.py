"""The `run` line: split as a POSIX shell would, with nothing expanded."""

from __future__ import annotations

import json
import re
import shlex

from armslength.pipeline.model import Command, Output, PrivacyLevel

IMAGE = re.compile(r"(?P<image>[A-Za-z0-9][A-Za-z0-9_.-]{0,99}):(?P<version>v\d+(\.\d+)*(-pre)?|dev|latest)")
LONGEST = 20_000


class BadCommand(Exception):
    """The `run` line cannot be read; the text says why."""


def parse_command(text: str, *, config: object | None = None) -> Command:
    """Split a `run` line; `config` becomes two more arguments, `--config` and its JSON.

    >>> parse_command("python:v2 'my script.py' --n 3").arguments
    ('my script.py', '--n', '3')

    Raises BadCommand in words.
    """
    if len(text) > LONGEST:
        raise BadCommand(f"it is longer than {LONGEST:,} characters")
    if "\x00" in text:
        raise BadCommand("it contains a null character")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadCommand(f"it cannot be split into arguments: {str(error).lower()}") from None
    if not words:
        raise BadCommand("it is empty; it needs `image:version` and arguments")
    found = IMAGE.fullmatch(words[0])
    if found is None:
        raise BadCommand(
            f"it must start with an image and its version, such as `python:v2`, not `{words[0][:80]}`"
        )
    arguments = tuple(words[1:])
    if config is not None:
        # The apostrophe is written as its escape, so that the text survives inside single quotes.
        arguments += ("--config", json.dumps(config).replace("'", "\\u0027"))
    return Command(found["image"], found["version"], arguments)


def why_not_dataset(command: Command, outputs: tuple[Output, ...]) -> str | None:
    """Say why these cannot be the outputs of a dataset action, or return None.

    A dataset is one row per patient: highly sensitive only, and declared where `--output` writes it.
    The rule looks at parsed arguments, so neither blanks nor quotes get around it (guarantee S8).
    """
    if any(output.level is not PrivacyLevel.HIGHLY_SENSITIVE for output in outputs):
        return "a dataset holds one row per patient, so all its outputs must be `highly_sensitive`"
    written = _output_arguments(command.arguments)
    if len(written) != 1 or not written[0]:
        given = "none" if not written else "several"
        return f"a dataset command needs exactly one `--output PATH`, and {given} is given"
    declared = [output.pattern for output in outputs]
    folder, colon, extension = written[0].rpartition(":")
    if not colon:
        if written[0] in declared:
            return None
        return f"the command writes `{written[0]}`, which is not among its outputs"
    expected = f"{folder.rstrip('/')}/*.{extension}"
    start = expected.removesuffix(f"*.{extension}")
    wrong = [path for path in declared if not (path.startswith(start) and path.endswith(f".{extension}"))]
    if wrong or not declared:
        return f"the command writes its tables to `{expected}`, so its outputs must lie there"
    return None


def why_not_cohort(command: Command, outputs: tuple[Output, ...]) -> str | None:
    """Say why these cannot be the outputs of the retired cohort command, or return None."""
    if command.image != "cohortextractor" or command.arguments[:1] != ("generate_cohort",):
        return None
    if len({output.level for output in outputs}) != 1:
        return "a cohort must have outputs of exactly one privacy level"
    folders = {output.pattern.rpartition("/")[0] for output in outputs}
    names = {argument.partition("=")[0] for argument in command.arguments}
    if len(folders) > 1 and "--output-dir" not in names:
        return "a cohort's outputs must lie in one folder unless `--output-dir` is given"
    return None


def _output_arguments(arguments: tuple[str, ...]) -> list[str]:
    written = []
    # What follows `--` belongs to the definition.
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for index, argument in enumerate(own):
        if argument == "--output":
            written.append(own[index + 1] if index + 1 < len(own) else "")
        elif argument.startswith("--output="):
            written.append(argument.removeprefix("--output="))
    return written
