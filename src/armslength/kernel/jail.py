"""What a jail is, and the command line that builds it. `bubblewrap.py` runs it."""

from __future__ import annotations

import functools
import os
import resource
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from armslength.kernel.interpreter import python_folders

MEBIBYTE = 1 << 20
# A user nobody else is: the range that Linux distributions leave to short-lived services.
JAIL_USER = 61_184
SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What the dynamic linker, `alternatives` (numerical libraries) and plots need. No names of hosts or people.
SYSTEM_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts")
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
    proc: bool = True  # the program sees its own processes, and nobody else's, in /proc
    # Stay, for files, whoever starts the jail, but without any capability and in a user namespace of its own:
    # for reading a folder that only its owner may read.
    keep_identity: bool = False
    hidden: tuple[Path, ...] = ()  # folders inside the binds that appear empty
    user: int = JAIL_USER
    group: int = JAIL_USER
    hostname: str = "jail"
    limits: Limits = Limits()


def command_line(
    jail: Jail, argv: Sequence[str], descriptors: Mapping[str, int], *, grouped: bool
) -> list[str]:
    """The whole command line: bubblewrap, then the change of user, then the limits, then the program."""
    privileged = may_build_as_root() and not jail.keep_identity
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
    line += ["--proc", "/proc"] if jail.proc and _proc_can_be_mounted() else []
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
    for path in jail.hidden:
        line += ["--perms", "0555", "--size", "4096", "--tmpfs", str(path), "--remount-ro", str(path)]
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
            # A second above the limit of processor time: SIGXCPU comes first then, and says why it ended.
            hardest = limit + 1 if name == "cpu" else limit
            if highest != resource.RLIM_INFINITY:
                limit, hardest = min(limit, highest), min(hardest, highest)
            line.append(f"--{name}={limit}:{hardest}")
    return line


@functools.cache
def may_build_as_root() -> bool:
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
    if may_build_as_root():
        return True
    line = ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "/bin/true"]
    try:
        trial = subprocess.run(line, env={"PATH": SEARCH_PATH}, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return trial.returncode == 0
