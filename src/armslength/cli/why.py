"""`armslength why ACTION`: what decides whether an action runs again, and what it depends on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli.studies import (
    BackendOption,
    ExecutorOption,
    ForProjectOption,
    PolicyOption,
    ProjectOption,
    StoreOption,
    data_of,
    described,
    images_of,
    make_plan,
    show_warnings,
)
from armslength.kernel.errors import Mistake

if TYPE_CHECKING:
    from armslength.runner.local.planning import Planned
    from armslength.runner.local.recipes import Recipe

app = typer.Typer(add_completion=False, rich_markup_mode=None)
MOST_SHOWN = 30


@app.command()
def why(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="An action of the study")],
    project: ProjectOption = Path(),
    store: StoreOption = None,
    backend: BackendOption = "core",
    policy: PolicyOption = None,
    for_project: ForProjectOption = "",
    executor: ExecutorOption = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON")] = False,
) -> int:
    """Say whether an action would run, why, and everything that its outputs were made from."""
    from armslength.pipeline.graph import dependants, requested_actions
    from armslength.runner.environments.reusable import homes_of_this_machine
    from armslength.runner.local.planning import Settings
    from armslength.runner.local.state import look_at_state
    from armslength.runner.local.study import WORKSPACE, find_study

    study = find_study(project)
    pipeline = study.read_pipeline()
    show_warnings(pipeline)
    if action not in pipeline.actions:
        requested_actions(pipeline, [action])
        raise Mistake("P030", "`why` is about one action", where="project.yaml", hint="`plan` is about all")
    data = data_of(pipeline, store=store, backend=backend, policy=policy, project=for_project)
    settings = Settings(images=images_of(executor), homes=homes_of_this_machine(), **data)
    plan = make_plan(study, pipeline, (action,), settings)
    planned = next(one for one in plan if one.action.id == action)
    with look_at_state(study) as state:
        last = state.newest_success(WORKSPACE, action)
        recipe = state.recipe(last.id) if last else None
    if as_json:
        made_from = json.loads(recipe.to_json()) if recipe else None
        print(json.dumps({**described(planned), "made_from": made_from}, indent=1))
        return 0
    _tell(planned, recipe, finished=last.facts["finished_at"] if last else "")
    if after := dependants(pipeline, action):
        print(f"\nneeded by {', '.join(after)}")
    return 0


def _tell(planned: Planned, recipe: Recipe | None, *, finished: str) -> None:
    """Print whether an action would run and why, and what its outputs were made from."""
    print(f"{planned.action.id}: {planned.verdict.value}")
    for reason in planned.reasons:
        print(f"  {reason}")
    if recipe:
        print(f"\nits outputs are of {finished}, made from")
        for line in _made_from(recipe):
            print(f"  {line}")


def _made_from(recipe: Recipe) -> list[str]:
    lines = [f"environment {recipe.environment}", f"command     {' '.join(recipe.arguments)}"]
    lines += [f"data        {recipe.database}"] if recipe.database else []
    if recipe.whole:
        lines.append(f"code        all {len(recipe.code)} files of the study: what it opened was not seen")
    else:
        lines += [f"code        {path}" for path in list(recipe.code)[:MOST_SHOWN]]
        more = len(recipe.code) - MOST_SHOWN
        lines += [f"            and {more} more files"] if more > 0 else []
        lines += [f"names in    {folder or '.'}" for folder in recipe.listings]
    return lines + [f"input       {path} sha256:{sha256[:12]}" for path, sha256 in recipe.inputs.items()]
