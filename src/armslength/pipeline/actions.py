"""Read one action of the pipeline file."""

from __future__ import annotations

import re

from armslength.pipeline.commands import BadCommand, parse_command, why_not_cohort, why_not_dataset
from armslength.pipeline.legacy import MIGRATION, way_on
from armslength.pipeline.model import Action, Command, Output, PrivacyLevel
from armslength.pipeline.patterns import why_not_pattern
from armslength.pipeline.problems import Problems, did_you_mean, shown
from armslength.pipeline.tree import Mapping, Node, Scalar, Sequence
from armslength.pipeline.versions import Feature

KEYS = ("run", "outputs", "needs", "config", "dummy_data_file")
LEVELS = tuple(level.value for level in PrivacyLevel)
NULLS = ("", "~", "null", "Null", "NULL")
# An id becomes a log file, a process label and part of an address (guarantee S7).
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")


def read_action(key: Scalar, node: Node, *, version: int, problems: Problems) -> Action | None:
    """Read one action; note its problems and return what can be checked further, or None."""
    if not SAFE_ID.fullmatch(key.text):
        hint = "start with a letter or digit; use letters, digits, `_`, `-` and `.`, at most 200"
        problems.add("P011", f"{shown(key.text)} cannot be the name of an action", key.place, hint=hint)
        return None
    if not isinstance(node, Mapping):
        problems.add("P007", f"action {shown(key.text)} must have `run` and `outputs`", node.place)
        return None
    for name, _ in node.pairs:
        if name.text not in KEYS:
            hint = did_you_mean(name.text, KEYS, otherwise=f"the keys are {', '.join(KEYS)}")
            problems.add("P006", f"{shown(name.text)} is not a key of an action", name.place, hint=hint)
    command = _read_command(key, node, version=version, problems=problems)
    outputs = _read_outputs(key, node, problems)
    needs = _read_needs(key, node, problems)
    dummy = _read_text(node, "dummy_data_file", problems)
    if command is None or outputs is None:
        # The rest of the file is still checked against this name; the pipeline is refused in any case.
        return Action(key.text, Command("", str(key.place), ()), needs, outputs or (), key.place)
    _check_outputs_of_command(command, outputs, node, problems)
    run = node.get("run")
    text = run.text if isinstance(run, Scalar) else ""
    return Action(key.text, command, needs, outputs, key.place, dummy, text)


def _check_outputs_of_command(
    command: Command, outputs: tuple[Output, ...], node: Mapping, problems: Problems
) -> None:
    place = (node.get("outputs") or node).place
    if command.makes_dataset and (reason := why_not_dataset(command, outputs)):
        problems.add("P023", reason, place)
    if reason := why_not_cohort(command, outputs):
        problems.add("P023", reason, place)


def _read_text(node: Mapping, key: str, problems: Problems) -> str | None:
    value = node.get(key)
    if value is None or isinstance(value, Scalar):
        return None if value is None or _is_null(value) else value.text
    problems.add("P007", f"`{key}` must be a text", value.place)
    return None


def _read_command(key: Scalar, node: Mapping, *, version: int, problems: Problems) -> Command | None:
    if _is_null(node.get("run")):
        problems.add("P006", f"action {shown(key.text)} has no `run`", key.place)
        return None
    text = _read_text(node, "run", problems)
    if text is None:
        return None
    place = (node.get("run") or node).place
    config = node.get("config")
    if config is None or _is_null(config):
        config = None
    elif not isinstance(config, Mapping):
        problems.add("P007", "`config` must be a mapping", config.place)
        config = None
    try:
        command = parse_command(text, config=None if config is None else plain(config))
    except BadCommand as error:
        problems.add("P012", f"`run` of action {shown(key.text)} cannot be used: {error}", place)
        return None
    if command.version == "latest" and Feature.NO_LATEST.on(version):
        problems.add(
            "P014", f"`{command.environment}` moves; name a version", place, hint=f"`{command.image}:v2`"
        )
    if command.image == "cohortextractor" and Feature.NO_COHORT_EXTRACTOR.on(version):
        hint = f"{way_on(command)}; see {MIGRATION}"
        problems.add("P014", "`cohortextractor` is retired and not run", place, hint=hint)
    return command


def _read_needs(key: Scalar, node: Mapping, problems: Problems) -> tuple[str, ...]:
    section = node.get("needs")
    if section is None or _is_null(section):
        return ()
    if not isinstance(section, Sequence):
        problems.add("P007", "`needs` must be a list, such as `needs: [cohort]`", section.place)
        return ()
    needs = []
    for item in section.items:
        if isinstance(item, Scalar):
            needs.append(item.text)
        else:
            problems.add("P007", f"`needs` of action {shown(key.text)} must be a list of names", item.place)
    return tuple(dict.fromkeys(needs))


def _read_outputs(key: Scalar, node: Mapping, problems: Problems) -> tuple[Output, ...] | None:
    section = node.get("outputs")
    if section is None:
        problems.add("P006", f"action {shown(key.text)} has no `outputs`", key.place)
        return None
    if not isinstance(section, Mapping) or not section.pairs:
        what = f"`outputs` of action {shown(key.text)} must be a mapping from privacy levels to files"
        problems.add("P007", what, section.place, hint=f"the levels are {', '.join(LEVELS)}")
        return None
    outputs: list[Output] = []
    for name, files in section.pairs:
        if name.text not in LEVELS:
            hint = did_you_mean(name.text, LEVELS, otherwise=f"the levels are {', '.join(LEVELS)}")
            problems.add("P020", f"{shown(name.text)} is not a privacy level", name.place, hint=hint)
        elif _is_null(files):
            problems.warn(f"`{name.text}` of action {shown(key.text)} declares nothing", name.place)
        elif not isinstance(files, Mapping):
            problems.add("P007", f"`{name.text}` must be a mapping from labels to paths", files.place)
        else:
            outputs += _read_level(PrivacyLevel(name.text), files, problems)
    return tuple(outputs)


def _read_level(level: PrivacyLevel, files: Mapping, problems: Problems) -> list[Output]:
    outputs = []
    for label, path in files.pairs:
        if not isinstance(path, Scalar):
            problems.add("P007", f"output {shown(label.text)} must be one path", path.place)
        elif reason := why_not_pattern(path.text, level):
            problems.add("P021", f"output {shown(path.text)} is invalid: {reason}", path.place)
        else:
            outputs.append(Output(level, label.text, path.text, path.place))
    return outputs


def _is_null(node: Node | None) -> bool:
    """Say whether a key has no value: what YAML calls null."""
    return node is None or (isinstance(node, Scalar) and node.plain and node.text in NULLS)


def plain(node: Node) -> object:
    """Return the Python value of a node, of the kinds JSON knows. Dates stay text."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return _plain_scalar(node)


def _plain_scalar(node: Scalar) -> object:
    """Read a word without quotes as YAML 1.2 does; a number JSON cannot write stays text."""
    if not node.plain:
        return node.text
    if node.text in NULLS:
        return None
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    if re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", node.text):
        return int(node.text)
    if re.fullmatch(r"[-+]?[0-9]{1,300}(\.[0-9]*)?([eE][-+]?[0-9]{1,2})?", node.text):
        return float(node.text)
    return node.text
