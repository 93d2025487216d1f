"""A private container engine for tests, and a small image made of the programs of this machine.

The engine has its own socket and its own folders below a temporary one; nothing of it is left afterwards.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from armslength.runner.containers.engine import Engine, EngineError

PROGRAMS = ("sh", "env", "ls", "id", "cat", "date", "sleep", "su", "mount", "passwd")
LEFT_OUT = {
    "site-packages",
    "dist-packages",
    "test",
    "idlelib",
    "tkinter",
    "ensurepip",
    "lib2to3",
    "turtledemo",
}
SECONDS = 60


def why_no_engine() -> str | None:
    """Return why no engine can be started here, or None."""
    if os.geteuid() != 0:
        return "needs a real superuser: nobody else can start a container engine"
    if shutil.which("dockerd") is None:
        return "dockerd is not installed: tools/need-docker"
    return None


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """Start an engine that lives below a folder, and end it with everything it started."""
    why = "it said nothing"
    for driver in ("overlay2", "vfs"):  # the second works where the first cannot: on top of another overlay
        line = [  # which dies with us, however we die
            "setpriv", "--pdeathsig", "TERM",
            "dockerd", "--storage-driver", driver, "--data-root", str(folder / "data"),
            "--exec-root", str(folder / "exec"), "--host", f"unix://{folder}/socket",
            "--pidfile", str(folder / "pid"), "--bridge", "none", "--iptables=false",
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        engine = Engine(f"unix://{folder}/socket")
        try:
            if answers(engine, process):
                yield engine
                return
            why = (folder / "log").read_text(errors="replace")[-2000:]
        finally:
            process.terminate()
            process.wait(SECONDS)
            for mounted in re.findall(rf" ({re.escape(str(folder))}\S*) ", Path("/proc/mounts").read_text()):
                subprocess.run(["umount", "--lazy", mounted], check=False, capture_output=True)
            shutil.rmtree(folder / "data", ignore_errors=True)
    raise AssertionError(f"the container engine does not start: {why}")


def answers(engine: Engine, process: subprocess.Popen[bytes]) -> bool:
    """Wait until an engine answers; False when it ended instead."""
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            engine.call("version", seconds=5)
            return True
        except EngineError:
            time.sleep(0.1)
    return False


def make_image(engine: Engine) -> str:
    """Import an image with the interpreter that runs us and a few programs; return its digest."""
    importing = engine.popen(["import", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert importing.stdin is not None
    with tarfile.open(fileobj=importing.stdin, mode="w|") as tar:
        fill(tar)
    said, _ = importing.communicate(timeout=SECONDS)
    return said.decode().strip()


def fill(tar: tarfile.TarFile) -> None:
    """Write a root file system: an interpreter with its library, some programs, what they link to."""
    interpreter = Path(sys.executable).resolve()
    library = Path(sysconfig.get_path("stdlib")).resolve()
    for name in ("bin", "sbin", "lib", "lib64"):
        add_link(tar, name, f"usr/{name}")
    for name in ("proc", "sys", "dev", "tmp", "etc", "workspace", "database", "run"):
        add_folder(tar, name)
    programs = {Path(shutil.which(name) or f"/usr/bin/{name}") for name in PROGRAMS}
    needed = libraries([interpreter, *programs, *library.glob("lib-dynload/*.so")])
    for path in {interpreter, *programs, *needed}:
        tar.add(path.resolve(), inside(path))
    add_link(tar, "usr/bin/python3", f"/{inside(interpreter)}", unless=inside(interpreter))
    tar.add(
        library,
        inside(library),
        filter=lambda entry: None if LEFT_OUT & set(Path(entry.name).parts) else entry,
    )


def libraries(programs: list[Path]) -> set[Path]:
    """Return every shared library that programs are linked to."""
    said = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False).stdout
    return {Path(found) for found in re.findall(r"(/\S+) \(0x", said)}


def inside(path: Path) -> str:
    """Return where a file lies in the image, in which `/lib` and the like are links into `/usr`."""
    name = str(path).lstrip("/")
    return f"usr/{name}" if name.split("/")[0] in ("bin", "sbin", "lib", "lib64") else name


def add_folder(tar: tarfile.TarFile, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    tar.addfile(entry, io.BytesIO())


def add_link(tar: tarfile.TarFile, name: str, target: str, *, unless: str = "") -> None:
    if name == unless:
        return
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    tar.addfile(entry)
