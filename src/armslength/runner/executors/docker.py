"""Docker: each job in a container of its own, held by a container engine on this machine."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from armslength.kernel import files
from armslength.kernel.errors import Mistake
from armslength.runner import supervisor
from armslength.runner.containers import watcher
from armslength.runner.containers.describing import LABEL, creation, why_not_image
from armslength.runner.containers.engine import Engine, EngineError
from armslength.runner.executor import JobSpec, Phase
from armslength.runner.executors.job_folders import JobFolders
from armslength.runner.workarea import lay_out, remove_tree, user_of


class DockerExecutor(JobFolders):
    """Runs jobs in containers. `folder` holds one folder per job and belongs to the runner alone."""

    runs_images = True

    def __init__(self, folder: Path, *, engine: Engine | None = None) -> None:
        self.folder = folder.absolute()
        self.engine = engine or Engine.of_this_machine()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def prepare(self, spec: JobSpec) -> None:
        """Lay out the work area and make the container, which the engine then keeps until cleanup."""
        if self.phase(spec.id) is not Phase.ABSENT:
            return
        self.cleanup(spec.id)
        if reason := why_not_image(spec.image):
            raise Mistake("R024", reason, where=spec.id, hint="armslength environments list")
        if not self.engine.has_image(spec.image):
            what = f"this engine does not hold the image {spec.image}"
            raise Mistake("R024", what, where=spec.id, hint="armslength environments list")
        job = self._job(spec.id)
        work = job / "work"
        work.mkdir(parents=True)
        layout = lay_out(spec, work)
        user = user_of(spec.id) if os.geteuid() == 0 else os.geteuid()
        name = self.container(spec.id)
        binds = (*layout.binds, *self._binds(spec, job))
        self.engine.call(
            *creation(spec, name=name, folder=job, work=work, binds=binds, user=user), seconds=300
        )
        (job / "variables").unlink()
        described = {"name": name, "host": self.engine.host, "limits": asdict(spec.limits)}
        files.write_text(job / watcher.CONTAINER, json.dumps(described))
        self._set_prepared(spec.id, given=layout.given, owner=user)

    def start(self, job: str) -> None:
        """Start the watcher, which starts the container. Its lock decides when two are started."""
        if self.phase(job) is Phase.PREPARED:
            self._start_watcher(job)

    def phase(self, job: str) -> Phase:
        """Ask the job's folder first, then the engine; a container without a watcher gets one."""
        folder = self._job(job)
        if not self._is_prepared(job):
            return Phase.ABSENT
        if (folder / supervisor.RESULT).exists():
            return Phase.FINISHED
        lock = supervisor.take_lock(folder)
        if lock is None:
            return Phase.RUNNING
        os.close(lock)
        if (folder / supervisor.RESULT).exists():
            return Phase.FINISHED
        try:
            found = self.engine.inspect(self.container(job))
        except EngineError:
            # An engine that is restarting has not ended anything that we know of.
            if (folder / supervisor.STARTED).exists():
                return Phase.RUNNING
            raise
        if found is not None and found["State"]["Status"] == "created":
            return Phase.PREPARED
        if found is None or self._was_before_this_boot(folder):
            return Phase.LOST
        self._start_watcher(job)
        return Phase.RUNNING

    def cleanup(self, job: str) -> None:
        """End what runs, remove the container and the folder."""
        folder = self._job(job)
        self.terminate(job)
        self.engine.remove(self.container(job))
        if folder.is_dir():
            if (lock := supervisor.wait_for_lock(folder, seconds=10)) is not None:
                os.close(lock)
            remove_tree(folder)

    def jobs(self) -> frozenset[str]:
        """Return the jobs that have a folder or a container."""
        folders = {entry.name for entry in self.folder.iterdir() if entry.is_dir()}
        names = {one["Names"] for one in self.engine.containers(label=f"{LABEL}.jobs={self.folder}")}
        return frozenset(folders | {name.removeprefix(self.container("")) for name in names})

    def why_not_usable(self) -> str | None:
        """Ask the engine."""
        return self.engine.why_not_usable()

    def _start_watcher(self, job: str) -> None:
        supervisor.start_beside("armslength.runner.containers.watcher", str(self._job(job)))

    def _was_before_this_boot(self, folder: Path) -> bool:
        started = folder / supervisor.STARTED
        return started.exists() and started.read_text() != watcher.BOOT.read_text()

    def container(self, job: str) -> str:
        """Return the name of a container: two runners on one machine never mean the same one."""
        ours = hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]
        return f"armslength-{ours}-{job}"
