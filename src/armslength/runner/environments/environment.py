"""One environment as an executor uses it: what comes before an action's arguments, and where the programs are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.jail import SEARCH_PATH

INTERPRETERS = frozenset({"python", "python3"})


@dataclass(frozen=True)
class Environment:
    """One environment. `entry` comes before the arguments of an action that do not name a program.

    In a sandbox `folders` are what a job sees of this machine besides the system (None: this installation), and `bin`
    is looked in for programs first. In a container `image` is all there is, pinned by its digest.
    """

    name: str
    entry: tuple[str, ...]
    names_program: bool  # whether the first argument may be a program of its own
    about: str
    digest: str  # SHA-256 over what is installed in it
    origin: str  # where its programs are from, in words
    note: str = ""
    bin: Path | None = None
    folders: tuple[Path, ...] | None = None
    image: str = ""
    python: str = ""  # what a study's `python` means; none where there is none
    # Of a reusable action: the environment that it runs in, its own arguments, and its code in place of the study's.
    base: str = ""
    first: tuple[str, ...] = ()
    code: Path | None = None

    def argv(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        """Return the command line of an action.

        >>> r = Environment("r:v2", ("Rscript",), True, "", "", "", image="sha256:0")
        >>> r.argv(("analysis/a.R", "--n", "3")), r.argv(("R", "--version"))
        (('Rscript', 'analysis/a.R', '--n', '3'), ('R', '--version'))
        """
        arguments = (*self.first, *arguments)
        if self.names_program and arguments:
            if self.python and arguments[0] in INTERPRETERS:
                return (self.python, *arguments[1:])
            if program := self._program(arguments[0]):
                return (program, *arguments[1:])
        return (*self.entry, *arguments)

    @property
    def path(self) -> str:
        """Return the PATH of a job; empty in a container, whose image has its own."""
        if self.image:
            return ""
        return f"{self.bin}:{SEARCH_PATH}" if self.bin else SEARCH_PATH

    def recorded(self) -> str:
        """Return the name with the digest of what is installed: what a job's record says."""
        return f"{self.name} sha256:{self.digest}"

    def _program(self, word: str) -> str | None:
        if "/" in word or word.startswith("-"):
            return None
        if self.image:  # nobody looks into an image to plan: a script has a suffix, a program has none
            return None if "." in word else word
        return shutil.which(word, path=self.path)
