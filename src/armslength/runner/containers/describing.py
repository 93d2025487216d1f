"""Describing: the container of one job, as arguments of the engine. Nothing here starts anything."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from armslength.kernel import seccomp
from armslength.kernel.bubblewrap import Bind
from armslength.kernel.errors import Mistake
from armslength.runner.executor import MEBIBYTE, JobSpec
from armslength.runner.workarea import WORKSPACE

PINNED = re.compile(r"(?:[a-z0-9][\w./:-]*@)?sha256:[0-9a-f]{64}")
SHARED_MEMORY = 64 * MEBIBYTE
OPEN_FILES = 1024
LABEL = "org.armslength"


def why_not_image(image: str) -> str | None:
    """Return why a job may not run in this image, or None. A name moves; only a digest is one thing (S12).

    >>> why_not_image("python:3")
    'the image `python:3` is not pinned by its digest'
    >>> why_not_image("example.org/python@sha256:" + 64 * "0")
    """
    if not image:
        return "no image is known for this job"
    return None if PINNED.fullmatch(image) else f"the image `{image[:100]}` is not pinned by its digest"


def creation(
    spec: JobSpec, *, name: str, folder: Path, work: Path, binds: tuple[Bind, ...], user: int
) -> list[str]:
    """Return the arguments that create the container of a job, and write the files they name into `folder`."""
    if reason := why_not_image(spec.image):
        raise Mistake("R024", reason, where=spec.id, hint="build it: armslength environments build")
    mounts = [mount(Bind(work, WORKSPACE), writable=True)]
    mounts += [mount(bind) for bind in (*binds, *account_files(folder, user))]
    given = {"HOME": "/tmp", "LANG": "C.UTF-8", **spec.environment}  # noqa: S108 (inside the container)
    program, *rest = spec.argv
    return [
        *("create", "--name", name, "--pull", "never", "--init", "--hostname", "job"),
        *_labels(spec, folder),
        *_confinement(spec, folder, user),
        *_limits(spec),
        *("--env-file", str(variables_file(folder, given))),
        *(word for one in mounts for word in ("--mount", one)),
        *("--workdir", str(WORKSPACE), "--entrypoint", program, spec.image, *rest),
    ]


def _labels(spec: JobSpec, folder: Path) -> list[str]:
    labels = {"job": spec.id, "jobs": str(folder.parent), "image": spec.image}
    return [word for key, value in labels.items() for word in ("--label", f"{LABEL}.{key}={value}")]


def _confinement(spec: JobSpec, folder: Path, user: int) -> list[str]:
    """No network, no capability, no way to gain one, nothing of the image to write to."""
    line = ["--network", "none", "--read-only", "--user", f"{user}:{user}"]
    line += ["--ipc", "private", "--cgroupns", "private"]
    line += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    if spec.nesting:
        # A query builds a jail around the definition that it reads, which the engine's own filter forbids.
        line += ["--security-opt", f"seccomp={_query_filter(folder)}"]
    return line


def _limits(spec: JobSpec) -> list[str]:
    limits = spec.limits
    temporary = f"/tmp:rw,nosuid,nodev,exec,mode=1777,size={limits.temporary_bytes}"  # noqa: S108
    bounds = {
        "nofile": OPEN_FILES,
        "fsize": limits.file_bytes,
        "core": 0,
    }
    line = ["--memory", str(limits.memory_bytes), "--memory-swap", str(limits.memory_bytes)]
    line += ["--pids-limit", str(limits.processes), "--cpus", str(limits.processors or os.cpu_count() or 1)]
    line += ["--shm-size", str(SHARED_MEMORY), "--tmpfs", temporary]
    line += ["--ulimit", f"cpu={limits.cpu_seconds}:{limits.cpu_seconds + 1}"]
    for name, value in bounds.items():
        line += ["--ulimit", f"{name}={value}:{value}"]
    # What the engine itself keeps of the log, should the watcher be gone for a while.
    half = max(64 << 10, limits.log_bytes // 2)
    return [*line, "--log-driver", "local", "--log-opt", f"max-size={half}b", "--log-opt", "max-file=2"]


def account_files(folder: Path, user: int) -> list[Bind]:
    """Write what a program looks up about itself, in place of what the engine copies from the machine."""
    contents = {
        "passwd": f"researcher:x:{user}:{user}::{WORKSPACE}:/bin/sh\n",
        "group": f"researcher:x:{user}:\n",
        "hosts": "127.0.0.1 localhost job\n",
        "resolv.conf": "",
    }
    binds = []
    for name, text in contents.items():
        path = folder / name
        path.write_text(text)
        path.chmod(0o444)
        binds.append(Bind(path, Path("/etc") / name))
    return binds


def variables_file(folder: Path, variables: Mapping[str, str]) -> Path:
    """Write the variables where nobody else reads them: on a command line everybody would (S10)."""
    path = folder / "variables"
    for key, value in variables.items():
        if "\n" in key + value or "=" in key or not key:
            raise Mistake(
                "R024", f"the variable `{key[:50]}` cannot be given to a container", where=str(folder)
            )
    text = "".join(f"{key}={value}\n" for key, value in variables.items())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path


def _query_filter(folder: Path) -> Path:
    """Write the filter of a query: what every exploit starts with is refused, building a jail is not."""
    path = folder / "seccomp.json"
    rule = {"names": sorted(seccomp.DENIED), "action": "SCMP_ACT_ERRNO"}
    path.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}))
    return path


def mount(bind: Bind, *, writable: bool = False) -> str:
    """Write one mount. The engine reads it as a line of CSV, so a comma in a name needs quoting.

    >>> mount(Bind(Path("/a,b"), Path("/c")))
    'type=bind,"source=/a,b",target=/c,readonly'
    """
    fields = ["type=bind", f"source={bind.source.absolute()}", f"target={bind.inside}"]
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([*fields, *([] if writable else ["readonly"])])
    return line.getvalue()
