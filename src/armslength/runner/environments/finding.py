"""Finding: from a name in a study to the environment that its executor uses."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.jail import SEARCH_PATH
from armslength.pipeline.model import Command
from armslength.runner.environments import installed
from armslength.runner.environments.building import built_environment
from armslength.runner.environments.catalogue import Entry, entry_of, read_catalogue
from armslength.runner.environments.environment import Environment
from armslength.runner.environments.recipes import read_images, recipe_folder
from armslength.runner.environments.reusable import Homes, is_reusable, read_command, reusable

# Never the working folder on the module path: a study with a file `ehrql.py` would run it beside the database.
QUERY = ("-P", "-s", "-m", "ehrql")
RAW_SQL = ("-P", "-s", "-m", "armslength", "sql", "action")
OURS = "this installation"


def find_environment(name: str, *, images: bool = False, homes: Homes | None = None) -> Environment:
    """Return an environment by the name a study gives it: for a sandbox, or with `images` for a container.

    `homes` are the reusable actions that may be named like one; their code is looked for, not fetched. Raises Mistake
    R010 for an unknown name, R012 for one that is known and not run, R011 for one that is not there yet, with the
    command that makes it, and R015 or R016 for a reusable action without its code or with code that cannot be run.

    >>> find_environment("ehrql:v1").argv(("generate-dataset", "a.py"))[1:]
    ('-P', '-s', '-m', 'ehrql', 'generate-dataset', 'a.py')
    """
    if homes is not None and name in homes.known and is_reusable(name):
        return _reusable(name, homes, images=images)
    entry = entry_of(name)
    return _as_image(entry) if images else IN_A_SANDBOX[entry.kind](entry)


def environment_of(command: Command, *, images: bool = False, homes: Homes | None = None) -> Environment:
    """Return the environment a command names, or raise as `find_environment` does."""
    return find_environment(command.environment, images=images, homes=homes)


def offered(*, images: bool = False) -> dict[str, Environment | Mistake]:
    """Return every name of the catalogue with its environment, or with why it cannot be used here."""
    found: dict[str, Environment | Mistake] = {}
    for name in read_catalogue().entries:
        try:
            found[name] = find_environment(name, images=images)
        except Mistake as mistake:
            found[name] = mistake
    return found


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


def _reusable(name: str, homes: Homes, *, images: bool) -> Environment:
    code = homes.code_of(name)
    if code is None:
        raise Mistake("R015", f"the code of `{name}` was not fetched yet", where=homes.known[name].repository)
    command = read_command(name, code)
    base = find_environment(command.environment, images=images)
    return reusable(name, base, command=command, code=code, home=homes.known[name])


def _query(entry: Entry) -> Environment:
    return _ours(entry, (sys.executable, *QUERY), names_program=False)


def _sql(entry: Entry) -> Environment:
    return _ours(entry, (sys.executable, *RAW_SQL), names_program=False)


def _python(entry: Entry) -> Environment:
    """Return the locked environment when it was built here, else this installation, which says that it is it."""
    built = built_environment(entry.recipe)
    if built is None:
        return _ours(entry, (sys.executable,), names_program=True)
    folder, record = built
    python = str(folder / "bin" / "python")
    return Environment(
        name=entry.name,
        entry=(python,),
        names_program=True,
        about=entry.about,
        digest=record.digest,
        origin=f"locked, {len(record.packages)} packages, {record.python}",
        note=entry.note,
        bin=folder / "bin",
        folders=tuple(_outside_the_system(folder, Path(record.base))),
        python=python,
    )


def _ours(entry: Entry, line: tuple[str, ...], *, names_program: bool) -> Environment:
    return Environment(
        name=entry.name,
        entry=line,
        names_program=names_program,
        about=entry.about,
        digest=installed.digest(),
        origin=OURS,
        note=entry.note,
        bin=Path(sys.executable).parent,
        python=sys.executable,
    )


def _r(entry: Entry) -> Environment:
    program = installed.r_program()
    if program is None:
        packages = " ".join(r_wanted(entry.recipe))
        raise Mistake(
            "R011",
            f"`{entry.name}` needs R, which is not installed on this machine",
            where=SEARCH_PATH,
            hint=f"run: apt-get install --no-install-recommends {packages}",
        )
    lacking = r_lacking(entry.recipe)
    notes = [entry.note] if entry.note else []
    if lacking:
        notes.append(f"{len(lacking)} packages of its recipe are not installed")
    return Environment(
        name=entry.name,
        entry=(program,),
        names_program=True,
        about=entry.about,
        digest=installed.r_digest(),
        origin=f"R of this machine, {len(installed.r_packages())} packages",
        note="; ".join(notes),
        folders=tuple(path for path in (installed.R_SETTINGS,) if path.is_dir()),
    )


@functools.cache
def r_wanted(recipe: str) -> tuple[str, ...]:
    """Return the Debian packages that a recipe lists."""
    lines = (recipe_folder(recipe) / "packages.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def r_lacking(recipe: str) -> tuple[str, ...]:
    """Return the R packages of a recipe, as Debian packages, that a job would not find on this machine."""
    return _lacking(recipe, installed.r_packages())


@functools.lru_cache(maxsize=8)
def _lacking(recipe: str, packages: tuple[str, ...]) -> tuple[str, ...]:
    there = {one.partition("==")[0].lower() for one in packages}
    wanted = (one for one in r_wanted(recipe) if one.startswith("r-cran-"))
    return tuple(one for one in wanted if one.removeprefix("r-cran-") not in there)


def _as_image(entry: Entry) -> Environment:
    known = read_images().get(entry.recipe)
    if known is None:
        raise Mistake(
            "R011",
            f"`{entry.name}` has no image on this machine",
            where="the container engine",
            hint=f"run: armslength environments build {entry.instead or entry.name} --image",
        )
    lines = {
        "query": ("python3", *QUERY),
        "sql": ("python3", *RAW_SQL),
        "python": ("python3",),
        "r": ("Rscript",),
    }
    return Environment(
        name=entry.name,
        entry=lines[entry.kind],
        names_program=entry.kind not in ("query", "sql"),
        about=entry.about,
        digest=known.image.rpartition("sha256:")[2],
        origin=f"image {known.image}",
        note=entry.note,
        image=known.image,
        python="" if entry.kind == "r" else "python3",
    )


def _outside_the_system(*folders: Path) -> list[Path]:
    """Return the folders that a jail does not show anyway."""
    return [folder for folder in folders if not folder.is_relative_to("/usr")]


IN_A_SANDBOX: Mapping[str, Callable[[Entry], Environment]] = {
    "query": _query,
    "sql": _sql,
    "python": _python,
    "r": _r,
}
