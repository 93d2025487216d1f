"""Laying out a job on a laptop, and clearing up after it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of
from armslength.pipeline.kinds import is_raw_sql
from armslength.pipeline.model import Pipeline
from armslength.runner.configuration import DATABASE_INSIDE
from armslength.runner.environments import variables
from armslength.runner.executor import Executor
from armslength.runner.laying_out import environment_of_plan, job_spec, variables_of_sql
from armslength.runner.lifecycle.records import FileRecord, JobPlan
from armslength.runner.local.code import Code, linked_copy, read_code, stand_still
from armslength.runner.local.planning import Known, Settings
from armslength.runner.local.recipes import Recipe, recipe_of
from armslength.runner.local.state import LocalStore
from armslength.runner.local.study import WORKSPACE, Study
from armslength.runner.workarea import remove_tree

BACKEND = "expectations"  # what study code is told where data is made up
# What numerical libraries and R ask when they decide how many threads to start.
THREADS_OF_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MC_CORES")
# A file may change while it is copied: so many tries, then we say so.
MOST_TRIES = 5


@dataclass(frozen=True)
class LocalLayer:
    """What laying out needs. Used by several threads at once; `copy` is code that stands still."""

    study: Study
    executor: Executor
    settings: Settings
    copy: Path | None

    def lay_out(self, plan: JobPlan, known: Known) -> Recipe:
        """Lay a job out; return its recipe. Raises Mistake or OSError."""
        environment = environment_of_plan(plan, homes=self.settings.homes)
        if self.copy is None:
            raise AssertionError("laid out before the code was copied")
        mine = self.code_of(plan.id)
        remove_tree(mine)
        mine.parent.mkdir(exist_ok=True)
        if environment.code is None:
            linked_copy(self.copy, mine)
        inputs: list[FileRecord] = [one for need in plan.needs for one in known.files.get(need, ())]
        spec = job_spec(
            plan,
            code=mine,
            inputs=inputs,
            root=self.study.folder,
            database=self.settings.database if plan.reads_database else None,
            variables=self._variables(plan),
            environment=environment,
            policy=self.settings.policy_file,
            processors=self.settings.processors_of_each,
        )
        self.executor.prepare(spec)
        read = {one.path: one.sha256 for one in inputs}
        return recipe_of(plan, code=known.code, inputs=read, database=known.database)

    def _variables(self, plan: JobPlan) -> dict[str, str]:
        found = variables(backend=BACKEND)
        found |= dict.fromkeys(THREADS_OF_LIBRARIES, str(self.settings.processors_of_each))
        if is_raw_sql(plan.environment):
            # Also without a database: the query is judged as this backend would.
            found["OPENSAFELY_BACKEND"] = self.settings.backend
            found |= variables_of_sql(self.settings.project) if self.settings.policy_file else {}
        if plan.reads_database and self.settings.database is not None:
            found |= {
                "DATABASE_URL": DATABASE_INSIDE,
                "OPENSAFELY_BACKEND": self.settings.backend,
                "EHRQL_ISOLATE_USER_CODE": "always",
            }
        return found

    def code_of(self, job: str) -> Path:
        """Return where the code of one job lies."""
        return self.study.state / "code-of-jobs" / job

    def clear(self, job: str) -> None:
        """End what runs of a job and remove what was laid out for it."""
        self.executor.cleanup(job)
        remove_tree(self.code_of(job))


def freeze_code(study: Study, pipeline: Pipeline, store: LocalStore) -> tuple[Code, Path]:
    """Read the code and copy it to where nobody edits it. Raises Mistake R050 or R051."""
    try:
        for _ in range(MOST_TRIES):
            code = read_code(study.folder, pipeline, store)
            copy = stand_still(study.folder, code, below=study.code)
            if copy is not None:
                return code, copy
    except OSError as error:
        raise Mistake(
            "R050",
            f"the code of the study cannot be copied: {error.strerror}",
            where=str(study.state),
            hint="make room on the disk, then run again",
        ) from None
    what = "files of the study change faster than they can be copied"
    raise Mistake(
        "R051", what, where=str(study.folder), hint="wait until nothing writes there, then run again"
    )


def remove_old_outputs(study: Study, records: Iterable[FileRecord]) -> None:
    """Remove outputs of earlier runs that were not made again, unless somebody changed them since."""
    for record in records:
        place = study.folder / record.path
        with contextlib.suppress(OSError):
            for shown in (record.path, f"{record.path}.txt"):
                (study.roots.level4(WORKSPACE) / shown).unlink(missing_ok=True)
            if not place.is_symlink() and _is_spelt_so(place) and sha256_of(place) == record.sha256:
                place.unlink()


def _is_spelt_so(place: Path) -> bool:
    """Say whether a file is there under this very name: some disks take another letter case for the same."""
    return place.name in {entry.name for entry in place.parent.iterdir()}
