"""armslength environments: what actions can run in on this machine, what is in it, and building what is missing."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from armslength.kernel.errors import Mistake
from armslength.runner.containers.engine import Engine
from armslength.runner.environments import Environment, entry_of, find_environment, offered
from armslength.runner.environments.building import build_image, build_python, built_environment, lock_of
from armslength.runner.environments.finding import OURS, r_lacking
from armslength.runner.environments.installed import our_packages, r_packages
from armslength.runner.environments.pinning import pin, written
from armslength.runner.environments.recipes import built_folder, read_images, recipe_folder
from armslength.runner.environments.reusable import FILE_VARIABLE, cache_of_user, file_of_user

app = typer.Typer(
    no_args_is_help=True,
    help="The environments that actions run in, such as python:v2.",
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
ImageOption = Annotated[bool, typer.Option("--image", help="The image for containers, not the sandbox's.")]
NameArgument = Annotated[str, typer.Argument(help="An environment, as an action names it.")]


@app.command("list")
def list_all(image: ImageOption = False, as_json: JsonOption = False) -> None:
    """List every environment: whether it can be used here, and where its programs are from."""
    found = offered(images=image)
    if as_json:
        print(json.dumps([_described(name, one) for name, one in found.items()], indent=1))
        return
    width = max(map(len, found))
    for name, one in found.items():
        if instead := entry_of(name).instead:
            print(f"{name:<{width}}  as {instead}: {entry_of(name).note}")
        elif isinstance(one, Mistake):
            print(f"{name:<{width}}  missing: {one.what}; {one.hint}")
        else:
            note = f"; {one.note}" if one.note else ""
            print(f"{name:<{width}}  {one.origin}{note}  sha256:{one.digest[:12]}")


@app.command()
def show(name: NameArgument, image: ImageOption = False, as_json: JsonOption = False) -> None:
    """Show one environment: its digest, its programs, every package with its version."""
    found = find_environment(name, images=image)
    described = {**_described(name, found), **_contents(name, found)}
    if as_json:
        print(json.dumps(described, indent=1))
        return
    for key in ("environment", "about", "note", "origin", "digest", "entry", "image"):
        if described[key]:
            print(f"{key:<12} {described[key]}")
    for one in described["packages"]:
        print(f"  {one}")
    if described["missing"]:
        wanted = " ".join(described["missing"])
        print(f"\nnot installed, and part of the recipe: {wanted}", file=sys.stderr)
        print(f"\nhint: apt-get install --no-install-recommends {wanted}", file=sys.stderr)


@app.command()
def build(name: NameArgument, image: ImageOption = False, as_json: JsonOption = False) -> None:
    """Build one environment from its locked recipe, once, for all studies on this machine."""
    entry = entry_of(name)
    if image:
        engine = Engine.of_this_machine()
        if reason := engine.why_not_usable():
            raise Mistake("R003", reason, where="executor docker")
        build_image(entry, say=_say, engine=engine)
    elif entry.kind == "python":
        build_python(entry, say=_say)
    else:
        _tell_what_is_missing(name, find_environment(name))
    show_one = find_environment(name, images=image)
    if as_json:
        print(json.dumps(_described(name, show_one), indent=1))
    else:
        print(show_one.recorded())


@app.command("pin")
def pin_action(
    name: Annotated[str, typer.Argument(help="A reusable action with its tag, such as matching:v1.2")],
    repository: Annotated[str, typer.Option(help="Where its code is, when not at the usual place.")] = "",
    branch: Annotated[
        str, typer.Option(help="The branch of reviewed code that its commit must be on.")
    ] = "main",
    as_json: JsonOption = False,
) -> None:
    """Write down the commit that the tag of a reusable action names today, and fetch its code."""
    path = Path(os.environ.get(FILE_VARIABLE) or file_of_user())
    home = pin(name, repository=repository, branch=branch, path=path, cache=cache_of_user())
    if as_json:
        print(json.dumps({"action": name, **asdict(home), "file": str(path)}, indent=1))
        return
    print(written(name, home), end="")
    _say(f"written into {path}; a data centre needs the same lines in its policy")


def _tell_what_is_missing(name: str, found: Environment) -> None:
    """Say that there is nothing to build, or raise Mistake R011 with the command of the system that helps."""
    if entry_of(name).kind == "r" and (lacking := r_lacking(entry_of(name).recipe)):
        what = f"`{name}` is the R of this machine, which lacks {len(lacking)} packages of the recipe"
        hint = f"run: apt-get install --no-install-recommends {' '.join(lacking)}"
        raise Mistake("R011", what, where=found.origin, hint=hint)
    _say(f"{name} needs no building: it is {found.origin}")


def _described(name: str, found: Environment | Mistake) -> dict[str, Any]:
    """Return what is told of one environment to programs."""
    entry = entry_of(name)
    told: dict[str, Any] = {
        "environment": name,
        "about": entry.about,
        "instead": entry.instead,
        "note": entry.note,
    }
    if isinstance(found, Mistake):
        return {**told, "usable": False, "code": found.code, "why": found.what, "hint": found.hint}
    return {
        **told,
        "note": found.note,
        "usable": True,
        "origin": found.origin,
        "digest": f"sha256:{found.digest}",
        "entry": list(found.entry),
        "image": found.image,
    }


def _contents(name: str, found: Environment) -> dict[str, Any]:
    """Return the packages of an environment; of an image, its recipe alone is known."""
    entry = entry_of(name)
    packages: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    if found.image:
        images = read_images()
        return {"packages": [], "missing": [], "built_at": images[entry.recipe].built_at}
    if entry.kind == "r":
        packages, missing = r_packages(), r_lacking(entry.recipe)
    elif found.origin == OURS:
        packages = our_packages()
    elif built := built_environment(entry.recipe):
        packages = built[1].packages
    locked = (recipe_folder(entry.recipe) / "requirements.txt").is_file()
    return {
        "packages": list(packages),
        "missing": list(missing),
        "lock": f"sha256:{lock_of(entry.recipe)}" if locked else "",
        "folder": str(built_folder()),
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr)
