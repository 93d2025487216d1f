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
import resource
import select
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from armslength.kernel import cgroups, seccomp
from armslength.kernel.interpreter import python_folders

MEBIBYTE = 1 << 20
# A user nobody else is: the range that Linux distributions leave to short-lived services.
JAIL_USER = 61_184
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What the dynamic linker, `alternatives` (numerical libraries) and plots need. No names of hosts or people.
SYSTEM_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts")
# Joins the control groups named before `--`, then becomes the program named after it.
JOIN_GROUPS = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"'
# Never the PATH of whoever calls: a jail is built by the system's own programs.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
CAPABILITY_SYS_ADMIN, CAPABILITY_SETUID = 21, 7


@dataclass(frozen=True)
class Bind:
    """A file or folder outside, and where it appears inside (by default at the same path)."""

    source: Path
    target: Path | None = None

    @property
    def inside(self) -> Path:
        return self.target or self.source


@dataclass(frozen=True)
class Scratch:
    """An empty writable folder in memory, gone with the jail."""

    path: Path
    size_bytes: int = 64 * MEBIBYTE


@dataclass(frozen=True)
class Limits:
    """What one jail may use; None is no limit. Times are seconds of processor time per process.

    `memory_bytes` and `processes` hold for the whole tree where control groups may be made (always as
    root on a usual machine); elsewhere memory is held per process and processes per user namespace.
    """

    memory_bytes: int | None = None
    address_space_bytes: int | None = None
    cpu_seconds: int | None = None
    open_files: int | None = 1024
    file_bytes: int | None = None
    processes: int | None = None


@dataclass(frozen=True)
class Jail:
    """Everything that exists inside. What is not named here is not there."""

    read_only: tuple[Bind, ...] = ()
    writable: tuple[Bind, ...] = ()
    scratch: tuple[Scratch, ...] = (Scratch(Path("/tmp")),)  # noqa: S108 (inside the jail)
    environment: Mapping[str, str] = field(default_factory=dict)
    working_folder: Path = Path("/")
    python: bool = True  # bind the Python installation in use, with this package
    network: bool = False
    nesting: bool = False  # the program may build a jail of its own
    user: int = JAIL_USER
    group: int = JAIL_USER
    hostname: str = "jail"
    limits: Limits = Limits()


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
        arguments = _arguments(jail, argv, descriptors, grouped=group is not None)
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
    return _arguments(jail, argv, {}, grouped=False)


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


def _arguments(
    jail: Jail, argv: Sequence[str], descriptors: Mapping[str, int], *, grouped: bool
) -> list[str]:
    """The whole command line: bubblewrap, then the change of user, then the limits, then the program."""
    privileged = _may_build_as_root()
    line = ["bwrap", *_namespace_arguments(jail, privileged), *_file_arguments(jail, descriptors)]
    if "filter" in descriptors:
        line += ["--seccomp", str(descriptors["filter"])]
    line += ["--clearenv"]
    for name, value in jail.environment.items():
        line += ["--setenv", name, value]
    line += ["--chdir", str(jail.working_folder), "--"]
    if privileged:
        line += ["setpriv", f"--reuid={jail.user}", f"--regid={jail.group}", "--clear-groups"]
        line += ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]
    return [*line, "prlimit", *_limit_arguments(jail.limits, grouped=grouped), "--", *argv]


