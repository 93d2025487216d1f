"""Laying out: everything a job needs, checked once more and handed to the executor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of
from armslength.kernel.ids import derived_id
from armslength.pipeline.graph import with_needs
from armslength.pipeline.kinds import is_raw_sql, reads_definitions
from armslength.pipeline.model import Pipeline
from armslength.pipeline.reading import FILE_NAME, read_pipeline
from armslength.policy.inside import InsidePolicy, why_not_environment
from armslength.runner.checkout import Repositories, extract, read_file
from armslength.runner.configuration import Configuration
from armslength.runner.environments import Environment, Homes, find_environment, variables
from armslength.runner.environments.reusable import fetch_actions
from armslength.runner.executor import MEBIBYTE, POLICY_INSIDE, Executor, InputFile, JobLimits, JobSpec
from armslength.runner.levels import Roots
from armslength.runner.lifecycle.records import FileRecord, JobPlan
from armslength.wire.jobs import JobRequest


@dataclass(frozen=True)
class Layer:
    """What laying out needs of the runner. Used by several threads at once; changes nothing of itself."""

    configuration: Configuration
    repositories: Repositories
    executor: Executor
    backend: str

    @property
    def roots(self) -> Roots:
        """The two levels."""
        return Roots(self.configuration.high_privacy, self.configuration.medium_privacy)

    def homes_of(self, policy: InsidePolicy) -> Homes:
        """Return the reusable actions that a policy allows, and where their code is kept."""
        return Homes(policy.actions, self.configuration.state / "actions")

    def pipeline_of(self, request: JobRequest, policy: InsidePolicy) -> Pipeline:
        """Fetch the branch, prove that the commit is on it, and read its pipeline.

        The code of reusable actions is fetched, too, of those alone that the project may use. Raises CannotFetch,
        Mistake or Mistakes.
        """
        mirror = self.repositories.fetch(url=request.repository, branch=request.branch, commit=request.commit)
        pipeline = read_pipeline(read_file(mirror, commit=request.commit, path=FILE_NAME))
        project = policy.projects[request.project]
        names = {action.command.environment for action in with_needs(pipeline, request.actions)}
        allowed = [name for name in sorted(names) if why_not_environment(project, name) is None]
        fetch_actions(allowed, self.homes_of(policy))
        return pipeline

    def checkout_of(self, request: JobRequest) -> Path:
        """Return where the code of a request lies."""
        return self.configuration.state / "checkouts" / derived_id(request.repository, request.commit)

    def lay_out(
        self, plan: JobPlan, request: JobRequest, inputs: Iterable[FileRecord], *, homes: Homes
    ) -> None:
        """Lay a job out. Raises CannotFetch or OSError (try again), or Mistake (it will never work)."""
        fetch_actions([plan.environment], homes)
        found = environment_of_plan(plan, homes=homes)
        mirror = self.repositories.fetch(url=request.repository, branch=request.branch, commit=request.commit)
        checkout = self.checkout_of(request)
        extract(mirror, commit=request.commit, folder=checkout)
        root = self.roots.level3(request.workspace)
        database = self.configuration.database_folder if plan.reads_database else None
        if plan.reads_database and (database is None or not database.is_dir()):
            raise Mistake("R022", "this runner has no database to query", where=str(self.configuration.where))
        spec = job_spec(
            plan,
            code=checkout,
            inputs=inputs,
            root=root,
            database=database,
            variables=self._variables(plan, project=request.project),
            environment=found,
            policy=self.configuration.policy,
        )
        self.executor.prepare(spec)

    def _variables(self, plan: JobPlan, *, project: str) -> dict[str, str]:
        found = variables(backend=self.backend)
        if is_raw_sql(plan.environment):
            found |= variables_of_sql(project)
        if plan.reads_database:
            found |= self.configuration.database_variables
            found["EHRQL_ISOLATE_USER_CODE"] = "always"  # a definition never runs beside the database
            found["EHRQL_PERMISSIONS"] = json.dumps(list(plan.data_permissions))
            found["ARMSLENGTH_REQUIRED_RESTRICTIONS"] = json.dumps(list(plan.required_restrictions))
        return found


def environment_of_plan(plan: JobPlan, *, homes: Homes | None) -> Environment:
    """Return the environment of a job. Raises Mistake R010 when it is no longer that with which it was planned."""
    environment = find_environment(plan.environment, images=bool(plan.image), homes=homes)
    if plan.environment_digest != environment.digest:
        what = f"the environment {plan.environment} was changed since the job was planned"
        raise Mistake("R010", what, where=plan.action, hint="request it again")
    return environment


def job_spec(
    plan: JobPlan,
    *,
    code: Path,
    inputs: Iterable[FileRecord],
    root: Path,
    database: Path | None,
    variables: Mapping[str, str],
    environment: Environment,
    policy: Path | None = None,
    processors: int = 0,
) -> JobSpec:
    """Return what the executor is given: here and on a laptop the same. Raises Mistake R023 for a changed input.

    A reusable action is given its own code in place of the study's `code`; raw SQL alone is given the `policy`.
    """
    path = {"PATH": environment.path} if environment.path else {}
    return JobSpec(
        id=plan.id,
        argv=plan.argv,
        code=environment.code or code,
        inputs=tuple(_input(record, root) for record in inputs),
        patterns=tuple(one.pattern for one in plan.patterns),
        # In a container the image says where its programs are.
        environment={**{name: value for name, value in variables.items() if name != "PATH"}, **path},
        database=database,
        nesting=reads_definitions(plan.environment),
        policy=policy if is_raw_sql(plan.environment) else None,
        limits=replace(limits_of(plan), processors=processors),
        folders=environment.folders,
        image=plan.image,
    )


def variables_of_sql(project: str) -> dict[str, str]:
    """Return what tells raw SQL for whom it is judged, and by which policy: that of the moment it is laid out."""
    return {"ARMSLENGTH_PROJECT": project, "ARMSLENGTH_POLICY": str(POLICY_INSIDE)}


def limits_of(plan: JobPlan) -> JobLimits:
    """Return what a job may use, from the policy as it was when the request was accepted."""
    disk = plan.disk_megabytes * MEBIBYTE
    return JobLimits(
        memory_bytes=plan.memory_megabytes * MEBIBYTE,
        seconds=plan.minutes * 60,
        cpu_seconds=plan.minutes * 60 * (os.cpu_count() or 1),
        processes=plan.processes,
        work_bytes=disk,
        file_bytes=disk,
    )


def _input(record: FileRecord, root: Path) -> InputFile:
    """Return an input, which must still be the very file that the needed job made (R9)."""
    source = root / record.path
    if not source.is_file() or source.is_symlink() or sha256_of(source) != record.sha256:
        what = f"the input `{record.path}` was replaced or removed since {record.action} made it"
        raise Mistake("R023", what, where=record.path, hint="request both actions again")
    return InputFile(source, record.path)
