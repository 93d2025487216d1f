"""A folder for each job, whichever way it is confined: what was laid out, what it wrote and said, how it ended."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from armslength.kernel import files
from armslength.kernel.bubblewrap import Bind
from armslength.kernel.errors import Mistake
from armslength.runner import supervisor
from armslength.runner.executor import DATABASE_INSIDE, POLICY_INSIDE, JobSpec, Result

_PREPARED = "prepared.json"


class JobFolders:
    """The part of an executor that is about files. `folder` holds one folder per job, and is the runner's alone."""

    folder: Path

    def result(self, job: str) -> Result:
        """Read how the program ended."""
        return Result(**json.loads((self._job(job) / supervisor.RESULT).read_text()))

    def terminate(self, job: str) -> None:
        """Leave the wish where whoever watches the job looks for it."""
        folder = self._job(job)
        if folder.is_dir():
            (folder / supervisor.TERMINATE).touch()

    def work(self, job: str) -> Path:
        """Return the folder the job wrote to."""
        return self._job(job) / "work"

    def given(self, job: str) -> frozenset[str]:
        """Return the paths that were laid out."""
        return frozenset(self._prepared(job)["given"])

    def owner(self, job: str) -> int:
        """Return the user the job ran as, as this machine sees it."""
        return int(self._prepared(job)["owner"])

    def log(self, job: str) -> Path:
        """Return the log file."""
        return self._job(job) / supervisor.LOG

    def _binds(self, spec: JobSpec, job: Path) -> tuple[Bind, ...]:
        """Return what a job sees of the database and of the policy, of which it gets a copy that it may read."""
        binds = (Bind(spec.database, DATABASE_INSIDE),) if spec.database else ()
        if spec.policy is None:
            return binds
        copy = job / "policy.toml"
        shutil.copyfile(spec.policy, copy)
        copy.chmod(0o444)
        return (*binds, Bind(copy, POLICY_INSIDE))

    def _job(self, job: str) -> Path:
        if not job.isalnum():
            raise Mistake("R020", f"`{job}` is not the id of a job", where=str(self.folder))
        return self.folder / job

    def _is_prepared(self, job: str) -> bool:
        return (self._job(job) / _PREPARED).exists()

    def _set_prepared(self, job: str, *, given: frozenset[str], owner: int) -> None:
        """Write down last of all that the job is laid out: a half-finished layout is not."""
        content = {"given": sorted(given), "owner": owner}
        files.write_text(self._job(job) / _PREPARED, json.dumps(content))

    def _prepared(self, job: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self._job(job) / _PREPARED).read_text())
        return content
