"""Whether a definition runs in a jail, and in which: no network, no credentials, nothing to write, limits."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import armslength
from armslength.kernel import bubblewrap
from armslength.kernel.bubblewrap import MEBIBYTE, Bind, Jail, Limits, Scratch
from armslength.kernel.errors import Mistake

VARIABLE = "EHRQL_ISOLATE_USER_CODE"
PROCESSOR_VARIABLE = "ARMSLENGTH_LOADING_PROCESSOR_SECONDS"
CLOCK_VARIABLE = "ARMSLENGTH_LOADING_SECONDS"
TEMPORARY = Path("/tmp")  # noqa: S108 (inside the jail)


class Isolation(StrEnum):
    """When a definition must run in a jail. Where one can be built it always does, except under `never`."""

    DEFAULT = "default"  # when a real database is configured
    ALWAYS = "always"
    NEVER = "never"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Isolation:
        """Read the setting. Raises Mistake Q008 for a word that is not one."""
        word = environment.get(VARIABLE) or cls.DEFAULT
        try:
            return cls(word)
        except ValueError:
            known = ", ".join(cls)
            raise Mistake(
                "Q008", f"`{word}` is not a way to isolate definitions", VARIABLE, f"use {known}"
            ) from None


@dataclass(frozen=True, kw_only=True)
class LoadLimits:
    """What loading one definition may use.

    Work is limited by time of the processor, which does not pass while a busy machine lets the definition wait;
    the limit by the clock ends what only waits.
    """

    processor_seconds: int = 120
    clock_seconds: int = 1200
    memory_bytes: int = 2048 * MEBIBYTE
    processes: int = 64
    result_bytes: int = 64 * MEBIBYTE
    output_bytes: int = 4 * MEBIBYTE

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> LoadLimits:
        """Read the limits of time. Raises Mistake Q008 for what is not a number of seconds."""
        usual = cls()
        return replace(
            usual,
            processor_seconds=_seconds(environment, PROCESSOR_VARIABLE, usual.processor_seconds),
            clock_seconds=_seconds(environment, CLOCK_VARIABLE, usual.clock_seconds),
        )


def _seconds(environment: Mapping[str, str], variable: str, usual: int) -> int:
    word = environment.get(variable) or str(usual)
    if re.fullmatch("[1-9][0-9]{0,6}", word):
        return int(word)
    raise Mistake(
        "Q008",
        f"`{word}` is not a number of seconds",
        variable,
        "give a whole number from 1 up, or leave it out",
    )


def jail_wanted(isolation: Isolation, *, real_data: bool) -> tuple[bool, str | None]:
    """Return whether to use a jail, and what to warn of when none is used.

    Raises Mistake Q008 when a jail is required and cannot be built: nothing runs then.
    """
    reason = bubblewrap.why_not_usable() if isolation is not Isolation.NEVER else None
    if isolation is Isolation.NEVER:
        return False, f"the definition runs without isolation, because {VARIABLE} is `never`"
    if reason is None:
        return True, None
    if isolation is Isolation.ALWAYS or real_data:
        raise Mistake(
            "Q008",
            f"the definition cannot be isolated, so it does not run: {reason}",
            hint=f"after repairing that, run again. {VARIABLE}=never runs it unprotected, able to read "
            "everything you can: do so only if you know all of its code",
        )
    return False, f"the definition runs without isolation: {reason}"


def jail_for(folders: tuple[Path, ...], *, study: Path, hidden: tuple[Path, ...], limits: LoadLimits) -> Jail:
    """Return the jail of one definition: its folders and Python to read, a little memory to write."""
    return Jail(
        read_only=tuple(Bind(folder) for folder in folders),
        scratch=(Scratch(TEMPORARY, 64 * MEBIBYTE),),
        environment=child_environment(),
        working_folder=study,
        keep_identity=True,
        proc=False,
        hidden=tuple(path for path in hidden if any(path.is_relative_to(folder) for folder in folders)),
        hostname="definition",
        limits=Limits(
            memory_bytes=limits.memory_bytes,
            cpu_seconds=limits.processor_seconds,
            file_bytes=64 * MEBIBYTE,
            open_files=256,
            processes=limits.processes,
        ),
    )


def child_environment() -> dict[str, str]:
    """Everything the child's environment holds: where Python finds this package, and that it is repeatable."""
    return {
        "HOME": str(TEMPORARY),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(Path(armslength.__file__).resolve().parents[1]),
        "TMPDIR": str(TEMPORARY),
    }


def child_arguments(
    definition: Path, folders: tuple[Path, ...], result: int, parameters: tuple[str, ...], showing: str = ""
) -> list[str]:
    """The command line of the child. `showing` is empty unless `show()` is to print: see `child.py`."""
    module = "armslength.query.loading.child"
    roots = os.pathsep.join(map(str, folders))
    return [sys.executable, "-P", "-m", module, str(result), roots, showing, str(definition), *parameters]
