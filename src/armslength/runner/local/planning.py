"""Planning on a laptop: what would run, what is kept, and why, before anything is done."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from armslength.kernel.errors import Mistake, Mistakes
from armslength.kernel.files import sha256_of
from armslength.kernel.ids import new_id
from armslength.pipeline.graph import with_needs
from armslength.pipeline.model import Action, Pipeline
from armslength.pipeline.patterns import matches
from armslength.pipeline.reading import FILE_NAME
from armslength.policy.data_permissions import DataPermission
from armslength.policy.inside import InsidePolicy, Limits, ProjectPolicy
from armslength.runner.environments import Homes, environment_of
from armslength.runner.environments.reusable import fetch_or_say
from armslength.runner.lifecycle.records import FileRecord, JobPlan, JobRecord
from armslength.runner.local.code import Code, fingerprint
from armslength.runner.local.recipes import differences, recipe_of
from armslength.runner.local.refusals import why_not_here
from armslength.runner.local.state import LocalStore
from armslength.runner.local.study import WORKSPACE, Study
from armslength.runner.planner import plan_jobs
from armslength.wire.jobs import JobRequest

PROJECT = "local"
# Code is compared file by file, so the commit that a request names says nothing.
ANY_COMMIT = "0" * 40


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a study is run here."""

    jobs_at_once: int = 2
    processors: int = 2  # of all actions together
    job_megabytes: int = 4096
    total_megabytes: int = 8192
    minutes: int = 24 * 60
    processes: int = 256
    disk_megabytes: int = 20 * 1024
    force: bool = False
    keep_going: bool = False
    database: Path | None = None  # a store that queries read; None: they make data up
    backend: str = "core"
    policy_file: Path | None = None  # by which raw SQL is judged, and
    project: str = ""  # for whom
    images: bool = False  # actions run in containers, each in the image of its environment
    homes: Homes | None = None  # the reusable actions that are known on this machine

    @property
    def processors_of_each(self) -> int:
        """How many processors one action may count on when as many run at once as may."""
        return max(1, self.processors // self.jobs_at_once)

    @property
    def policy(self) -> InsidePolicy:
        """The settings in the words of the data centre's policy, which the planner speaks."""
        limits = Limits(
            memory_megabytes=self.job_megabytes,
            minutes=self.minutes,
            processes=self.processes,
            disk_megabytes=self.disk_megabytes,
            jobs_at_once=self.jobs_at_once,
        )
        project = ProjectPolicy(
            slug=PROJECT,
            repositories=(),
            branches=(),
            workspaces=(),
            environments=(),
            data_permissions=frozenset(DataPermission),
            approved_by=PROJECT,
            approved_on=date.min,
            expires_on=date.max,
            limits=limits,
        )
        return InsidePolicy(
            backend=PROJECT,
            server_url="",
            ledger_key="",
            limits=limits,
            projects={PROJECT: project},
            where=FILE_NAME,
        )


class Verdict(StrEnum):
    """What becomes of an action in a run."""

    RUN = "run"
    PERHAPS = "perhaps"  # runs when what it needs comes out differently
    KEEP = "keep"  # its outputs are those it would make now


@dataclass(frozen=True)
class Planned:
    """One action of a plan with the reasons for its verdict, in words."""

    action: Action
    verdict: Verdict
    reasons: tuple[str, ...]
    environment: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of a study at one moment, to judge its actions by."""

    study: Study
    store: LocalStore
    code: Code
    database: str = ""
    files: Mapping[str, tuple[FileRecord, ...]] = field(default_factory=dict)  # by action


def look(study: Study, store: LocalStore, code: Code, settings: Settings) -> Known:
    """Gather what is known now."""
    files: dict[str, list[FileRecord]] = {}
    for record in store.files(WORKSPACE):
        files.setdefault(record.action, []).append(record)
    database = f"{settings.database} ({settings.backend})" if settings.database else ""
    if settings.policy_file is not None:
        judged = f"judged for {settings.project} by the policy sha256:{sha256_of(settings.policy_file)[:12]}"
        database = ", ".join(filter(None, (database, judged)))
    return Known(study, store, code, database, {action: tuple(found) for action, found in files.items()})


def inputs_of(plan: JobPlan, known: Known) -> dict[str, str]:
    """Return the outputs of the actions that a job needs: path to SHA-256."""
    return {record.path: record.sha256 for need in plan.needs for record in known.files.get(need, ())}


def why_run(plan: JobPlan, known: Known) -> tuple[str, ...]:
    """Say why an action has to run, or nothing when its outputs are those it would make now."""
    last = known.store.newest_success(WORKSPACE, plan.action)
    if last is None:
        return ("it has not succeeded yet",)
    then = known.store.recipe(last.id)
    if then is None:
        return ("nothing is remembered of what its outputs were made from",)
    now = recipe_of(plan, code=known.code, inputs=inputs_of(plan, known), database=known.database)
    reasons = differences(then, now, code=known.code, pipeline_file=FILE_NAME)
    return reasons + _why_not_there(plan, known)


def _why_not_there(plan: JobPlan, known: Known) -> tuple[str, ...]:
    """Say which outputs are not as the action left them."""
    reasons = []
    records = known.files.get(plan.action, ())
    for record in records:
        place = known.study.folder / record.path
        try:
            status = place.lstat()
        except OSError:
            reasons.append(f"its output `{record.path}` is gone")
            continue
        if (
            place.is_symlink()
            or fingerprint(known.study.folder, record.path, known.store, status) != record.sha256
        ):
            reasons.append(f"its output `{record.path}` was changed by hand")
    for pattern in plan.patterns:
        if not any(matches(pattern.pattern, record.path) for record in records):
            reasons.append(f"there is no output `{pattern.pattern}` of it")
    return tuple(reasons[:5])


def request_for(actions: Iterable[str], settings: Settings, *, now: datetime) -> JobRequest:
    """Return the request that a run on this machine stands for."""
    return JobRequest(
        id=new_id(),
        backend=PROJECT,
        project=PROJECT,
        workspace=WORKSPACE,
        repository=PROJECT,
        branch=PROJECT,
        commit=ANY_COMMIT,
        actions=tuple(actions),
        force=settings.force,
        requested_by=PROJECT,
        requested_at=now,
    )


def plan_actions(
    pipeline: Pipeline, request: JobRequest, known: Known, settings: Settings
) -> tuple[tuple[Planned, ...], tuple[JobPlan, ...]]:
    """Return what becomes of every action of a request, needs first, and the jobs of those that run.

    Raises Mistakes: P030 for unknown actions, and one for every action that cannot run on this machine.
    """
    wanted = with_needs(pipeline, request.actions)
    _refuse_what_cannot_run(wanted, settings)
    project = settings.policy.projects[PROJECT]
    images = settings.images
    drafts = {
        plan.action: plan
        for plan in plan_jobs(
            pipeline,
            request,
            project,
            newest_success=lambda action: None,
            images=images,
            homes=settings.homes,
        )
    }
    reasons = {action: why_run(plan, known) for action, plan in drafts.items()}
    jobs = plan_jobs(
        pipeline,
        request,
        project,
        newest_success=lambda action: _kept(action, drafts, reasons, known),
        images=images,
        homes=settings.homes,
    )
    refuse_links(known.study, jobs)
    running = {job.action for job in jobs}
    planned = []
    for action in wanted:
        verdict, why = _verdict(action, reasons[action.id], running=running, force=settings.force)
        planned.append(Planned(action, verdict, why, drafts[action.id].environment))
    return tuple(planned), jobs


def _kept(
    action: str, drafts: Mapping[str, JobPlan], reasons: Mapping[str, tuple[str, ...]], known: Known
) -> JobRecord | None:
    """Return the success that an action is kept for, told under the key of today: its recipe was compared."""
    last = known.store.newest_success(WORKSPACE, action)
    if last is None or reasons[action]:
        return None
    return replace(last, plan=replace(last.plan, content_key=drafts[action].content_key))


def refuse_links(study: Study, jobs: Iterable[JobPlan]) -> None:
    """Raise Mistakes R057 for outputs that would lie behind a link: they might replace files of something else."""
    linked: dict[str, str] = {}
    for job in jobs:
        for pattern in job.patterns:
            folder = study.folder
            for part in pattern.pattern.split("/")[:-1]:
                folder = folder / part
                if folder.is_symlink():
                    linked.setdefault(str(folder.relative_to(study.folder)), job.action)
    if linked:
        raise Mistakes(
            [
                Mistake(
                    "R057",
                    f"outputs of `{action}` would be written through the link `{folder}`",
                    where=str(study.folder / folder),
                    hint="make it a real folder: outputs are only written inside the study",
                )
                for folder, action in linked.items()
            ]
        )


def _verdict(
    action: Action, reasons: tuple[str, ...], *, running: set[str], force: bool
) -> tuple[Verdict, tuple[str, ...]]:
    if action.id not in running:
        return Verdict.KEEP, ("nothing that decides its outputs changed since it made them",)
    if force:
        return Verdict.RUN, ("it is asked for with --force", *reasons)
    if reasons:
        return Verdict.RUN, reasons
    needs = ", ".join(f"`{need}`" for need in action.needs if need in running)
    return Verdict.PERHAPS, (f"only if {needs} gives something else than last time",)


def _refuse_what_cannot_run(actions: Iterable[Action], settings: Settings) -> None:
    """Raise Mistakes for all actions that cannot run here, before any runs; each environment is looked for once."""
    mistakes = []
    looked_for: set[str] = set()
    for action in actions:
        judged = settings.database is None or settings.policy_file is not None
        if refusal := why_not_here(action, judged=judged):
            mistakes.append(refusal)
            continue
        if action.command.environment in looked_for:
            continue
        looked_for.add(action.command.environment)
        try:
            if settings.homes is not None:
                fetch_or_say([action.command.environment], settings.homes)
            environment_of(action.command, images=settings.images, homes=settings.homes)
        except Mistake as mistake:
            mistake.where = f"{FILE_NAME}:{action.place.line}, action `{action.id}`"
            mistakes.append(mistake)
    if mistakes:
        raise Mistakes(mistakes)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def memory_of_machine() -> int:
    """Return the memory of this machine in MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
