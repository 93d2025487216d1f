"""`armslength exec`: any command in one of the platform's environments, on the folder one is in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.cli.studies import parse_size
from armslength.kernel import bubblewrap
from armslength.kernel.errors import Mistake
from armslength.runner.containers.by_hand import ByHand, run_by_hand
from armslength.runner.containers.engine import Engine

if TYPE_CHECKING:
    from armslength.runner.environments import Environment

app = typer.Typer(add_completion=False, rich_markup_mode=None)

INSIDE = Path("/workspace")
TEMPORARY = Path("/tmp")  # noqa: S108 (inside the jail)
USAGE_STATUS = 2
EXECUTORS = ("auto", "sandbox", "docker")
# What finds the addresses of hosts and trusts them.
NETWORK_SETTINGS = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/ssl",
    "/etc/ca-certificates",
)
# Commands of an environment that start programs in jails of their own.
BUILDS_JAILS = "ehrql"


@app.command(context_settings={"allow_interspersed_args": False})
def execute(
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT", help="Such as `python:v2`.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[ARGUMENT…]", help="As after `run:` in project.yaml.")
    ] = None,
    variables: Annotated[
        list[str] | None,
        typer.Option(
            "--env", "-e", metavar="NAME=VALUE", help="A variable that the command finds; repeatable."
        ),
    ] = None,
    memory: Annotated[
        str, typer.Option("--memory", "-m", metavar="SIZE", help="What it may use, such as 4G.")
    ] = "4G",
    executor: Annotated[
        str, typer.Option("--executor", help="auto, sandbox or docker: what keeps the command in bounds.")
    ] = "auto",
    network: Annotated[
        bool, typer.Option("--network", help="With the network; actions never have it.")
    ] = False,
) -> int:
    """Run a command as an action would be run, but on this very folder: what it writes stays. Its status is ours."""
    from armslength.runner.environments import find_environment
    from armslength.runner.environments import variables as usual_variables

    given = dict(map(_variable, variables or []))
    _require_place()
    images = _uses_images(executor)
    found = find_environment(environment, images=images)
    usual = {name: value for name, value in usual_variables(backend="expectations").items() if name != "PATH"}
    argv, megabytes = found.argv(tuple(arguments or ())), parse_size(memory, option="--memory")
    if images:
        return _run_in_container(found, argv, {**usual, **given}, network=network, megabytes=megabytes)
    shown = {**usual, "PATH": found.path, **given}
    return _run(_jail(found, shown, network=network, megabytes=megabytes), argv, memory=memory)


def _uses_images(executor: str) -> bool:
    """Say whether the command runs in a container. Raises Mistake X009 where neither that nor a sandbox works."""
    if executor not in EXECUTORS:
        hint = f"it is one of {', '.join(EXECUTORS)}"
        raise Mistake("R003", f"no executor is called `{executor}`", where="--executor", hint=hint)
    sandbox = bubblewrap.why_not_usable() if executor != "docker" else "not asked for"
    if sandbox is None:
        return False
    docker = Engine.of_this_machine().why_not_usable() if executor != "sandbox" else "not asked for"
    if docker is None:
        return True
    asked = {"auto": f"sandbox: {sandbox}; docker: {docker}", "sandbox": sandbox, "docker": docker}[executor]
    what = f"nothing on this machine can keep the command in bounds, so it is not run: {asked}"
    raise Mistake("X009", what, hint="`armslength doctor` says more")


def _run_in_container(
    found: Environment, argv: tuple[str, ...], variables: dict[str, str], *, network: bool, megabytes: int
) -> int:
    sys.stdout.flush()
    asked = ByHand(
        image=found.image,
        argv=argv,
        folder=Path.cwd(),
        variables={"TERM": os.environ.get("TERM", "dumb"), **variables},
        memory_bytes=megabytes << 20,
        user=os.getuid(),
        group=os.getgid(),
        network=network,
        terminal=sys.stdin.isatty() and sys.stdout.isatty(),
    )
    return run_by_hand(asked, engine=Engine.of_this_machine())


def _run(jail: bubblewrap.Jail, argv: tuple[str, ...], *, memory: str) -> int:
    """Run it on our own input and output, and return its status as a shell would tell it."""
    sys.stdout.flush()
    running = bubblewrap.start(jail, argv, stdin=None)
    try:
        outcome = running.wait()
    except KeyboardInterrupt:
        running.kill()
        raise
    if outcome.out_of_memory:
        print(f"it used up its memory of {memory}; give it more with --memory", file=sys.stderr)
    return outcome.exit_status if outcome.exit_status >= 0 else 128 - outcome.exit_status


def _require_place() -> None:
    """Raise Mistake X034 in a folder that is more than a study."""
    folder = Path.cwd()
    if folder in (Path("/"), Path.home()):
        hint = "change into the study's folder and run the command there"
        what = f"`{folder}` is more than a study, and the command could change all of it"
        raise Mistake("X034", what, hint=hint, exit_status=USAGE_STATUS)


def _jail(
    environment: Environment, variables: dict[str, str], *, network: bool, megabytes: int
) -> bubblewrap.Jail:
    """The jail around the folder we are in: it, the environment's programs, and nothing else."""
    programs = tuple(bubblewrap.Bind(folder) for folder in environment.folders or ())
    terminal = os.environ.get("TERM", "dumb")
    settings = tuple(bubblewrap.Bind(Path(path)) for path in NETWORK_SETTINGS if Path(path).exists())
    return bubblewrap.Jail(
        python=environment.folders is None,
        read_only=(*programs, *(settings if network else ())),
        writable=(bubblewrap.Bind(Path.cwd(), INSIDE),),
        scratch=(bubblewrap.Scratch(TEMPORARY, 1 << 30),),
        environment={"HOME": str(TEMPORARY), "LANG": "C.UTF-8", "TERM": terminal, **variables},
        working_folder=INSIDE,
        network=network,
        nesting=environment.name.startswith(f"{BUILDS_JAILS}:"),
        # What it writes belongs to whoever called, as with any other command.
        keep_identity=True,
        hostname=environment.name.replace(":", "-"),
        limits=bubblewrap.Limits(memory_bytes=megabytes << 20),
    )


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise Mistake("X035", f"`{text}` is no variable", "--env", "write NAME=VALUE", USAGE_STATUS)
    return name, value
