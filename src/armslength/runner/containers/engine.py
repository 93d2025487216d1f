"""The container engine, through its own command: the one small component that speaks to its socket (S11).

Every call names the engine and reads no configuration of whoever calls, so nobody's credentials or contexts are used.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armslength.kernel.jail import SEARCH_PATH

LOCAL = "unix:///var/run/docker.sock"
SECONDS = 120


class EngineError(OSError):
    """The engine refused or did not answer. An OSError, so that whoever lays out a job tries again later."""


@dataclass(frozen=True)
class Engine:
    """One engine on this machine. `host` is its socket, as in DOCKER_HOST."""

    host: str = LOCAL

    @classmethod
    def of_this_machine(cls) -> Engine:
        """Return the engine that DOCKER_HOST names, else the machine's own."""
        return cls(os.environ.get("DOCKER_HOST") or LOCAL)

    def popen(self, arguments: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
        """Start one command of the engine and leave it running."""
        return subprocess.Popen([*self._command(), *arguments], env=_surroundings(), **how)

    def call(self, *arguments: str, seconds: float = SECONDS) -> str:
        """Run one command and return what it prints. Raises EngineError with what it says."""
        try:
            done = subprocess.run(
                [*self._command(), *arguments],
                env=_surroundings(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError(f"the container engine does not answer: {error}") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
            raise EngineError(said)
        return done.stdout.decode(errors="replace").strip()

    def inspect(self, container: str) -> dict[str, Any] | None:
        """Return what the engine knows of a container; None when there is none."""
        try:
            found: list[dict[str, Any]] = json.loads(self.call("container", "inspect", container))
        except EngineError as error:
            if "no such container" in str(error).lower():
                return None
            raise
        return found[0]

    def containers(self, *, label: str) -> list[dict[str, str]]:
        """Return the name and the labels of every container with this label, running or not."""
        lines = self.call("ps", "--all", "--no-trunc", "--filter", f"label={label}", "--format", "{{json .}}")
        return [json.loads(line) for line in lines.splitlines()]

    def has_image(self, reference: str) -> bool:
        """Say whether the engine holds an image already. Nothing is ever pulled for a job."""
        try:
            self.call("image", "inspect", "--format", "{{.Id}}", reference)
        except EngineError as error:
            if "no such image" in str(error).lower():
                return False
            raise
        return True

    def remove(self, container: str) -> None:
        """Kill a container and remove it with all that is its own; nothing when there is none."""
        try:
            self.call("rm", "--force", "--volumes", container)
        except EngineError as error:
            if "no such container" not in str(error).lower():
                raise

    def kill(self, container: str) -> None:
        """End everything in a container at once; nothing when it has ended."""
        try:
            self.call("kill", container)
        except EngineError as error:
            if not any(words in str(error).lower() for words in ("not running", "no such container")):
                raise

    def why_not_usable(self) -> str | None:
        """Return None when jobs can be confined here, else the reason and what helps."""
        if shutil.which("docker", path=SEARCH_PATH) is None:
            return "the docker command is not installed; run `apt-get install docker.io`"
        if not self.host.startswith("unix://"):
            return f"the engine at {self.host} is not on this machine, so it cannot see the files of a job"
        try:
            known: dict[str, Any] = json.loads(self.call("info", "--format", "{{json .}}", seconds=30))
        except (EngineError, ValueError) as error:
            return f"the container engine does not answer at {self.host}: {error}"
        if wrong := known.get("ServerErrors"):
            return f"the container engine does not answer at {self.host}: {'; '.join(wrong)}"
        return why_not_confining(known)

    def _command(self) -> list[str]:
        return [shutil.which("docker", path=SEARCH_PATH) or "docker", "--host", self.host]


def why_not_confining(known: dict[str, Any]) -> str | None:
    """Return why an engine, by what it says of itself, cannot hold a job to its limits; None when it can.

    >>> why_not_confining({"MemoryLimit": True, "PidsLimit": True, "SecurityOptions": ["name=seccomp,profile=default"]})
    >>> why_not_confining({"MemoryLimit": False, "PidsLimit": True})
    'this engine cannot limit memory: the kernel lacks the control group'
    """
    for name, words in (("MemoryLimit", "memory"), ("PidsLimit", "the number of processes")):
        if not known.get(name):
            return f"this engine cannot limit {words}: the kernel lacks the control group"
    options = [str(one) for one in known.get("SecurityOptions") or ()]
    if not any(one.startswith("name=seccomp") for one in options) or any(
        "profile=unconfined" in one for one in options
    ):
        return "this engine does not filter system calls: switch its default seccomp profile on"
    if any(one.startswith(("name=rootless", "name=userns")) for one in options):
        return "this engine changes user ids, so nobody could tell whose the files of a job are"
    return None


def _surroundings() -> dict[str, str]:
    # An empty folder of settings: no context, no credential helper, no proxy that would be put into containers.
    return {"PATH": SEARCH_PATH, "HOME": "/nonexistent", "DOCKER_CONFIG": "/nonexistent", "LANG": "C.UTF-8"}


def control_groups(process: int) -> tuple[Path, ...]:
    """Return the folders of the control groups of a container's first process, to read its memory from."""
    root, found = Path("/sys/fs/cgroup"), []
    try:
        lines = Path(f"/proc/{process}/cgroup").read_text().splitlines()
    except OSError:
        return ()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        folder = root / path.lstrip("/") if not controllers else root / "memory" / path.lstrip("/")
        # The bare top is everybody's: its figures would not be the job's.
        if controllers in ("", "memory") and path != "/" and folder.is_dir():
            found.append(folder)
    return tuple(found)
