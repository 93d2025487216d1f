"""A jail for one program: bubblewrap with nothing inside but what was asked for.

Who runs inside: started as root, the jail is built by root and the program then becomes an unprivileged
user that really is another user outside, too; started by anyone else, a user namespace does the same for
the inside only. A jail inside a jail works in both cases when the outer one has `nesting=True`.

A jail dies with the *thread* that started it (the kernel's rule for a parent's death): start it from a
thread that lives as long as the jail should.
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from armslength.kernel import cgroups, seccomp
from armslength.kernel.jail import JAIL_USER, MEBIBYTE, SEARCH_PATH, Bind, Jail, Limits, Scratch, command_line

__all__ = [
    "JAIL_USER",
    "MEBIBYTE",
    "Bind",
    "Jail",
    "Limits",
    "Outcome",
    "Running",
    "Scratch",
    "command",
    "run",
    "start",
    "why_not_usable",
]

# Joins the control groups named before `--`, then becomes the program named after it.
JOIN_GROUPS = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"'


@dataclass(frozen=True)
class Outcome:
    """How a jailed program ended. `exit_status` is negative for a signal, as in `subprocess`."""

    exit_status: int
    seconds: float
    timed_out: bool = False
    out_of_memory: bool = False
    peak_memory_bytes: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass
class Running:
    """A started jail. Call `wait` exactly once."""

    process: subprocess.Popen[bytes]
    group: cgroups.Group | None
    started: float

    def kill(self) -> None:
        """End the whole tree at once: the jail's first process dies with its monitor, the rest with it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, 9)

    def wait(self, seconds: float | None = None) -> Outcome:
        """Wait until the program ends, at most `seconds`; then kill the tree."""
        timed_out = not _ended_within(self.process.pid, seconds)
        if timed_out:
            self.kill()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        peak, out_of_memory = usage.ru_maxrss * 1024, False
        if self.group is not None:
            peak = self.group.peak_memory_bytes() or peak
            out_of_memory = self.group.ran_out_of_memory()
            self.group.close()
        return Outcome(
            exit_status=_program_status(self.process.returncode),
            seconds=time.monotonic() - self.started,
            timed_out=timed_out,
            out_of_memory=out_of_memory,
            peak_memory_bytes=peak,
        )


def start(
    jail: Jail,
    argv: Sequence[str],
    *,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    pass_descriptors: Sequence[int] = (),
) -> Running:
    """Start a program in a jail. Descriptors keep their numbers inside."""
    limits = jail.limits
    group = cgroups.make_group(memory_bytes=limits.memory_bytes, processes=limits.processes)
    with _open_descriptors(jail) as descriptors:
        arguments = command_line(jail, argv, descriptors, grouped=group is not None)
        if group is not None:
            files = [str(file) for file in group.member_files]
            arguments = ["/bin/sh", "-c", JOIN_GROUPS, "jail", *files, "--", *arguments]
        try:
            process = subprocess.Popen(
                arguments,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env={"PATH": SEARCH_PATH},
                pass_fds=(*descriptors.values(), *pass_descriptors),
                start_new_session=True,
            )
        except OSError:
            if group is not None:
                group.close()
            raise
    return Running(process, group, time.monotonic())


def run(
    jail: Jail,
    argv: Sequence[str],
    *,
    seconds: float,
    input_bytes: bytes = b"",
    output_limit: int = 16 * MEBIBYTE,
) -> Outcome:
    """Run a program in a jail and return what it wrote, cut at `output_limit` bytes each."""
    with _temporary_file(input_bytes) as stdin, _temporary_file() as stdout, _temporary_file() as stderr:
        outcome = start(jail, argv, stdin=stdin, stdout=stdout, stderr=stderr).wait(seconds)
        said, complained = (os.pread(descriptor, output_limit, 0) for descriptor in (stdout, stderr))
        return replace(outcome, stdout=said, stderr=complained)


def command(jail: Jail, argv: Sequence[str]) -> list[str]:
    """The command line of a jail, to look at: what `start` runs less its filter and control group."""
    return command_line(jail, argv, {}, grouped=False)


@functools.cache
def why_not_usable() -> str | None:
    """None when a jail works here, else the reason and the one command that helps."""
    if shutil.which("bwrap", path=SEARCH_PATH) is None:
        return "bubblewrap is not installed; run `apt-get install bubblewrap`"
    try:
        trial = run(Jail(python=False), ["/bin/true"], seconds=20)
    except OSError as error:
        return f"bubblewrap cannot be started: {error}"
    if trial.exit_status == 0:
        return None
    for setting, bad, good in (
        ("user.max_user_namespaces", "0", "15000"),
        ("kernel.unprivileged_userns_clone", "0", "1"),
        ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ):
        with contextlib.suppress(OSError):
            if (Path("/proc/sys") / setting.replace(".", "/")).read_text().strip() == bad:
                return f"user namespaces are switched off; run `sysctl -w {setting}={good}` as root"
    said = trial.stderr.decode(errors="replace").strip().splitlines()
    return f"bubblewrap does not work here: {said[-1] if said else f'exit status {trial.exit_status}'}"


@contextlib.contextmanager
def _open_descriptors(jail: Jail) -> Iterator[dict[str, int]]:
    """The files that reach bubblewrap by descriptor: the filter and two invented account files."""
    contents = {
        "passwd": f"researcher:x:{jail.user}:{jail.group}::{jail.working_folder}:/bin/sh\n".encode(),
        "group": f"researcher:x:{jail.group}:\n".encode(),
    }
    program = seccomp.filter_program(nesting=jail.nesting)
    if program is not None:
        contents["filter"] = program
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(_temporary_file(content)) for name, content in contents.items()}


@contextlib.contextmanager
def _temporary_file(content: bytes = b"") -> Iterator[int]:
    """A descriptor of a file in memory, at its beginning."""
    descriptor = os.memfd_create("jail")
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _ended_within(process_id: int, seconds: float | None) -> bool:
    """Wait for a process to end without collecting it."""
    descriptor = os.pidfd_open(process_id)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(None if seconds is None else max(0, int(seconds * 1000))))
    finally:
        os.close(descriptor)


def _program_status(status: int) -> int:
    """Bubblewrap reports a program's signal as 128 + signal; say it as `subprocess` does."""
    return 128 - status if 128 < status <= 192 else status
