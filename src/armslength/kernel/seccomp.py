"""A system call filter for jailed programs: what no analysis needs and every kernel exploit starts with.

The filter is a deny list on top of namespaces and dropped capabilities, written as classic BPF by hand so
that nothing has to be installed. Call numbers come from the kernel's own tables (`asm/unistd.h`).
"""

from __future__ import annotations

import errno
import platform
import struct

# name: (number on x86_64, number on aarch64); None where the architecture has no such call.
DENIED: dict[str, tuple[int | None, int | None]] = {
    # other people's processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    # keys and programs inside the kernel
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "memfd_secret": (447, 447),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "vhangup": (153, 58),
    "setdomainname": (171, 162),
    # files by number instead of by path, and the newer ways to mount
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "setns": (308, 268),
}
# What a jail inside this jail needs to build itself; denied where none is to be built.
BUILDING: dict[str, tuple[int, int]] = {
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "sethostname": (170, 161),
}
# Becoming another program: refused by a process to itself once it has started.
STARTING: dict[str, tuple[int, int]] = {"execve": (59, 221), "execveat": (322, 281)}
CLONE = (56, 220)
CLONE3 = (435, 435)
SOCKET = (41, 198)
IOCTL = (16, 29)

# Every CLONE_NEW… flag: cgroup, uts, ipc, user, pid, net, mount, time.
NEW_NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x20000 | 0x80
UNIX, INET, INET6, NETLINK = 1, 2, 10, 16
# Faking what is typed on, or pasted into, the terminal outside.
TIOCSTI, TIOCLINUX = 0x5412, 0x541C

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
SET_NO_NEW_PRIVILEGES, SET_FILTER, FILTER_MODE = 38, 22, 2  # of prctl(2)
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT, SECOND_ARGUMENT_AT = 0, 4, 16, 24


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _refuse(number: int, error: int) -> bytes:
    """Answer one call with an error instead of doing it."""
    return _step(EQUAL, number, 0, 1) + _step(RETURN, REFUSE | error)


def _refuse_new_namespaces(clone: int) -> bytes:
    """Refuse `clone` when any of its flags asks for a namespace."""
    return (
        _step(EQUAL, clone, 0, 4)
        + _step(LOAD, FIRST_ARGUMENT_AT)
        + _step(AND, NEW_NAMESPACES)
        + _step(EQUAL, 0, 1, 0)
        + _step(RETURN, REFUSE | errno.EPERM)
        + _step(LOAD, NUMBER_AT)
    )


def _only_arguments(call: int, argument_at: int, allowed: tuple[int, ...]) -> bytes:
    """Refuse a call unless one argument has one of these values."""
    checks = b"".join(_step(EQUAL, value, len(allowed) - index, 0) for index, value in enumerate(allowed))
    body = _step(LOAD, argument_at) + checks + _step(RETURN, REFUSE | errno.EACCES)
    return _step(EQUAL, call, 0, len(body) // 8) + body + _step(LOAD, NUMBER_AT)


def _except_arguments(call: int, argument_at: int, refused: tuple[int, ...]) -> bytes:
    """Refuse a call when one argument has one of these values."""
    checks = b"".join(_refuse(value, errno.EPERM) for value in refused)
    body = _step(LOAD, argument_at) + checks
    return _step(EQUAL, call, 0, len(body) // 8) + body + _step(LOAD, NUMBER_AT)


def filter_program(*, nesting: bool = False, machine: str | None = None) -> bytes | None:
    """Return the filter as the kernel reads it, or None on an architecture whose calls we do not know.

    With `nesting` the jailed program may itself build a jail, so mounting and namespaces stay possible
    (inside its own user namespace only: it holds no capability outside one).
    """
    known = ARCHITECTURES.get(machine or platform.machine())
    if known is None:
        return None
    column, architecture = known
    denied = [calls[column] for calls in DENIED.values()]
    if not nesting:
        denied += [calls[column] for calls in BUILDING.values()]
    program = _step(LOAD, ARCHITECTURE_AT) + _step(EQUAL, architecture, 1, 0) + _step(RETURN, KILL)
    program += _step(LOAD, NUMBER_AT)
    if column == 0:
        # The x32 names of the same calls would walk around every check below.
        program += _step(AT_LEAST, 0x40000000, 0, 1) + _step(RETURN, REFUSE | errno.ENOSYS)
    program += b"".join(_refuse(number, errno.EPERM) for number in denied if number is not None)
    if not nesting:
        # A filter cannot look behind clone3's pointer; without it the C library falls back to clone.
        program += _refuse(CLONE3[column], errno.ENOSYS) + _refuse_new_namespaces(CLONE[column])
    families = (UNIX, INET, INET6, NETLINK) if nesting else (UNIX, INET, INET6)
    program += _only_arguments(SOCKET[column], FIRST_ARGUMENT_AT, families)
    program += _except_arguments(IOCTL[column], SECOND_ARGUMENT_AT, (TIOCSTI, TIOCLINUX))
    return program + _step(RETURN, ALLOW)


def refuse_programs() -> bool:
    """Let this process and its children never start another program. Returns whether the kernel agreed.

    It cannot be taken back. Other threads that run already are not held by it.
    """
    known = ARCHITECTURES.get(platform.machine())
    if known is None or platform.system() != "Linux":
        return False
    column, architecture = known
    program = _step(LOAD, ARCHITECTURE_AT) + _step(EQUAL, architecture, 1, 0) + _step(RETURN, KILL)
    program += _step(LOAD, NUMBER_AT)
    if column == 0:
        program += _step(AT_LEAST, 0x40000000, 0, 1) + _step(RETURN, REFUSE | errno.ENOSYS)
    program += b"".join(_refuse(calls[column], errno.EPERM) for calls in STARTING.values())
    return _installed(program + _step(RETURN, ALLOW))


def _installed(program: bytes) -> bool:
    # Only processes that jail themselves pay for it.
    import ctypes

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]

    call = ctypes.CDLL(None, use_errno=True).prctl
    call.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    steps = Program(len(program) // 8, program)
    if call(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(call(SET_FILTER, FILTER_MODE, ctypes.addressof(steps), 0, 0) == 0)
