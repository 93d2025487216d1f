"""Environments: the locked sets of programs that an action may name, such as `python:v2`.

An environment is recorded by a digest over what is installed in it, so that each job says with what it ran.
"""

from __future__ import annotations

import functools
import hashlib
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import distributions
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.jail import SEARCH_PATH
from armslength.pipeline.model import Command

# Never the working folder on the module path: a study with a file `ehrql.py` would run it beside the database.
QUERY_PYTHON = (sys.executable, "-P", "-s")
INTERPRETERS = frozenset({"python", "python3"})


@dataclass(frozen=True)
class Environment:
    """One environment. `entry` comes before the arguments of an action that do not name a program."""

    name: str
    entry: tuple[str, ...]
    names_program: bool  # whether the first argument may be a program of its own
    about: str

    def argv(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        """Return the command line of an action.

        >>> find_environment("ehrql:v1").argv(("generate-dataset", "a.py"))[1:]
        ('-P', '-s', '-m', 'ehrql', 'generate-dataset', 'a.py')
        """
        if self.names_program and arguments:
            if arguments[0] in INTERPRETERS:
                return (sys.executable, *arguments[1:])
            if "/" not in arguments[0] and (program := shutil.which(arguments[0], path=SEARCH_PATH)):
                return (program, *arguments[1:])
        return (*self.entry, *arguments)

    def recorded(self) -> str:
        """Return the name with the digest of what is installed: what a job's record says."""
        return f"{self.name} sha256:{digest()}"


# Every version a study may name is the one locked environment of this installation until there are more.
CATALOGUE: Mapping[str, Environment] = {
    environment.name: environment
    for environment in (
        Environment("ehrql:v1", (*QUERY_PYTHON, "-m", "ehrql"), False, "datasets and measures"),
        Environment("python:v2", (sys.executable,), True, "analysis in Python: numpy, pandas, matplotlib"),
    )
}


def find_environment(name: str) -> Environment:
    """Return an environment, or raise Mistake R010 that says what is offered."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    close = get_close_matches(name, CATALOGUE, n=1)
    offered = "this backend offers " + ", ".join(CATALOGUE)
    hint = f"did you mean `{close[0]}`? {offered}" if close else offered
    raise Mistake("R010", f"there is no environment `{name[:100]}`", where="project.yaml", hint=hint)


def environment_of(command: Command) -> Environment:
    """Return the environment a command names, or raise Mistake R010."""
    return find_environment(command.environment)


def variables(*, backend: str) -> dict[str, str]:
    """Return what every program finds in its environment: nothing of the runner's own."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{SEARCH_PATH}",
        "OPENSAFELY_BACKEND": backend,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONHASHSEED": "0",  # the same study gives the same bytes
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108 (inside the jail)
        "TZ": "UTC",
    }


@functools.cache
def digest() -> str:
    """Return the SHA-256 over the interpreter and every installed distribution with its version."""
    installed = sorted({f"{one.metadata['Name']}=={one.version}" for one in distributions()})
    lines = [
        f"{platform.python_implementation()} {platform.python_version()} {platform.machine()}",
        *installed,
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
