"""Building: a locked Python environment, made once beside its place and put there whole; an image, by its recipe."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import armslength
from armslength.kernel import clock, files
from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.runner.containers.engine import Engine
from armslength.runner.environments import installed
from armslength.runner.environments.catalogue import Entry
from armslength.runner.environments.recipes import (
    Built,
    Image,
    built_folder,
    read_built,
    recipe_folder,
    remember_image,
)
from armslength.runner.workarea import remove_tree

Say = Callable[[str], None]
MINUTES = 60
# Where the packages come from may be configured by whoever builds; nothing else of the surroundings decides.
HANDED_ON = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "http_proxy", "https_proxy", "no_proxy")
OURS = "ours.txt"
OUR_FOLDER = Path(armslength.__file__).resolve().parents[1]
HANDED_ON_PREFIXES = ("UV_", "DEBIAN_", "DOCKER_HOST")


def place_of(recipe: str) -> Path:
    """Return where an environment lies: its name, its lock and its interpreter decide, so a new lock is a new place."""
    lock = lock_of(recipe)
    mark = hashlib.sha256(f"{lock}\n{installed.interpreter()}\n{base_folder()}".encode()).hexdigest()[:12]
    return built_folder() / f"{recipe}-{mark}"


@functools.cache
def lock_of(recipe: str) -> str:
    """Return the SHA-256 of a recipe's lock file, and of what this package puts beside it, if that is anything."""
    lock = hashlib.sha256((recipe_folder(recipe) / "requirements.txt").read_bytes())
    for path in ours(recipe):
        lock.update(f"{path}\0{files.sha256_of(OUR_FOLDER / path)}\n".encode())
    return lock.hexdigest()


def ours(recipe: str) -> tuple[str, ...]:
    """Return the files of this package that a recipe wants, such as the helpers that studies write tables with."""
    listed = recipe_folder(recipe) / OURS
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    return tuple(line for line in lines if line and not line.startswith("#"))


def base_folder() -> Path:
    """Return the Python installation that environments are made of: the one below our own."""
    return Path(sys.base_prefix).resolve()


def built_environment(recipe: str) -> tuple[Path, Built] | None:
    """Return a built environment with its record, or None when it was not built from today's lock."""
    folder = place_of(recipe)
    record = read_built(folder)
    return None if record is None else (folder, record)


def build_python(entry: Entry, *, say: Say) -> Built:
    """Build the locked environment of an entry, unless it is there. Whoever comes second waits for the first.

    Raises Mistake R014 when a step fails; nothing half-built is left.
    """
    folder = place_of(entry.recipe)
    with _one_builder(folder):
        if record := read_built(folder):
            say(f"{entry.name} is there: {folder}")
            return record
        for left in folder.parent.glob(f"{folder.name}.*.part"):
            remove_tree(left)  # of a build that was killed: whoever holds the lock is alone here
        started = time.monotonic()
        making = folder.with_name(f"{folder.name}.{new_id()}.part")
        try:
            _install(making, recipe_folder(entry.recipe) / "requirements.txt", say=say)
            _add_ours(making, ours(entry.recipe), say=say)
            packages = packages_in(making)
            record = Built(
                recipe=entry.recipe,
                digest=digest_of_built(lock_of(entry.recipe), packages),
                python=installed.interpreter(),
                lock=lock_of(entry.recipe),
                packages=packages,
                built_at=clock.to_text(clock.utc_now()),
                seconds=round(time.monotonic() - started, 1),
                base=str(base_folder()),
            )
            record.write(making)
            remove_tree(folder)  # the rest of what somebody removed by half
            making.rename(folder)
        finally:
            remove_tree(making)
    say(f"{len(packages)} packages in {record.seconds:.0f} s: {folder}")
    return record


def digest_of_built(lock: str, packages: tuple[str, ...]) -> str:
    """Return the digest of a built environment: over the interpreter, the lock with its hashes, and what is there."""
    return installed.digest_of((installed.interpreter(), f"lock {lock}", *packages))


def packages_in(folder: Path) -> tuple[str, ...]:
    """Return what is installed in a virtual environment as `name==version`, in order."""
    from importlib.metadata import distributions

    found = distributions(path=[str(_library_of(folder))])
    return tuple(sorted({f"{one.metadata['Name']}=={one.version}" for one in found}))


def build_image(entry: Entry, *, say: Say, engine: Engine) -> Image:
    """Build the image of an entry by its recipe and remember it. Raises Mistake R014 when a step fails."""
    script = recipe_folder(entry.recipe).parent / "build-image"
    work = built_folder() / f"image-{new_id()}.part"
    work.mkdir(parents=True)
    try:
        line = [str(script), entry.recipe, str(work), str(OUR_FOLDER)]
        said = _run(line, say=say, more={"DOCKER_HOST": engine.host})
    finally:
        remove_tree(work)
    image = Image(said.split()[-1], entry.recipe, clock.to_text(clock.utc_now()))
    remember_image(image)
    say(f"{entry.name} is the image {image.image}")
    return image


def _install(folder: Path, lock: Path, *, say: Say) -> None:
    uv = _uv()
    base = base_folder() / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    say(f"a Python of its own, from {base}")
    # Relocatable, because it is made beside its place.
    _run([uv, "venv", "--quiet", "--relocatable", "--no-config", "--python", str(base), str(folder)], say=say)
    say(f"the packages of {lock.name}, by their hashes")
    python = str(folder / "bin" / "python")
    line = [uv, "pip", "sync", "--require-hashes", "--strict", "--compile-bytecode", "--link-mode", "copy"]
    _run([*line, "--python", python, str(lock)], say=say)


def _add_ours(folder: Path, paths: tuple[str, ...], *, say: Say) -> None:
    """Put files of this package into a virtual environment, byte for byte."""
    if paths:
        say("what studies may import of this package")
    library = _library_of(folder)
    for path in paths:
        place = library / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(OUR_FOLDER / path, place)


def _library_of(folder: Path) -> Path:
    (library,) = (folder / "lib").glob("python3.*/site-packages")
    return library


def _uv() -> str:
    """Return the program that installs, from beside our interpreter or from the PATH."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise Mistake(
            "R014", "uv is not installed, which builds environments", where="PATH", hint="run: pip install uv"
        )
    return found


def _run(line: list[str], *, say: Say, more: dict[str, str] | None = None) -> str:
    """Run one step, passing on what it says about its progress; return what it prints."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in HANDED_ON or name.startswith(HANDED_ON_PREFIXES)
    }
    with subprocess.Popen(
        line,
        env={**kept, **(more or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        last: list[str] = []
        for complaint in process.stderr or ():
            last = [*last[-9:], complaint.rstrip()]
            if complaint.strip():
                say(complaint.rstrip())
        said = process.stdout.read() if process.stdout else ""
        status = process.wait(MINUTES * 60)
    if status:
        raise Mistake(
            "R014", f"`{Path(line[0]).name} {line[1]}` failed: {' '.join(last)[-500:]}", where=line[-1]
        )
    return said


@contextlib.contextmanager
def _one_builder(folder: Path) -> Iterator[None]:
    """Let one process at a time build in this place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(
        folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
