"""The programs of a stage: started, watched until they answer, stopped; remembered so that `down` finds them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from armslength.cli.stage.cast import Actor
from armslength.cli.stage.layout import Stage, build, write_inside
from armslength.kernel.errors import Mistake
from armslength.kernel.files import write_text

PROGRAMS = ("server", "airlock", "runner")
START_SECONDS = 40
STOP_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class Service:
    """One running program. A process id alone may be somebody else's later, so its start is kept with it."""

    name: str
    pid: int
    began: str
    process: subprocess.Popen[bytes] | None = field(
        default=None, compare=False, repr=False
    )  # when it is our child


def set_up(stage: Stage, *, cast: Iterable[Actor]) -> None:
    """Fill a stage: folders, secrets, repository, the jobs site's people and project, policy, both databases.

    Output checkers are appointed inside, as an operator would.
    """
    people = tuple(cast)
    build(stage)
    instructions = stage.folder / "instructions.json"
    instructions.touch(mode=0o600)
    instructions.write_text(json.dumps(_instructions(stage, people)))
    try:
        key = _run(stage, "-m", "armslength.cli.stage.outside", str(instructions)).strip().splitlines()[-1]
    finally:
        instructions.unlink()
    write_inside(stage, ledger_key=key)
    _run(stage, "-m", "armslength", "airlock", "migrate")
    for actor in people:
        if actor.checks_outputs:
            appoint = ("checkers", "add", actor.username, "--passphrase-file", "-")
            _run(stage, "-m", "armslength", "airlock", *appoint, typed=actor.passphrase)


def _instructions(stage: Stage, cast: Iterable[Actor]) -> dict[str, Any]:
    play = stage.play
    return {
        "people": [
            {
                "username": actor.username,
                "name": actor.name,
                "password": actor.password,
                "roles": [str(role) for role in actor.roles],
                "project_roles": [str(role) for role in actor.project_roles],
            }
            for actor in cast
        ],
        "project": {"slug": play.project, "title": play.title, "summary": play.summary},
        "backend": {"slug": play.backend, "name": play.backend_name},
        "tokens": {"runner": str(stage.runner_token), "airlock": str(stage.airlock_token)},
        "workspace": {"name": play.workspace, "repository": f"file://{stage.repository}", "by": "ann"},
    }


def start(stage: Stage, *, only: Collection[str] = PROGRAMS) -> list[Service]:
    """Start both sites and the runner; stop again what had started when one of them does not answer."""
    services: list[Service] = []
    commands = {
        "server": ["server", "run", "--bind", f"127.0.0.1:{stage.server_port}", "--workers", "1"],
        "airlock": ["airlock", "run", "--bind", f"127.0.0.1:{stage.airlock_port}"],
        "runner": ["runner", "run", "--config", str(stage.runner_configuration)],
    }
    try:
        for name in only:
            services.append(_start(stage, name, commands[name]))
        addresses = {"server": stage.server, "airlock": stage.airlock}
        for service in services:
            if address := addresses.get(service.name):
                _wait_until_it_answers(service, f"{address}/healthz", log=stage.logs / f"{service.name}.log")
    except BaseException:
        stop(services)
        raise
    return services


@contextmanager
def running(stage: Stage) -> Iterator[list[Service]]:
    """Start the programs of a stage and stop them all at the end, however it ends."""
    services = start(stage)
    try:
        yield services
    finally:
        stop(services)


def stop(services: Iterable[Service]) -> None:
    """Ask every program to stop, wait, and end those that do not listen."""
    alive = [service for service in services if is_running(service)]
    for service in alive:
        _signal(service, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = [service for service in alive if is_running(service)]
    for service in alive:
        _signal(service, signal.SIGKILL)


def is_running(service: Service) -> bool:
    """True while this very program runs."""
    if service.process is not None:
        return service.process.poll() is None
    return _began(service.pid) == service.began


def remember(stage: Stage, services: Iterable[Service]) -> None:
    """Write down what runs, for `armslength down`."""
    rows = [{"name": one.name, "pid": one.pid, "began": one.began} for one in services]
    write_text(stage.folder / "services.json", json.dumps(rows))


def remembered(folder: Path) -> list[Service]:
    """What `up` started and still runs."""
    try:
        rows = json.loads((folder / "services.json").read_text())
        services = [Service(**row) for row in rows]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        raise Mistake(
            "X003",
            "the list of what runs here cannot be read",
            where=str(folder / "services.json"),
            hint="stop the programs by hand (`pgrep -fa armslength`) and remove the file",
        ) from None
    return [service for service in services if is_running(service)]


def _environment(stage: Stage) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONUNBUFFERED": "1"} | stage.server_environment() | stage.airlock_environment()


def _run(stage: Stage, *arguments: str, typed: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=_environment(stage),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise Mistake(
            "X004", f"setting up failed: {said[-1]}", where=" ".join(arguments[1:3]), hint=done.stderr
        )
    return done.stdout


def _start(stage: Stage, name: str, arguments: list[str]) -> Service:
    environment = _environment(stage)
    # Each program gets its own settings only: the outside never sees where the inside lies.
    other = {"server": "ARMSLENGTH_AIRLOCK_", "airlock": "ARMSLENGTH_SERVER_"}.get(name, "ARMSLENGTH_")
    environment = {key: value for key, value in environment.items() if not key.startswith(other)}
    with (stage.logs / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "armslength", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return Service(name=name, pid=process.pid, began=_began(process.pid) or "", process=process)


def _wait_until_it_answers(service: Service, address: str, *, log: Path) -> None:
    import httpx

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not is_running(service):
            break
        try:
            if httpx.get(address, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    lines = log.read_text(errors="replace").strip().splitlines()[-8:]
    raise Mistake(
        "X005",
        f"the {service.name} did not start",
        where=address,
        hint="its last words:\n" + "\n".join(lines),
    )


def _signal(service: Service, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(service.pid, number)


def _began(pid: int) -> str | None:
    """When a process began, as the kernel counts; None when there is none, or only its remains."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[19]
