"""The questions the doctor asks, one function each, in the order of what matters. The tuple is the examination."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from armslength import __version__
from armslength.cli.doctor.findings import Finding, Verdict, as_root, install
from armslength.cli.doctor.packages import (
    built_already,
    distribution_of,
    in_debian,
    in_recipe,
    install_from_cran,
    python_packages,
    r_packages,
)
from armslength.kernel import bubblewrap
from armslength.kernel.errors import Mistake, Mistakes
from armslength.kernel.jail import SEARCH_PATH

LEAST_DISK, USUAL_DISK = 1 << 30, 10 << 30
LEAST_MEGABYTES = 4000
SECONDS = 20
COMMAND = re.compile(r"`([^`]+)`")


def examine(folder: Path, *, network: bool) -> list[Finding]:
    """Ask every question about this machine, and about the study in this folder."""
    findings = [finding for question in QUESTIONS for finding in question(folder)]
    return [*findings, *_service(folder)] if network else findings


def _python(folder: Path) -> Iterator[Finding]:
    told = f"{platform.python_version()} with armslength {__version__}, {platform.machine()}"
    yield Finding("python", Verdict.GOOD, told)


def _bounds(folder: Path) -> Iterator[Finding]:
    """Either of the two is enough, so only the lack of both is grave."""
    sandbox, docker = bubblewrap.why_not_usable(), _why_no_docker()
    lacking = Verdict.MISSING if sandbox and docker else Verdict.WORTH_KNOWING
    if sandbox is None:
        yield Finding("sandbox", Verdict.GOOD, f"bubblewrap works{_version('bwrap', '--version')}")
    else:
        yield Finding("sandbox", lacking, sandbox, _fix_of_sandbox(sandbox))
    if docker is None:
        yield Finding("docker", Verdict.GOOD, f"the engine answers{_version('docker', '--version')}")
    elif sandbox is None:
        yield Finding("docker", Verdict.GOOD, "not usable here, and not needed: the sandbox works")
    else:
        yield Finding("docker", lacking, docker, _fix_of_docker(docker))


def _fix_of_sandbox(reason: str) -> str | None:
    if not sys.platform.startswith("linux"):
        return "use docker: the sandbox exists on Linux only"
    if shutil.which("bwrap", path=SEARCH_PATH) is None:
        return install(["bubblewrap"])
    named = COMMAND.search(reason)
    return as_root(named[1]) if named else "use docker, or a machine that allows user namespaces"


def _why_no_docker() -> str | None:
    from armslength.runner.executor import find_executor

    with tempfile.TemporaryDirectory(prefix="armslength-doctor-") as folder:
        try:
            reason: str | None = find_executor("docker")(Path(folder)).why_not_usable()
        except Mistake as mistake:
            return mistake.what
    return reason


def _fix_of_docker(reason: str) -> str | None:
    if shutil.which("docker", path=SEARCH_PATH) is None:
        return install(["docker.io"])
    if "permission denied" in reason.lower():
        return as_root(f"usermod --append --groups docker {_who()}") + "  (then sign in again)"
    return as_root("systemctl enable --now docker") if "does not answer" in reason else None


def _who() -> str:
    import getpass

    return getpass.getuser()


def _git(folder: Path) -> Iterator[Finding]:
    if shutil.which("git") is None:
        told = "not installed; studies are kept and submitted with it"
        yield Finding("git", Verdict.WORTH_KNOWING, told, install(["git"]))
        return
    yield Finding("git", Verdict.GOOD, f"installed{_version('git', '--version')}")
    if not (_run(["git", "config", "user.email"]) or "").strip():
        told = "git does not know who you are, so nothing can be committed"
        fix = 'git config --global user.name "Your Name" && git config --global user.email you@example.org'
        yield Finding("git identity", Verdict.WORTH_KNOWING, told, fix)


def _r(folder: Path) -> Iterator[Finding]:
    from armslength.runner.environments.installed import r_packages as in_libraries
    from armslength.runner.environments.installed import r_program

    wanted = r_packages(folder)
    if r_program() is None:
        told = "not installed; only actions of `r:v2` need it"
        yield Finding("R", Verdict.WORTH_KNOWING, told, install(["r-base-core", *in_debian(wanted)]))
        return
    yield Finding("R", Verdict.GOOD, f"installed{_version('Rscript', '--version')}")
    # What actions see: a library in somebody's home is not there for them.
    there = {one.partition("==")[0] for one in in_libraries()}
    lacking = [name for name in wanted if name not in there]
    packaged = in_debian(lacking)
    if packaged:
        names = [name for name in lacking if f"r-cran-{name.lower()}" in packaged]
        told = f"the study's scripts load {', '.join(names)}, which no action finds here"
        yield Finding("R packages", Verdict.WORTH_KNOWING, told, install(packaged))
    if rest := [name for name in lacking if f"r-cran-{name.lower()}" not in packaged]:
        told = (
            f"the study's scripts load {', '.join(rest)}, which no action finds here, nor does Debian have it"
        )
        yield Finding("more R packages", Verdict.WORTH_KNOWING, told, install_from_cran(rest))


def _python_packages(folder: Path) -> Iterator[Finding]:
    lacking = python_packages(folder)
    if not lacking:
        return
    told = f"the study's scripts import {', '.join(lacking)}, which this Python does not have"
    locked = in_recipe(lacking)
    if locked and not built_already():
        yield Finding(
            "python packages", Verdict.WORTH_KNOWING, told, "armslength environments build python:v2"
        )
    if rest := [name for name in lacking if name not in locked]:
        more = f"{', '.join(rest)}: not in `python:v2`, so a data centre may lack it, too"
        fix = f"{sys.executable} -m pip install {' '.join(distribution_of(name) for name in rest)}"
        yield Finding("more python packages", Verdict.WORTH_KNOWING, more, fix)


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    told = f"{free / 2**30:.1f} GiB free here"
    if free < LEAST_DISK:
        yield Finding("disk", Verdict.MISSING, told, "armslength clean --yes --outputs")
    elif free < USUAL_DISK:
        yield Finding(
            "disk", Verdict.WORTH_KNOWING, f"{told}; large studies need more", "armslength clean --yes"
        )
    else:
        yield Finding("disk", Verdict.GOOD, told)


def _memory(folder: Path) -> Iterator[Finding]:
    from armslength.runner.local.planning import memory_of_machine, processors

    megabytes = memory_of_machine()
    told = f"{megabytes / 1024:.1f} GiB, {processors()} processors"
    if megabytes < LEAST_MEGABYTES:
        fix = f"armslength run --jobs 1 --memory {max(512, megabytes // 2)}M …"
        yield Finding("memory", Verdict.WORTH_KNOWING, f"{told}; an action may use 4 GiB", fix)
    else:
        yield Finding("memory", Verdict.GOOD, told)


def _study(folder: Path) -> Iterator[Finding]:
    """The study in this folder, if there is one: may it be written to, is its pipeline right?"""
    from armslength.runner.local.study import find_study

    try:
        study = find_study(folder)
    except Mistake:
        told = "there is none in this folder"
        yield Finding("study", Verdict.WORTH_KNOWING, told, "armslength init my-study")
        return
    if not os.access(study.folder, os.W_OK):
        told = f"{study.folder} may not be written to by {_who()}"
        yield Finding("study", Verdict.MISSING, told, f"cp -r {study.folder} ~/ && cd ~/{study.folder.name}")
        return
    try:
        actions = study.read_pipeline().actions
    except (Mistake, Mistakes) as wrong:
        count = len(getattr(wrong, "mistakes", (wrong,)))
        told = f"project.yaml has {count} problem{'' if count == 1 else 's'}"
        yield Finding("study", Verdict.MISSING, told, "armslength validate")
        return
    yield Finding("study", Verdict.GOOD, f"{study.folder.name}: {len(actions)} actions")


def _environments(folder: Path) -> Iterator[Finding]:
    """The environments that the study's actions name: those that cannot be used here."""
    from armslength.runner.environments import find_environment
    from armslength.runner.environments.reusable import homes_of_this_machine
    from armslength.runner.local.study import find_study

    try:
        actions = find_study(folder).read_pipeline().actions.values()
        homes = homes_of_this_machine()
    except (Mistake, Mistakes):
        return
    images = bubblewrap.why_not_usable() is not None and _why_no_docker() is None
    for name in dict.fromkeys(action.command.environment for action in actions):
        try:
            find_environment(name, homes=homes, images=images)
        except Mistake as mistake:
            if name.startswith("r:") and not images:
                continue  # asked above, package by package
            fix = (mistake.hint or "").removeprefix("run: ")
            yield Finding(
                name, Verdict.WORTH_KNOWING, mistake.what, as_root(fix) if fix.startswith("apt-get") else fix
            )


def _service(folder: Path) -> Iterator[Finding]:
    import httpx

    from armslength.cli.codelists.settings import service_address

    address = service_address(None, study=folder)
    try:
        status = httpx.get(address, timeout=SECONDS, follow_redirects=True).status_code
    except httpx.HTTPError as error:
        told = f"{address} cannot be reached ({error or type(error).__name__}); studies run without it"
        yield Finding("codelists", Verdict.WORTH_KNOWING, told, "armslength codelists check --offline")
        return
    yield Finding("codelists", Verdict.GOOD, f"{address} answers {status}")


QUESTIONS: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    _python,
    _bounds,
    _r,
    _python_packages,
    _git,
    _disk,
    _memory,
    _study,
    _environments,
)


def _version(program: str, option: str) -> str:
    """What a program says of its version, in brackets; nothing when it says nothing."""
    told = _run([program, option])
    found = re.search(r"\d+\.\d+(\.\d+)*", told or "")
    return f" ({found[0]})" if found else ""


def _run(argv: list[str]) -> str | None:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout + done.stderr if done.returncode == 0 else None
