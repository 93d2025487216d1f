"""What a jail lets through, and what it does not: every wall is pushed."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from armslength.kernel import bubblewrap, seccomp
from armslength.kernel.bubblewrap import MEBIBYTE, Bind, Jail, Limits, Outcome, Scratch, run
from armslength.kernel.interpreter import python_folders

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bubblewrap.why_not_usable() is not None, reason=str(bubblewrap.why_not_usable())),
]
SECONDS = 30


def python(program: str, jail: Jail | None = None, *, seconds: float = SECONDS) -> Outcome:
    """Run a few lines of Python in a jail."""
    return run(jail or Jail(), [sys.executable, "-I", "-c", textwrap.dedent(program)], seconds=seconds)


def said(outcome: Outcome) -> str:
    assert outcome.exit_status == 0, outcome.stderr.decode()
    return outcome.stdout.decode().strip()


def test_the_python_in_use_works_inside_with_this_package() -> None:
    assert said(python("import armslength, pydantic; print(armslength.__file__)")) == str(
        Path(bubblewrap.__file__).parents[1] / "__init__.py"
    )


def test_the_program_is_an_unprivileged_user_outside_too_when_root_starts_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        assert parent.exists()
    jail = Jail(writable=(Bind(tmp_path, Path("/out")),))
    assert said(python("import os; open('/out/x', 'w'); print(os.getuid(), os.getgroups())", jail))
    owner = (tmp_path / "x").stat().st_uid
    assert owner == (bubblewrap.JAIL_USER if os.geteuid() == 0 else os.geteuid())


def test_only_what_was_named_exists() -> None:
    listing = said(python("import os; print(sorted(os.listdir('/')))"))
    ours = {folder.parts[1] for folder in python_folders()}  # an ordinary user's Python may be in `/home`
    for absent in {"home", "var", "opt", "srv", "mnt", "sys", "boot", ".ssh"} - ours:
        assert f"'{absent}'" not in listing


def test_accounts_of_this_machine_are_invented() -> None:
    assert said(python("print(open('/etc/passwd').read().count(chr(10)))")) == "1"
    assert python("open('/etc/shadow')").exit_status != 0
    assert python("open('/etc/hostname')").exit_status != 0


def test_the_environment_holds_only_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    inside = said(python("import os; print(dict(os.environ))", Jail(environment={"STUDY": "yes"})))
    assert "secret" not in inside and "'STUDY': 'yes'" in inside


def test_nothing_but_scratch_and_writable_binds_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("as it was")
    jail = Jail(read_only=(Bind(tmp_path),), scratch=(Scratch(Path("/tmp"), 2 * MEBIBYTE),))
    program = f"""
        import os
        for path in ({str(tmp_path / "kept")!r}, {str(tmp_path / "new")!r}, "/new", "/usr/new", "/etc/new",
                     "/dev/new", {str(Path(sys.prefix) / "new")!r}):
            try:
                open(path, "w")
                print("wrote", path)
            except OSError:
                pass
        open("/tmp/fits", "wb").write(b"x" * 1_000_000)
        try:
            open("/tmp/too-big", "wb").write(b"x" * 4_000_000)
        except OSError as error:
            print(error.strerror)
    """
    assert said(python(program, jail)) == "No space left on device"
    assert (tmp_path / "kept").read_text() == "as it was"


def test_a_folder_only_its_owner_may_read_is_read_without_any_capability(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "own").write_text("mine")
    jail = Jail(read_only=(Bind(tmp_path),), keep_identity=True, proc=False)
    program = f"""
        import os, ctypes
        print(open({str(tmp_path / "own")!r}).read(), os.getuid(), os.path.exists("/proc/self"))
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.sethostname(b"x", 1), libc.chroot(b"/"), libc.setuid(0))
    """
    assert said(python(program, jail)).splitlines() == [f"mine {bubblewrap.JAIL_USER} False", "-1 -1 -1"]


def test_a_hidden_folder_looks_empty(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "patients").write_text("a patient")
    jail = Jail(read_only=(Bind(tmp_path, Path("/study")),), hidden=(Path("/study/store"),))
    assert (
        said(python("import os; print(os.listdir('/study'), os.listdir('/study/store'))", jail))
        == "['store'] []"
    )


def test_there_is_no_network() -> None:
    program = """
        import socket
        try:
            socket.create_connection(("1.1.1.1", 53), timeout=2)
        except OSError as error:
            print(error.strerror)
    """
    assert said(python(program)) == "Network is unreachable"


def test_a_server_outside_is_not_on_the_inside_loopback() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        outcome = python(f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=2)")
    assert b"Connection refused" in outcome.stderr


def test_processes_outside_cannot_be_seen() -> None:
    program = """
        import os
        seen = os.listdir("/proc") if os.path.isdir("/proc") else []
        print(sum(name.isdigit() for name in seen))
    """
    assert int(said(python(program))) <= 3


CALLS = ["ptrace", "keyctl", "bpf", "io_uring_setup", "mount", "unshare", "userfaultfd"]


@pytest.mark.skipif(seccomp.filter_program() is None, reason="no filter is known for this architecture")
@pytest.mark.parametrize(
    "name", ["ptrace", "keyctl", "bpf", "io_uring_setup", "mount", "unshare", "userfaultfd"]
)
def test_dangerous_calls_are_refused(name: str) -> None:
    import platform

    column, _ = seccomp.ARCHITECTURES[platform.machine()]
    number = {**seccomp.DENIED, **seccomp.BUILDING}[name][column]
    program = f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.syscall({number}, 0, 0, 0, 0, 0), ctypes.get_errno())
    """
    assert said(python(program)) == "-1 1"


