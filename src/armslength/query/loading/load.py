"""Load a definition: run it as a stranger's program in a jail, and believe only a model that passes every check."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.query.loading.child import LOADED, MISTAKE
from armslength.query.loading.contract_tables import find_table
from armslength.query.loading.exchange import Answer, Say, ask, plain
from armslength.query.loading.isolation import (
    CLOCK_VARIABLE,
    PROCESSOR_VARIABLE,
    Isolation,
    LoadLimits,
    child_arguments,
    jail_for,
    jail_wanted,
)
from armslength.query.loading.loaded import DEFINITION_STATUS, LoadedDefinition
from armslength.query.model.measures import Measures
from armslength.query.model.nodes import Dataset, Series
from armslength.query.model.serialize import read

USAGE_STATUS = 2
CODE = re.compile(r"Q[0-9]{3}")
NAME = re.compile(r"\w{1,200}")


@dataclass(frozen=True, kw_only=True)
class Showing:
    """That `show()` is to print: how, and from which folder of tables (None: the example data)."""

    display_format: str = "ascii"
    tables: Path | None = None


def to_stderr(text: str) -> None:
    """Pass on what a definition prints."""
    sys.stderr.write(text)
    sys.stderr.flush()


def load(
    definition: Path,
    *,
    parameters: Sequence[str] = (),
    isolate: Isolation = Isolation.DEFAULT,
    real_data: bool = False,
    hidden: Sequence[Path] = (),
    limits: LoadLimits | None = None,
    say: Say = to_stderr,
    showing: Showing | None = None,
) -> LoadedDefinition:
    """Run a definition file in a child process without network, credentials or anything to write.

    The file can read the working folder (the study) and its own folder, less those `hidden`. `real_data` says
    that a database is configured: then nothing runs unless it can be isolated. `showing` switches `show()` on.
    Without `limits`, those of the environment hold.
    Raises Mistake for whatever is wrong with the definition, in words about the study's own lines.
    """
    limits = limits or LoadLimits.from_environment()
    path, folders = _places(definition)
    if showing is not None and (tables := _tables(showing)):
        folders = (*folders, tables)
    isolated, warning = jail_wanted(isolate, real_data=real_data)
    if warning:
        say(f"warning: {warning}\n")
    absolute_hidden = tuple(_absolute(folder) for folder in hidden)
    jail = jail_for(folders, study=folders[0], hidden=absolute_hidden, limits=limits) if isolated else None
    wanted = "" if showing is None else showing.display_format + ":" + str(_tables(showing) or "")
    answer = ask(
        lambda result: child_arguments(path, folders, result, tuple(parameters), wanted),
        jail,
        limits=limits,
        say=say,
    )
    document = _document(answer, definition, limits)
    return _loaded(read(document, find_table=find_table, own_tables=not real_data), definition, isolated)


def _places(definition: Path) -> tuple[Path, tuple[Path, ...]]:
    """The definition's full path and the folders it may read: the study's first."""
    if definition.suffix != ".py" or not definition.is_file():
        what = "is not a Python file" if definition.exists() else "does not exist"
        hint = "paths count from the folder where the command is run, which is the study's"
        raise Mistake("Q009", f"the definition `{definition}` {what}", str(definition), hint, USAGE_STATUS)
    path, study = _absolute(definition), Path.cwd()
    folders = (study,) if path.is_relative_to(study) else (study, path.parent)
    for folder in folders:
        if folder in (Path("/"), Path.home()):
            raise Mistake(
                "Q009",
                f"a definition may read the folder it is run in, and `{folder}` is more than a study",
                where=str(definition),
                hint="change into the study's folder and run the command there",
                exit_status=USAGE_STATUS,
            )
    return path, folders


def _tables(showing: Showing) -> Path | None:
    return None if showing.tables is None else _absolute(showing.tables)


def _absolute(path: Path) -> Path:
    # Not resolved: a link that leads out of the study must lead nowhere inside the jail.
    return Path(os.path.normpath(Path.cwd() / path))


def _document(answer: Answer, definition: Path, limits: LoadLimits) -> bytes:
    """The model's document out of the child's answer, or the Mistake that it or its end tells."""
    outcome, content = answer.outcome, answer.content
    if content.startswith(LOADED) and outcome.exit_status == 0:
        return content.removeprefix(LOADED)
    if content.startswith(MISTAKE):
        raise _told(content.removeprefix(MISTAKE), definition)
    if answer.too_large:
        what = f"its query is larger than {limits.result_bytes >> 20} MiB"
        raise _ended(
            "Q007", what, definition, "read large tables from the database instead of into the definition"
        )
    if outcome.timed_out:
        what = f"it was still there after {limits.clock_seconds} seconds, and did not use the processor that long"
        hint = f"look for what it waits for. On a machine that is very busy, {CLOCK_VARIABLE} can be raised"
        raise _ended("Q006", what, definition, hint)
    if outcome.exit_status == -signal.SIGXCPU:
        what = f"it was still running after {limits.processor_seconds} seconds of processor time"
        hint = f"look for a loop that never ends. Where so much work is needed, raise {PROCESSOR_VARIABLE}"
        raise _ended("Q006", what, definition, hint)
    if outcome.out_of_memory or outcome.exit_status == -9:
        what = f"it needs more than {limits.memory_bytes >> 20} MiB of memory"
        raise _ended(
            "Q007", what, definition, "leave the data to the database: a definition only describes a query"
        )
    what = f"it ended with status {outcome.exit_status} and no query"
    raise _ended("Q005", what, definition, "what it printed, above, may say why")


def _ended(code: str, why: str, definition: Path, hint: str) -> Mistake:
    return Mistake(code, f"the definition was not loaded: {why}", str(definition), hint, DEFINITION_STATUS)


def _told(content: bytes, definition: Path) -> Mistake:
    """The mistake a child reports. It is a stranger's words: checked for shape, shown without control characters."""
    try:
        told: Any = json.loads(content)
        what, where, hint = (str(told[name] or "") for name in ("what", "where", "hint"))
        status, code = int(told["exit_status"]), str(told["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _ended(
            "Q005", "it answered with something unreadable", definition, "what it printed may say why"
        )
    return Mistake(
        code if CODE.fullmatch(code) else "Q002",
        plain(what)[:6000] or "the definition failed",
        plain(where)[:6000] or str(definition),
        plain(hint)[:1000] or None,
        status if 0 < status < 126 else DEFINITION_STATUS,
    )


def _loaded(parts: Any, definition: Path, isolated: bool) -> LoadedDefinition:
    """Check the shape of what was read: the nodes in it are valid, their arrangement is still a stranger's."""
    kinds: Mapping[str, Any] = {
        "dataset": (Dataset, type(None)),
        "measures": (Measures, type(None)),
        "claimed_permissions": tuple,
        "dummy_data": dict,
        "problems": dict,
        "test_data": (dict, type(None)),
        "names": tuple,
    }
    if not isinstance(parts, dict) or set(parts) != set(kinds) or not _has_shape(parts, kinds):
        raise _ended(
            "Q001",
            "its query does not have the expected parts",
            definition,
            "this is not how `ehrql` says it",
        )
    problems = {name: plain(problem)[:6000] for name, problem in parts["problems"].items()}
    return LoadedDefinition(**{**parts, "problems": problems}, path=definition, isolated=isolated)


def _has_shape(parts: Mapping[str, Any], kinds: Mapping[str, Any]) -> bool:
    """Whether each part is of its kind, and what must be text is text."""
    if not all(isinstance(parts[name], kind) for name, kind in kinds.items()):
        return False
    texts = (*parts["claimed_permissions"], *parts["problems"], *parts["problems"].values())
    named = all(
        isinstance(each, tuple)
        and len(each) == 2
        and isinstance(each[0], str)
        and NAME.fullmatch(each[0])
        and isinstance(each[1], Series)
        for each in parts["names"]
    )
    return named and all(isinstance(each, str) for each in texts)
