"""Reusable actions: their code, fetched once at a commit, kept read-only, and run in one of the environments."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from armslength.kernel.errors import Mistake, Mistakes
from armslength.kernel.files import sha256_of
from armslength.kernel.ids import derived_id
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.model import Command, Pipeline
from armslength.pipeline.reusable import FILE_NAME, MOST_BYTES, read_action_file
from armslength.policy.actions import ActionHome, read_homes_file
from armslength.runner.checkout import CannotFetch, Repositories, extract
from armslength.runner.environments.environment import Environment
from armslength.runner.environments.installed import digest_of
from armslength.runner.environments.recipes import built_folder
from armslength.runner.local.code import read_code, stand_still

FILE_VARIABLE = "ARMSLENGTH_ACTIONS"
FILE_OF_MACHINE = Path("/etc/armslength/actions.toml")


@dataclass(frozen=True)
class Homes:
    """The reusable actions that may be used, and the folder in which their code is kept. Several threads may ask."""

    known: Mapping[str, ActionHome]  # by name and version
    cache: Path
    _repositories: Repositories = field(init=False, repr=False, compare=False)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_repositories", Repositories(self.cache / "repositories"))

    def code_of(self, name: str) -> Path | None:
        """Return where the code of an action lies, or None when it was not fetched yet."""
        home = self.known[name]
        if home.folder:
            return self._copy(name, Path(home.folder).expanduser())
        place = self._place(home)
        return place if place.is_dir() else None

    def fetch(self, name: str) -> None:
        """Have the code of an action here. What is here is never asked for again: a commit does not change.

        Raises CannotFetch, or Mistake R030 to R033 when the commit is not there, not on its branch or not usable.
        """
        home = self.known[name]
        place = self._place(home)
        if home.folder or place.is_dir():
            return
        try:
            mirror = self._repositories.fetch(url=home.repository, branch=home.branch, commit=home.commit)
            with self._one_at_a_time:
                place.parent.mkdir(parents=True, exist_ok=True)
                extract(mirror, commit=home.commit, folder=place, read_only=True)
        except Mistake as mistake:
            mistake.where = f"{name}, {home.repository}"
            mistake.hint = "whoever pinned this action has to look at its repository"
            raise

    def _place(self, home: ActionHome) -> Path:
        return self.cache / "code" / derived_id(home.repository, home.commit)

    def _copy(self, name: str, folder: Path) -> Path:
        """Return a copy of a folder as it is now, the same for the same content."""
        if not folder.is_dir():
            raise Mistake("R016", f"the folder of `{name}` is not there", where=str(folder))
        with self._one_at_a_time:
            code = read_code(folder, Pipeline(5, {}), _Nothing())
            if copy := stand_still(folder, code, below=self.cache / "folders"):
                return copy
        raise Mistake("R016", f"files of `{name}` change while they are copied", where=str(folder))


class _Nothing:
    """Remembers no hash of any file."""

    def known(self, path: str, status: os.stat_result) -> str | None:
        return None

    def remember(self, path: str, status: os.stat_result, sha256: str) -> None:
        return None


def homes_of_this_machine() -> Homes:
    """Return the reusable actions that this machine and this user know, which wins over the machine.

    `ARMSLENGTH_ACTIONS` names another file in place of both. Raises Mistake Y001 or Mistakes for one that is wrong.
    """
    if named := os.environ.get(FILE_VARIABLE):
        known = read_homes_file(Path(named))
    else:
        known = {}
        for path in (FILE_OF_MACHINE, file_of_user()):
            if path.exists():
                known.update(read_homes_file(path))
    return Homes(known, cache_of_user())


def cache_of_user() -> Path:
    """Return the folder in which the code of reusable actions is kept, for all studies of this user."""
    return built_folder() / "actions"


def file_of_user() -> Path:
    """Return the file in which this user keeps reusable actions."""
    folder = os.environ.get("XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "armslength" / "actions.toml"


def is_reusable(name: str) -> bool:
    """Say whether a name can only be a reusable action's: none of ours is ever replaced by one.

    >>> is_reusable("cox-ipw:v0.0.30"), is_reusable("ehrql:v9"), is_reusable("sqlrunner:v1")
    (True, False, False)
    """
    image, _, version = name.partition(":")
    return kind_of(Command(image, version, ())) is ActionKind.REUSABLE


def fetch_actions(names: Iterable[str], homes: Homes) -> None:
    """Have the code of every reusable action among these names here. Raises as `Homes.fetch` does."""
    for name in dict.fromkeys(names):
        if is_reusable(name) and name in homes.known:
            homes.fetch(name)


def fetch_or_say(names: Iterable[str], homes: Homes) -> None:
    """Do so on a laptop, where there may be no network. Raises Mistake R015."""
    try:
        fetch_actions(names, homes)
    except CannotFetch as error:
        raise Mistake(
            "R015",
            f"the code of a reusable action is not on this machine and cannot be fetched: {error}",
            where=str(homes.cache),
            hint="connect to the network for the first run; after it the code stays here",
        ) from None


def read_command(name: str, code: Path) -> Command:
    """Return the command in `action.yaml`. Raises Mistake R016 when there is none, or none that can be run."""
    path = code / FILE_NAME
    hint = "its repository needs `action.yaml` with `run: r:v2 analysis/model.R` or the like: ask its authors"
    try:
        if path.is_symlink() or not stat.S_ISREG(path.stat().st_mode):
            raise Mistake("R016", f"`{FILE_NAME}` of `{name}` is no plain file", where=name, hint=hint)
        with path.open("rb") as file:
            return read_action_file(file.read(MOST_BYTES + 1), name=f"{name}/{FILE_NAME}")
    except OSError:
        raise Mistake("R016", f"`{name}` is no reusable action: it has no `{FILE_NAME}`", hint=hint) from None
    except Mistakes as found:
        first = found.mistakes[0]
        raise Mistake("R016", f"`{name}` cannot be run: {first.what}", where=first.where, hint=hint) from None


def reusable(name: str, base: Environment, *, command: Command, code: Path, home: ActionHome) -> Environment:
    """Return the environment that an action stands for: the one it runs in, its own arguments first, its own code."""
    content = digest_of_code(code)
    return replace(
        base,
        name=name,
        about=f"a reusable action in {base.name}",
        digest=digest_of(
            (f"action {home.commit}".rstrip(), content, base.digest, json.dumps(command.arguments))
        ),
        origin=f"{home.repository or home.folder} {home.commit}".rstrip(),
        note=f"its code is sha256:{content}",
        base=base.name,
        first=command.arguments,
        code=code,
    )


def digest_of_code(folder: Path) -> str:
    """Return the SHA-256 over every file's path, mark of execution and content, and over where links lead."""
    lines = []
    for parent, folders, files in os.walk(folder):
        for entry in (*files, *folders):
            path = Path(parent, entry)
            if path.is_symlink():
                lines.append(f"{path.relative_to(folder)}\0link\0{path.readlink()}")
            elif path.is_file():
                mark = "x" if path.stat().st_mode & stat.S_IXUSR else "-"
                lines.append(f"{path.relative_to(folder)}\0{mark}\0{sha256_of(path)}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
