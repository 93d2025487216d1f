"""One command by hand in a container, on a folder of this machine: confined as a job is, gone when it ends."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.bubblewrap import Bind
from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.runner.containers.describing import account_files, mount, variables_file, why_not_image
from armslength.runner.containers.engine import Engine
from armslength.runner.workarea import WORKSPACE

PROCESSES = 512
TEMPORARY = "/tmp:rw,nosuid,nodev,exec,mode=1777,size=1073741824"  # noqa: S108 (inside the container)


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """What somebody runs. `folder` is all of this machine that it sees, and may write to."""

    image: str
    argv: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str]
    memory_bytes: int
    user: int
    group: int
    network: bool = False
    terminal: bool = False


def arguments_of(asked: ByHand, *, name: str, files: Path) -> list[str]:
    """Return the engine's arguments; what they name is written into `files`. Raises R024 for an unpinned image."""
    if reason := why_not_image(asked.image):
        raise Mistake("R024", reason, where="exec", hint="armslength environments list --image")
    program, *rest = asked.argv
    accounts = account_files(files, asked.user)
    if asked.network:  # the engine's own files lead out
        accounts = [bind for bind in accounts if bind.inside.name not in ("hosts", "resolv.conf")]
    mounts = [mount(Bind(asked.folder, WORKSPACE), writable=True), *map(mount, accounts)]
    given = {"HOME": "/tmp", "LANG": "C.UTF-8", **asked.variables}  # noqa: S108 (inside the container)
    memory = str(asked.memory_bytes)
    return [
        *("run", "--rm", "--name", name, "--pull", "never", "--init", "--interactive"),
        *(["--tty"] if asked.terminal else []),
        *("--network", "bridge" if asked.network else "none", "--read-only", "--tmpfs", TEMPORARY),
        *(
            "--user",
            f"{asked.user}:{asked.group}",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges",
        ),
        *("--memory", memory, "--memory-swap", memory, "--pids-limit", str(PROCESSES)),
        *("--env-file", str(variables_file(files, given))),
        *(word for one in mounts for word in ("--mount", one)),
        *("--workdir", str(WORKSPACE), "--entrypoint", program, asked.image, *rest),
    ]


def run_by_hand(asked: ByHand, *, engine: Engine) -> int:
    """Run it on our own input and output; return its exit status. When we are interrupted it ends, too."""
    name = f"armslength-exec-{new_id()}"
    with tempfile.TemporaryDirectory(prefix="armslength-exec-") as folder:
        Path(folder).chmod(0o755)
        process = engine.popen(arguments_of(asked, name=name, files=Path(folder)))
        try:
            return process.wait()
        except KeyboardInterrupt:
            engine.remove(name)
            process.wait()
            raise
        finally:
            if process.poll() is None:
                process.kill()