def test_a_new_namespace_and_odd_sockets_are_refused() -> None:
    program = """
        import ctypes, socket, threading
        libc = ctypes.CDLL(None, use_errno=True)
        import platform
        number = {"x86_64": 56, "aarch64": 220}[platform.machine()]
        print(libc.syscall(number, 0x10000000 | 17, 0, 0, 0, 0), ctypes.get_errno())
        for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_NETLINK):
            try:
                socket.socket(family, socket.SOCK_RAW)
                print("opened", family)
            except OSError as error:
                print(error.errno)
        thread = threading.Thread(target=print, args=("threads work",))
        thread.start()
        thread.join()
    """
    assert said(python(program)).splitlines() == ["-1 1", "13", "13", "13", "threads work"]


def test_time_runs_out_for_the_whole_tree(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    jail = Jail(writable=(Bind(tmp_path, Path("/out")),))
    program = """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    open("/out/alive", "w").write(str(time.time()))
                    time.sleep(0.05)
        time.sleep(600)
    """
    started = time.monotonic()
    outcome = python(program, jail, seconds=1)
    assert outcome.timed_out and time.monotonic() - started < 6
    time.sleep(0.3)
    before = (tmp_path / "alive").read_text()
    time.sleep(0.3)
    assert (tmp_path / "alive").read_text() == before


def test_a_memory_hog_is_stopped() -> None:
    jail = Jail(limits=Limits(memory_bytes=200 * MEBIBYTE))
    outcome = python("x = bytearray(1_000_000_000); x[::4096] = b'y' * len(x[::4096])", jail)
    assert outcome.exit_status != 0
    assert outcome.out_of_memory or b"MemoryError" in outcome.stderr


def test_a_fork_bomb_stays_small() -> None:
    jail = Jail(limits=Limits(processes=20))
    program = """
        import os, time
        made = 0
        try:
            for _ in range(200):
                if os.fork() == 0:
                    time.sleep(20)
                    os._exit(0)
                made += 1
        except OSError:
            pass
        print(made, flush=True)
        os._exit(0)
    """
    assert 5 <= int(said(python(program, jail))) <= 20


def test_file_size_and_open_files_are_limited(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    jail = Jail(writable=(Bind(tmp_path, Path("/out")),), limits=Limits(file_bytes=MEBIBYTE, open_files=16))
    program = """
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for attempt in (lambda: open("/out/big", "wb").write(b"x" * 3_000_000),
                        lambda: [open("/dev/null") for _ in range(50)]):
            try:
                attempt()
            except OSError as error:
                print(error.strerror)
    """
    assert said(python(program, jail)).splitlines()[-1] == "Too many open files"
    assert (tmp_path / "big").stat().st_size <= MEBIBYTE


def test_the_exit_status_comes_through() -> None:
    assert python("raise SystemExit(7)").exit_status == 7
    assert python("import os; os.kill(os.getpid(), 15)").exit_status == -15


INNER = """
import os, socket, armslength
try:
    socket.create_connection(("1.1.1.1", 53), timeout=2)
except OSError as error:
    print(error.strerror)
print(os.path.exists("/secret"), sorted(os.environ), os.getuid())
"""
NESTED = f"""
import sys
from armslength.kernel import bubblewrap
from armslength.kernel.bubblewrap import Jail, run
assert bubblewrap.why_not_usable() is None, bubblewrap.why_not_usable()
outcome = run(Jail(environment={{"INNER": "yes"}}), [sys.executable, "-I", "-c", {INNER!r}], seconds=20)
sys.stdout.buffer.write(outcome.stdout)
sys.stderr.buffer.write(outcome.stderr)
sys.exit(outcome.exit_status)
"""


def test_a_jail_can_be_built_inside_a_jail(tmp_path: Path) -> None:
    (tmp_path / "row").write_text("a patient")
    jail = Jail(
        nesting=True,
        read_only=(Bind(tmp_path, Path("/secret")),),
        environment={"PATH": "/usr/bin:/bin", "DATABASE_URL": "secret"},
    )
    lines = said(python(NESTED, jail)).splitlines()
    assert lines[0] == "Network is unreachable"
    assert lines[1].startswith("False ['INNER', ")
    assert "DATABASE_URL" not in lines[1]
    assert lines[1].endswith(str(bubblewrap.JAIL_USER))


def test_without_nesting_no_jail_can_be_built_inside() -> None:
    outcome = python(NESTED, Jail(environment={"PATH": "/usr/bin:/bin"}))
    assert outcome.exit_status != 0 and b"does not work here" in outcome.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user to try it")
def test_an_ordinary_user_can_build_one(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import os, sys
        sys.path.insert(0, {source!r})
        from armslength.kernel.bubblewrap import Jail, run, why_not_usable
        assert why_not_usable() is None, why_not_usable()
        outcome = run(Jail(python=False), ["/usr/bin/id", "-u"], seconds=20)
        print(outcome.stdout.decode().strip(), outcome.exit_status)
    """).format(source="/source")
    # An ordinary user cannot walk into root's home, where this Python may live; the outer jail brings it.
    jail = Jail(
        nesting=True,
        read_only=(Bind(Path(bubblewrap.__file__).parents[2], Path("/source")),),
        environment={"PATH": "/usr/bin:/bin"},
        user=5000,
        group=5000,
    )
    outcome = run(jail, [sys.executable, "-I", "-c", program], seconds=SECONDS)
    assert said(outcome) == f"{bubblewrap.JAIL_USER} 0"


def test_the_command_line_can_be_looked_at() -> None:
    line = bubblewrap.command(Jail(), ["true"])
    assert line[0] == "bwrap" and line[-1] == "true" and "--unshare-net" in line
    assert "--unshare-net" not in bubblewrap.command(Jail(network=True), ["true"])


def test_a_missing_bubblewrap_is_said_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bubblewrap.why_not_usable.cache_clear()
    monkeypatch.setattr(bubblewrap, "SEARCH_PATH", "/nowhere")
    try:
        assert bubblewrap.why_not_usable() == "bubblewrap is not installed; run `apt-get install bubblewrap`"
    finally:
        bubblewrap.why_not_usable.cache_clear()


def test_no_group_is_left_behind() -> None:
    running = bubblewrap.start(Jail(limits=Limits(memory_bytes=200 * MEBIBYTE, processes=20)), ["/bin/true"])
    folders = running.group.folders if running.group is not None else ()
    assert running.wait(SECONDS).exit_status == 0
    assert not [folder for folder in folders if folder.exists()]
