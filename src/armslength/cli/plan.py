"""`armslength plan`: what `run` would do, and why, without doing it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.studies import (
    BackendOption,
    ExecutorOption,
    ForProjectOption,
    PolicyOption,
    ProjectOption,
    StoreOption,
    data_of,
    images_of,
    show_plan,
    show_warnings,
)
from armslength.pipeline.model import RUN_ALL

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def plan(
    actions: Annotated[list[str] | None, typer.Argument(metavar="[ACTION…]", help="Default: run_all")] = None,
    project: ProjectOption = Path(),
    store: StoreOption = None,
    backend: BackendOption = "core",
    policy: PolicyOption = None,
    for_project: ForProjectOption = "",
    executor: ExecutorOption = "auto",
    force: Annotated[bool, typer.Option("--force", "-f", help="As with `run --force`")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON")] = False,
) -> int:
    """Say which actions would run, which are kept, and why."""
    from armslength.runner.environments.reusable import homes_of_this_machine
    from armslength.runner.local.planning import Settings
    from armslength.runner.local.study import find_study

    study = find_study(project)
    pipeline = study.read_pipeline()
    show_warnings(pipeline)
    settings = Settings(
        force=force,
        images=images_of(executor),
        homes=homes_of_this_machine(),
        **data_of(pipeline, store=store, backend=backend, policy=policy, project=for_project),
    )
    return show_plan(study, pipeline, tuple(actions or [RUN_ALL]), settings, as_json=as_json)
