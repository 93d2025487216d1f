"""What the verbs about a study share: which study, which executor, the plan as text and as JSON."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.pipeline.model import Pipeline
    from armslength.runner.executor import Executor
    from armslength.runner.local.planning import Planned, Settings
    from armslength.runner.local.study import Study

ProjectOption = Annotated[
    Path,
    typer.Option(
        "--project-dir", "-p", metavar="DIR", help="The study: a folder in or above which project.yaml is"
    ),
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="Query this store instead of made-up data")
]
BackendOption = Annotated[str, typer.Option("--backend", help="The backend of the store")]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="The policy by which raw SQL is judged")
]
ForProjectOption = Annotated[
    str, typer.Option("--project", metavar="NAME", help="For whom: a project of that policy")
]
ExecutorOption = Annotated[
    str, typer.Option("--executor", help="auto, sandbox or docker: what keeps the programs in bounds")
]
UNITS = {"": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
UNSAFE = "unconfined"
MARKS = {"run": "run", "perhaps": "perhaps", "keep": "keep"}


def parse_size(text: str, *, option: str) -> int:
    """Read a size such as `4G` or `512M`; return MiB.

    >>> parse_size("4G", option=""), parse_size("512", option="")
    (4096, 512)
    """
    found = re.fullmatch(r"(\d{1,7})\s*([MGT]?)i?B?", text.strip(), re.I)
    if found is None or not int(found[1]):
        raise Mistake("R055", f"`{text}` is no size", where=option, hint="write 512M or 4G", exit_status=2)
    return int(found[1]) * UNITS[found[2].upper()]


def show_warnings(pipeline: Pipeline) -> None:
    """Tell what is no mistake and still worth a change."""
    for warning in pipeline.warnings:
        print(f"warning: {warning}", file=sys.stderr)


def data_of(
    pipeline: Pipeline, *, store: Path | None, backend: str, policy: Path | None, project: str
) -> dict[str, Any]:
    """Return the settings that say what queries read, and for whom raw SQL is judged.

    Raises Mistake R022 for a store that is not there, and why a project may not run raw SQL when the study has any.
    """
    from armslength.pipeline.kinds import is_raw_sql

    if store is not None and not store.is_dir():
        hint = "make one with `armslength data`, or leave --store out to run on made-up data"
        raise Mistake("R022", f"there is no store `{store}`", where="--store", hint=hint)
    if (policy is None) != (not project):
        hint = "give --policy FILE and --project NAME together, or neither"
        raise Mistake(
            "R058", "raw SQL is judged for a project of a policy", where="--policy", hint=hint, exit_status=2
        )
    if policy is not None and any(is_raw_sql(one.command.environment) for one in pipeline.actions.values()):
        from armslength.kernel.clock import utc_now
        from armslength.sqlrunner.permission import permitted

        permitted(policy, project, today=utc_now().date())
    return {
        "database": store.resolve() if store else None,
        "backend": backend,
        "policy_file": policy.resolve() if policy else None,
        "project": project,
    }


def choose_executor(name: str, study: Study) -> Executor:
    """Return what runs the programs: the one asked for, or the first that works here.

    Raises Mistake R056 when none does. Nothing runs without bounds unless that is what was asked for.
    """
    from armslength.runner.executor import find_executor

    if name == UNSAFE:
        from armslength.runner.local.unconfined import WARNING, UnconfinedExecutor

        print(WARNING, file=sys.stderr)
        return UnconfinedExecutor(study.jobs)
    reasons = []
    for one in ("sandbox", "docker") if name == "auto" else (name,):
        try:
            executor: Executor = find_executor(one)(study.jobs)
        except Mistake as mistake:
            if name != "auto":
                raise
            reasons.append(f"{one}: {mistake.what}")
            continue
        reason = executor.why_not_usable()
        if reason is None:
            return executor
        reasons.append(f"{one}: {reason}")
    raise Mistake(
        "R056",
        "nothing on this machine can keep the programs of a study in bounds, so none is run",
        where="; ".join(reasons),
        hint="do what is said above for one of them; or, if you trust all of the study's code, its packages included, "
        "run it with --unsafe-no-sandbox, able to read and change everything that you can",
    )


def images_of(executor: str = "auto") -> bool:
    """Say whether a run would use containers: when they are asked for, or where no sandbox works."""
    from armslength.kernel import bubblewrap

    return executor == "docker" or (executor == "auto" and bubblewrap.why_not_usable() is not None)


def show_plan(
    study: Study, pipeline: Pipeline, actions: tuple[str, ...], settings: Settings, *, as_json: bool
) -> int:
    """Print what would become of every action, and why. Changes nothing."""
    planned = make_plan(study, pipeline, actions, settings)
    if as_json:
        print(json.dumps([described(one) for one in planned], indent=1))
        return 0
    for line in plan_lines(planned):
        print(line)
    return 0


def make_plan(
    study: Study, pipeline: Pipeline, actions: tuple[str, ...], settings: Settings
) -> tuple[Planned, ...]:
    """Return what would become of every action."""
    from armslength.kernel.clock import utc_now
    from armslength.runner.local import planning
    from armslength.runner.local.code import read_code
    from armslength.runner.local.state import look_at_state

    with look_at_state(study) as store:
        code = read_code(study.folder, pipeline, store)
        known = planning.look(study, store, code, settings)
        request = planning.request_for(actions, settings, now=utc_now())
        return planning.plan_actions(pipeline, request, known, settings)[0]


def described(one: Planned) -> dict[str, object]:
    """Return one action of a plan for JSON."""
    action = one.action
    return {
        "action": action.id,
        "verdict": one.verdict.value,
        "reasons": list(one.reasons),
        "environment": one.environment,
        "reads_database": action.reads_database,
        "needs": list(action.needs),
        "outputs": {output.pattern: output.level.value for output in action.outputs},
    }


def plan_lines(planned: tuple[Planned, ...]) -> list[str]:
    """Return a plan as lines of text."""
    width = max((len(one.action.id) for one in planned), default=0)
    lines = [
        f"{one.verdict.value:<8} {one.action.id:<{width}}  {one.environment:<11} {'; '.join(one.reasons)}"
        for one in planned
    ]
    counts = {verdict: sum(one.verdict.value == verdict for one in planned) for verdict in MARKS}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return [*lines, "", f"{len(planned)} {'action' if len(planned) == 1 else 'actions'}: {told}"]
