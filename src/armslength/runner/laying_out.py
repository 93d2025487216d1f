"""Laying out: everything a job needs, checked once more and handed to the executor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of
from armslength.kernel.ids import derived_id
from armslength.pipeline.model import Pipeline
from armslength.pipeline.reading import FILE_NAME, read_pipeline
from armslength.runner.checkout import Repositories, extract, read_file
from armslength.runner.configuration import Configuration
from armslength.runner.environments import find_environment, variables
from armslength.runner.executor import MEBIBYTE, Executor, InputFile, JobLimits, JobSpec
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

    def pipeline_of(self, request: JobRequest) -> Pipeline:
        """Fetch the branch, prove that the commit is on it, and read its pipeline.

        Raises CannotFetch, Mistake or Mistakes.
        """
        mirror = self.repositories.fetch(url=request.repository, branch=request.branch, commit=request.commit)
        return read_pipeline(read_file(mirror, commit=request.commit, path=FILE_NAME))

    def checkout_of(self, request: JobRequest) -> Path:
        """Return where the code of a request lies."""
        return self.configuration.state / "checkouts" / derived_id(request.repository, request.commit)

    def lay_out(self, plan: JobPlan, request: JobRequest, inputs: Iterable[FileRecord]) -> None:
        """Lay a job out. Raises CannotFetch or OSError (try again), or Mistake (it will never work)."""
        check_environment(plan)
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
            environment=self._variables(plan),
        )
        self.executor.prepare(spec)

    def _variables(self, plan: JobPlan) -> dict[str, str]:
        found = variables(backend=self.backend)
        if plan.reads_database:
            found |= self.configuration.database_variables
            found["EHRQL_ISOLATE_USER_CODE"] = "always"  # a definition never runs beside the database
            found["EHRQL_PERMISSIONS"] = json.dumps(list(plan.data_permissions))
        return found


def check_environment(plan: JobPlan) -> None:
    """Raise Mistake R010 when the environment is no longer the one that the job was planned with."""
    environment = find_environment(plan.environment, images=bool(plan.image))
    if plan.environment_digest != environment.digest:
        what = f"the environment {plan.environment} was changed since the job was planned"
        raise Mistake("R010", what, where=plan.action, hint="request it again")


def job_spec(
    plan: JobPlan,
    *,
    code: Path,
    inputs: Iterable[FileRecord],
    root: Path,
    database: Path | None,
    environment: Mapping[str, str],
) -> JobSpec:
    """Return what the executor is given: here and on a laptop the same. Raises Mistake R023 for a changed input."""
    found = find_environment(plan.environment, images=bool(plan.image))
    path = {"PATH": found.path} if found.path else {}
    return JobSpec(
        id=plan.id,
        argv=plan.argv,
        code=code,
        inputs=tuple(_input(record, root) for record in inputs),
        patterns=tuple(one.pattern for one in plan.patterns),
        # In a container the image says where its programs are.
        environment={**{name: value for name, value in environment.items() if name != "PATH"}, **path},
        database=database,
        limits=limits_of(plan),
        folders=found.folders,
        image=plan.image,
    )


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