def _namespace_arguments(jail: Jail, privileged: bool) -> list[str]:
    line = ["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    line += ["--die-with-parent", "--new-session", "--hostname", jail.hostname]
    if not jail.network:
        line += ["--unshare-net"]
    if privileged:
        # Only what becoming somebody else needs; all of it is gone once that is done.
        line += ["--cap-drop", "ALL"]
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            line += ["--cap-add", capability]
        return line
    return [*line, "--unshare-user", "--uid", str(jail.user), "--gid", str(jail.group), "--cap-drop", "ALL"]


def _file_arguments(jail: Jail, descriptors: Mapping[str, int]) -> list[str]:
    """What lies where. Later mounts cover earlier ones: system, memory, Python, then what was asked for."""
    line: list[str] = []
    for folder in SYSTEM_FOLDERS:
        path = Path(folder)
        if path.is_symlink():
            line += ["--symlink", str(path.readlink()), folder]
        elif path.is_dir():
            line += ["--ro-bind", folder, folder]
    line += ["--dev", "/dev", "--perms", "1777", "--size", str(64 * MEBIBYTE), "--tmpfs", "/dev/shm"]  # noqa: S108
    line += ["--remount-ro", "/dev"]
    line += ["--proc", "/proc"] if _proc_can_be_mounted() else []
    for scratch in jail.scratch:
        line += ["--perms", "1777", "--size", str(scratch.size_bytes), "--tmpfs", str(scratch.path)]
    python = tuple(Bind(folder) for folder in python_folders()) if jail.python else ()
    binds = (*python, *jail.read_only, *jail.writable)
    line += _parent_arguments(bind.inside for bind in binds)
    for name in SYSTEM_SETTINGS:
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for name in ("passwd", "group"):
        if name in descriptors:
            line += ["--perms", "0444", "--ro-bind-data", str(descriptors[name]), f"/etc/{name}"]
    # Outer before inner: a read-only file inside a writable folder stays what it is.
    kinds = [("--ro-bind", bind) for bind in (*python, *jail.read_only)]
    kinds += [("--bind", bind) for bind in jail.writable]
    for kind, bind in sorted(kinds, key=lambda one: len(one[1].inside.parts)):
        line += [kind, str(bind.source), str(bind.inside)]
    return [*line, "--remount-ro", "/"]


def _parent_arguments(targets: Iterable[Path]) -> list[str]:
    """Make the folders above each mount, open to the jail's user: bubblewrap's own are its builder's only.

    What lies inside another mount is not ours to make; it must be there.
    """
    mounts = list(targets)
    folders = {Path("/etc")}
    for target in mounts:
        above = [folder for folder in target.parents if folder != Path("/")]
        inside_a_mount = any(target != other and target.is_relative_to(other) for other in mounts)
        if not inside_a_mount and not target.is_relative_to("/usr"):
            folders.update(above)
    return [word for folder in sorted(folders) for word in ("--perms", "0755", "--dir", str(folder))]


def _limit_arguments(limits: Limits, *, grouped: bool) -> list[str]:
    """The limits of each process, never above what we may give."""
    address_space = limits.address_space_bytes
    processes = limits.processes
    if grouped:
        processes = None
    elif address_space is None:
        address_space = limits.memory_bytes
    wanted = {
        "as": (resource.RLIMIT_AS, address_space),
        "cpu": (resource.RLIMIT_CPU, limits.cpu_seconds),
        "nofile": (resource.RLIMIT_NOFILE, limits.open_files),
        "fsize": (resource.RLIMIT_FSIZE, limits.file_bytes),
        "nproc": (resource.RLIMIT_NPROC, processes),
        "core": (resource.RLIMIT_CORE, 0),
    }
    line = []
    for name, (kind, limit) in wanted.items():
        if limit is not None:
            highest = resource.getrlimit(kind)[1]
            allowed = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
            line.append(f"--{name}={allowed}:{allowed}")
    return line


@functools.cache
def _may_build_as_root() -> bool:
    """Whether we are root with the rights to mount and to become somebody else."""
    if os.geteuid() != 0:
        return False
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return False
    held = int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)
    return all(held >> capability & 1 for capability in (CAPABILITY_SYS_ADMIN, CAPABILITY_SETUID))


@functools.cache
def _proc_can_be_mounted() -> bool:
    """Whether a fresh /proc is allowed: inside a jail that covered parts of its own, the kernel refuses.

    The program then runs without /proc, which also shows it nothing of the processes outside.
    """
    if _may_build_as_root():
        return True
    line = ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "/bin/true"]
    try:
        trial = subprocess.run(line, env={"PATH": SEARCH_PATH}, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return trial.returncode == 0


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
