"""Planning: from a request and its pipeline to jobs, and from waiting jobs to those that may start now. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence

from armslength.kernel.ids import derived_id
from armslength.pipeline.graph import with_needs
from armslength.pipeline.kinds import is_raw_sql
from armslength.pipeline.model import Action, Pipeline
from armslength.policy.data_permissions import DataPermission
from armslength.policy.inside import InsidePolicy, ProjectPolicy, Refusal, why_not_environment
from armslength.runner.environments import Environment, Homes, environment_of
from armslength.runner.lifecycle.records import JobPlan, JobRecord
from armslength.runner.lifecycle.states import Reason
from armslength.runner.outputs import Pattern
from armslength.wire.jobs import JobRequest, JobState

# The newest job of an action that succeeded in the workspace, if its outputs are still the current ones.
NewestSuccess = Callable[[str], JobRecord | None]


OPTIONS_OF_THE_BACKEND = ("--dsn", "--backend", "--query-engine")


def why_not_actions(
    pipeline: Pipeline,
    request: JobRequest,
    project: ProjectPolicy,
    *,
    images: bool = False,
    homes: Homes | None = None,
) -> Refusal | None:
    """Say why the actions of a request may not be run for a project, or return None.

    Raises Mistakes P030 for unknown actions, and Mistake R010 to R016 for environments that cannot be used here.
    """
    for action in with_needs(pipeline, request.actions):
        environment = environment_of(action.command, images=images, homes=homes)
        if action.reads_database and (option := _says_where(action.command.arguments)):
            words = f"Action {action.id}: `{option}` is for this backend to say, not for a study"
            return Refusal("option_not_allowed", words)
        if (
            is_raw_sql(action.command.environment)
            and DataPermission.SQLRUNNER not in project.data_permissions
        ):
            words = (
                f"The project {project.slug} does not have the data permission `{DataPermission.SQLRUNNER}`"
            )
            return Refusal("sql_not_allowed", f"Action {action.id}: {words}")
        # A reusable action needs both: that it may be used, and that what it runs in may be.
        for name in filter(None, (action.command.environment, environment.base)):
            if refusal := why_not_environment(project, name):
                return Refusal(refusal.code, f"Action {action.id}: {refusal.words}")
    return None


def _says_where(arguments: Sequence[str]) -> str | None:
    """Return the option of a query that would choose another database, backend or engine, or None.

    Which backend reads the records decides whose records are left out, so a study never chooses it. The command
    takes any beginning of an option for the whole (`--back`), and what follows `--` belongs to the definition.
    """
    for argument in arguments:
        if argument == "--":
            return None
        name = argument.partition("=")[0]
        if len(name) > len("--") and any(option.startswith(name) for option in OPTIONS_OF_THE_BACKEND):
            return name
    return None


def plan_jobs(
    pipeline: Pipeline,
    request: JobRequest,
    project: ProjectPolicy,
    *,
    newest_success: NewestSuccess,
    images: bool = False,
    homes: Homes | None = None,
) -> tuple[JobPlan, ...]:
    """Return the jobs of a request, needs first. `images` tells that they will run in containers.

    What already succeeded with the same code, command, environment and inputs is kept, unless `force`.
    What needs an action that is run again is run again too.
    """
    plans: list[JobPlan] = []
    keys: dict[str, str] = {}
    source: dict[str, str] = {}  # action: the job its outputs come from
    fresh: set[str] = set()
    environments: dict[str, Environment] = {}  # finding one asks the disk
    for action in with_needs(pipeline, request.actions):
        name = action.command.environment
        if name not in environments:
            environments[name] = environment_of(action.command, images=images, homes=homes)
        environment = environments[name]
        key = _content_key(
            action, request, [keys[need] for need in action.needs], installed=environment.digest
        )
        keys[action.id] = key
        kept = None if request.force else newest_success(action.id)
        if kept is not None and kept.plan.content_key == key and fresh.isdisjoint(action.needs):
            source[action.id] = kept.id
            continue
        inputs_from = {need: source[need] for need in action.needs}
        plan = _plan(action, request, project, key=key, inputs_from=inputs_from, environment=environment)
        source[action.id] = plan.id
        fresh.add(action.id)
        plans.append(plan)
    return tuple(plans)


def _plan(
    action: Action,
    request: JobRequest,
    project: ProjectPolicy,
    *,
    key: str,
    inputs_from: dict[str, str],
    environment: Environment,
) -> JobPlan:
    limits = project.limits
    return JobPlan(
        id=derived_id(request.id, action.id),
        action=action.id,
        needs=action.needs,
        inputs_from=inputs_from,
        argv=environment.argv(action.command.arguments),
        environment=environment.name,
        environment_digest=environment.digest,
        image=environment.image,
        reusable=bool(environment.base),
        patterns=tuple(Pattern(output.pattern, output.level) for output in action.outputs),
        reads_database=action.reads_database,
        data_permissions=tuple(sorted(project.data_permissions)) if action.reads_database else (),
        required_restrictions=tuple(sorted(project.required_restrictions)) if action.reads_database else (),
        content_key=key,
        memory_megabytes=limits.memory_megabytes,
        minutes=limits.minutes,
        processes=limits.processes,
        disk_megabytes=limits.disk_megabytes,
    )


def _content_key(action: Action, request: JobRequest, needed: list[str], *, installed: str) -> str:
    """Return a hash of everything that decides what an action makes, but for the database."""
    described = {
        "repository": request.repository,
        "commit": request.commit,
        "action": action.id,
        "environment": action.command.environment,
        "installed": installed,
        "arguments": action.command.arguments,
        "outputs": [[output.pattern, output.level] for output in action.outputs],
        "needs": needed,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def decide(
    jobs: Sequence[JobRecord],
    *,
    policy: InsidePolicy,
    memory_megabytes: int,
    finished: Callable[[str], JobState | None],
    project_of: Callable[[JobRecord], str],
) -> list[tuple[JobRecord, Reason]]:
    """Say for each waiting job, in order, what becomes of it now: PREPARING, DEPENDENCY_FAILED or why it waits.

    `jobs` are all jobs that are not over, oldest request first; `finished` gives the state of any job. The jobs
    that run at once may use `memory_megabytes` together; one that alone may use more still runs, by itself.
    """
    busy = [job for job in jobs if job.state is not JobState.WAITING]
    places = policy.limits.jobs_at_once - len(busy)
    memory = memory_megabytes - sum(job.plan.memory_megabytes for job in busy)
    first_of_workspace: dict[str, str] = {}
    for job in jobs:
        first_of_workspace.setdefault(job.workspace, job.request)
    running = Counter(job.workspace for job in busy)
    of_project = Counter(project_of(job) for job in busy)
    waiting = [job for job in jobs if job.state is JobState.WAITING]
    # Few running in the workspace first (a fair share), then queries, which others wait for, then the oldest.
    waiting.sort(key=lambda job: (running[job.workspace], not job.plan.reads_database))
    decided = []
    for job in waiting:
        states = {finished(source) for source in job.plan.inputs_from.values()}
        reason = _why_wait(states)
        if reason is None and first_of_workspace[job.workspace] != job.request:
            reason = Reason.WAITING_FOR_WORKSPACE
        if reason is None:
            project = project_of(job)
            enough = job.plan.memory_megabytes <= memory or places == policy.limits.jobs_at_once
            fits = places > 0 and enough and of_project[project] < _places_of(project, policy)
            reason = Reason.PREPARING if fits else Reason.WAITING_FOR_PLACE
            places -= fits
            of_project[project] += fits
            memory -= job.plan.memory_megabytes * fits
        decided.append((job, reason))
    return decided


def _places_of(project: str, policy: InsidePolicy) -> int:
    """Return how many jobs of a project may run at once. One that is no longer allowed is stopped elsewhere."""
    known = policy.projects.get(project)
    return known.limits.jobs_at_once if known else policy.limits.jobs_at_once


def _why_wait(needed: set[JobState | None]) -> Reason | None:
    if needed & {JobState.FAILED, JobState.CANCELLED, None}:
        return Reason.DEPENDENCY_FAILED
    return None if needed <= {JobState.SUCCEEDED} else Reason.WAITING_FOR_NEEDS
