"""Whether a database may be asked this: a verdict on it says which columns cannot be relied on."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from armslength.cli.ehrql.databases import backend_of
from armslength.cli.ehrql.progress import Progress
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.query.model.nodes import Node

FILE, RULE = "ARMSLENGTH_CONFORMANCE", "ARMSLENGTH_CONFORMANCE_RULE"
REFUSE, WARN = "refuse", "warn"
NAMED = 5


def add_conformance(parser: argparse.ArgumentParser) -> None:
    """The option that names a verdict."""
    parser.add_argument(
        "--conformance",
        type=Path,
        metavar="FILE",
        help="a verdict of `armslength contracts check`: refuse a definition that uses what failed there, "
        f"as also for that in {FILE}, which this cannot replace",
    )


def require_reliable(
    arguments: argparse.Namespace,
    questions: Iterable[Node],
    *,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Refuse questions that use what failed in a verdict, or warn where whoever runs the database wants no more.

    Raises Mistake Q290 for a verdict that cannot be read, Q291 for one on another backend, Q294 for what failed.
    """
    asked = tuple(questions)
    for path, rule in _named(arguments, environment):
        from armslength.query.conformance.gate import failures_met
        from armslength.query.conformance.verdict import read_verdict

        verdict = read_verdict(path)
        if verdict.backend != (backend := backend_of(arguments, environment)):
            what = f"the verdict is on the backend `{verdict.backend}`, and `{backend}` is asked"
            hint = "check this database with `armslength contracts check`"
            raise Mistake("Q291", what, where=str(path), hint=hint)
        met = failures_met(asked, verdict)
        if not met:
            continue
        told = "; ".join(f"`{each.place}`: {each.words}" for each in met[:NAMED])
        told += f"; and {len(met) - NAMED} more" if len(met) > NAMED else ""
        what = f"the definition uses what failed when the database was checked on {verdict.as_of}: {told}"
        if rule == REFUSE:
            hint = "use other columns, or ask whoever provides the database when it will be mended"
            raise Mistake("Q294", what, where=str(arguments.definition), hint=hint)
        progress.tell(what, level="warning")


def _named(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield each verdict with its rule: the one of whoever runs the database first, then that of the command line."""
    rule = environment.get(RULE) or REFUSE
    if rule not in (REFUSE, WARN):
        raise Mistake("Q293", f"{rule!r} is no rule", where=RULE, hint=f"write `{REFUSE}` or `{WARN}`")
    if environment.get(FILE):
        yield Path(environment[FILE]), rule
    if arguments.conformance is not None:
        yield arguments.conformance, REFUSE
