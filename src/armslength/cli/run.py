"""`armslength run`: run the actions of a study here, on made-up data, as the data centre would."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli import INTERRUPTED_STATUS
from armslength.cli.studies import (
    UNSAFE,
    BackendOption,
    ExecutorOption,
    ForProjectOption,
    PolicyOption,
    ProjectOption,
    StoreOption,
    choose_executor,
    data_of,
    images_of,
    parse_size,
    show_plan,
    show_warnings,
)
from armslength.kernel.errors import Mistake
from armslength.pipeline.model import RUN_ALL

if TYPE_CHECKING:
    from armslength.pipeline.model import Pipeline
    from armslength.runner.local.planning import Settings
    from armslength.runner.local.study import Study

INTERRUPTED = (
    "interrupted: every program of this run is ended; what is done is kept, and the next run goes on"
)
app = typer.Typer(add_completion=False, rich_markup_mode=None)


ActionsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="ACTION… | run_all", help="What to run; all it needs runs first")
]
ForceOption = Annotated[
    bool, typer.Option("--force", "-f", help="Run also what is already done, with all it needs")
]
PlanOption = Annotated[bool, typer.Option("--plan", help="Only say what would run and why")]
JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", "--concurrency", "-c", min=0, help="Actions at once; 0: by processors")
]
CoresOption = Annotated[
    int, typer.Option("--cores", min=0, help="Processors that all together may use; 0: all there are")
]
MemoryOption = Annotated[
    str, typer.Option("--memory", "-m", metavar="SIZE", help="What one action may use, such as 4G")
]
TotalOption = Annotated[
    str, typer.Option("--total-memory", metavar="SIZE", help="What all together may use; empty: all there is")
]
MinutesOption = Annotated[int, typer.Option("--minutes", min=1, help="How long one action may run")]
OnErrorOption = Annotated[
    bool, typer.Option("--continue-on-error", help="After a failure, still run what does not need it")
]
UnsafeOption = Annotated[
    bool,
    typer.Option("--unsafe-no-sandbox", help="Run without any bounds: the study can do all that you can"),
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait when another run works on this study")]
ExplainOption = Annotated[bool, typer.Option(help="After a failure, say what is known of its cause")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print events and the report as lines of JSON")]


@app.command()
def run(
    actions: ActionsArgument = None,
    project: ProjectOption = Path(),
    force: ForceOption = False,
    plan: PlanOption = False,
    jobs: JobsOption = 0,
    cores: CoresOption = 0,
    memory: MemoryOption = "4G",
    total_memory: TotalOption = "",
    minutes: MinutesOption = 24 * 60,
    continue_on_error: OnErrorOption = False,
    store: StoreOption = None,
    backend: BackendOption = "core",
    policy: PolicyOption = None,
    for_project: ForProjectOption = "",
    executor: ExecutorOption = "auto",
    unsafe_no_sandbox: UnsafeOption = False,
    wait: WaitOption = False,
    explain: ExplainOption = True,
    as_json: JsonOption = False,
) -> int:
    """Run actions of a study here. What is already done and unchanged is not run again."""
    from armslength.runner.local.study import find_study

    study = find_study(project)
    show_warnings(pipeline := study.read_pipeline())
    if not actions:
        raise _no_actions(pipeline)
    settings = replace(
        _budget(jobs=jobs, cores=cores, memory=memory, total=total_memory),
        minutes=minutes,
        force=force,
        keep_going=continue_on_error,
        **data_of(pipeline, store=store, backend=backend, policy=policy, project=for_project),
        images=images_of(executor),
    )
    if plan:
        return show_plan(study, pipeline, tuple(actions), settings, as_json=as_json)
    how = How(UNSAFE if unsafe_no_sandbox else executor, wait=wait, explain=explain, as_json=as_json)
    return _run(study, pipeline, tuple(actions), settings, how)


@dataclass(frozen=True)
class How:
    """What only the command line knows of a run."""

    executor: str
    wait: bool
    explain: bool
    as_json: bool


def _budget(*, jobs: int, cores: int, memory: str, total: str) -> Settings:
    """Return settings with what may be used at once and by one action, and the reusable actions known here."""
    from armslength.runner.environments.reusable import homes_of_this_machine
    from armslength.runner.local.planning import Settings, memory_of_machine, processors

    total_megabytes = parse_size(total, option="--total-memory") if total else memory_of_machine()
    places = jobs or cores or processors()
    return Settings(
        jobs_at_once=min(places, cores) if cores else places,
        processors=cores or processors(),
        job_megabytes=min(parse_size(memory, option="--memory"), total_megabytes),
        total_megabytes=total_megabytes,
        homes=homes_of_this_machine(),
    )


def _run(study: Study, pipeline: Pipeline, actions: tuple[str, ...], settings: Settings, how: How) -> int:
    from armslength.cli.run_display import display_for
    from armslength.cli.run_report import show_report
    from armslength.runner.local.running import StudyRun
    from armslength.runner.local.state import only_run, open_state

    study.make_state()
    chosen = choose_executor(how.executor, study)
    with only_run(study, wait=how.wait), _stopped_by_signals():
        store, told = open_state(study)
        try:
            if told:
                print(f"warning: {told}", file=sys.stderr)
            running = StudyRun(study, store=store, executor=chosen, settings=settings)
            display = display_for(as_json=how.as_json)
            if running.recover():
                print("an earlier run was cut off; what it left running is taken over", file=sys.stderr)
                with display:
                    running.follow(display.show)
            planned = running.begin(pipeline, actions)
            display.plan(planned)
            with display:
                running.follow(display.show)
            return show_report(running, planned, explain=how.explain, as_json=how.as_json)
        except KeyboardInterrupt:
            print(INTERRUPTED, file=sys.stderr)
            return INTERRUPTED_STATUS
        finally:
            store.close()


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end a run as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # What whoever started us had us ignore (`nohup`) stays ignored.
    heeded = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _no_actions(pipeline: Pipeline) -> Mistake:
    names = ", ".join(list(pipeline.actions)[:20])
    return Mistake(
        "P030",
        "no action is named",
        where="project.yaml",
        hint=f"name one or more of: {names}; or `{RUN_ALL}` for all of them",
        exit_status=2,
    )
