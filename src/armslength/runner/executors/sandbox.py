"""The sandbox: each job in a jail of its own, on any Linux machine, with nothing to install but bubblewrap."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from armslength.kernel import bubblewrap, cgroups
from armslength.kernel.errors import Mistake
from armslength.kernel.jail import SEARCH_PATH
from armslength.runner import supervisor
from armslength.runner.executor import JobSpec, Phase
from armslength.runner.executors.job_folders import JobFolders
from armslength.runner.workarea import WORKSPACE, lay_out, remove_tree, user_of


class SandboxExecutor(JobFolders):
    """Runs jobs in bubblewrap. `folder` holds one folder per job and belongs to the runner alone."""

    runs_images = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def prepare(self, spec: JobSpec) -> None:
        """Lay out the work area and write down the jail."""
        if spec.image:
            what = "this job was planned for a container, and a sandbox has no images"
            raise Mistake("R024", what, where=spec.id, hint="request it again")
        if self.phase(spec.id) is not Phase.ABSENT:
            if self._is_prepared(spec.id):
                return
            self.cleanup(spec.id)
        job = self._job(spec.id)
        remove_tree(job)
        work = job / "work"
        work.mkdir(parents=True)
        layout = lay_out(spec, work)
        user = user_of(spec.id)
        binds = (*layout.binds, *self._binds(spec, job))
        supervisor.write_jail(job, _jail(spec, work, binds, user), spec.argv, asdict(spec.limits))
        owner = user if os.geteuid() == 0 else os.geteuid()
        self._set_prepared(spec.id, given=layout.given, owner=owner)

    def start(self, job: str) -> None:
        """Start the supervisor in a session of its own. Its lock decides when two are started."""
        if self.phase(job) is not Phase.PREPARED:
            return
        supervisor.start_beside("armslength.runner.supervisor", str(self._job(job)))

    def phase(self, job: str) -> Phase:
        """Read the facts in the job's folder."""
        folder = self._job(job)
        if not self._is_prepared(job):
            return Phase.ABSENT
        if (folder / supervisor.RESULT).exists():
            return Phase.FINISHED
        lock = supervisor.take_lock(folder)
        if lock is None:
            return Phase.RUNNING
        try:
            # Asked again under the lock: it may have ended between the two questions.
            if (folder / supervisor.RESULT).exists():
                return Phase.FINISHED
            return Phase.LOST if (folder / supervisor.STARTED).exists() else Phase.PREPARED
        finally:
            os.close(lock)

    def cleanup(self, job: str) -> None:
        """End what runs, remove the control groups and the folder."""
        folder = self._job(job)
        if not folder.is_dir():
            return
        self.terminate(job)
        if (lock := supervisor.wait_for_lock(folder, seconds=10)) is not None:
            os.close(lock)
        with contextlib.suppress(OSError, ValueError):
            groups = json.loads((folder / supervisor.GROUPS).read_text())
            cgroups.Group(tuple(Path(path) for path in groups)).close()
        remove_tree(folder)

    def jobs(self) -> frozenset[str]:
        """Return the jobs that have a folder."""
        return frozenset(entry.name for entry in self.folder.iterdir() if entry.is_dir())

    def why_not_usable(self) -> str | None:
        """Ask bubblewrap."""
        reason: str | None = bubblewrap.why_not_usable()
        return reason


def _jail(spec: JobSpec, work: Path, binds: tuple[bubblewrap.Bind, ...], user: int) -> bubblewrap.Jail:
    """Describe the jail: no network, read-only system, the work area, and the database for a query alone."""
    limits = spec.limits
    folders = tuple(bubblewrap.Bind(folder) for folder in spec.folders or ())
    return bubblewrap.Jail(
        python=spec.folders is None,
        read_only=(*folders, *binds),
        writable=(bubblewrap.Bind(work, WORKSPACE),),
        scratch=(bubblewrap.Scratch(Path("/tmp"), limits.temporary_bytes),),  # noqa: S108 (inside the jail)
        environment={"HOME": "/tmp", "PATH": SEARCH_PATH, "LANG": "C.UTF-8", **spec.environment},  # noqa: S108
        working_folder=WORKSPACE,
        nesting=spec.nesting,
        user=user,
        group=user,
        limits=bubblewrap.Limits(
            memory_bytes=limits.memory_bytes,
            cpu_seconds=limits.cpu_seconds,
            file_bytes=limits.file_bytes,
            processes=limits.processes,
        ),
    )
