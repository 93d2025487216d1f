"""`armslength backend`: make the package that describes a provider's database; one file per command."""

from __future__ import annotations

import json
import re
import shlex
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.new_folder import TEMPLATES, USAGE_STATUS, files_of_template, write_new_folder
from armslength.kernel.errors import Mistake

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Describe a database, so that studies can ask it.",
)
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
COMMON = "core"


@app.callback()
def backend() -> None:
    """Describe a database, so that studies can ask it."""


@app.command()
def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is asked by, as in `--backend NAME`.")],
    contracts: Annotated[
        list[str] | None,
        typer.Option(
            "--contracts",
            metavar="NAMESPACE",
            help="What it is to offer, such as core; several with commas, or repeated (default: core).",
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="FOLDER", help="Where (default: a new folder NAME).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a backend package: mappings, opt-outs, a sample, tests, CI. Nothing that exists is overwritten."""
    chosen = _chosen(contracts or [])
    files = files_of_new_backend(name, contracts=chosen)
    there = folder or Path(name)
    hint = f"name another folder: `armslength backend init {name} --folder FOLDER`"
    write_new_folder(there, files, made="the backend", hint=hint)
    steps, fill_in = what_comes_next(name, folder=there, contracts=chosen)
    if as_json:
        print(
            json.dumps(
                {"folder": str(there), "files": sorted(files), "next": steps, "fill_in": fill_in}, indent=2
            )
        )
        return
    print(f"made a backend of {len(files)} files in {there.absolute()}\n")
    print("it works on its sample:\n" + "\n".join(f"  {step}" for step in steps))
    print("\nfill in, in this order (README.md says how):\n" + "\n".join(f"  {each}" for each in fill_in))


def what_comes_next(
    name: str, *, folder: Path, contracts: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the commands that show that a new backend works, and the files to fill in, in order."""
    options = "".join(f" --contract {each}" for each in contracts)
    package = package_of(name)
    steps = (
        f"cd {shlex.quote(str(folder))}",
        "pip install --editable . pytest",
        "pytest",
        "python sample/make_sample.py sample.duckdb",
        f"armslength contracts check --backend {name} --dsn duckdb://sample.duckdb{options}",
    )
    fill_in = (
        "sample/schema.sql, sample/*.csv",
        f"src/{package}/mappings/*.sql",
        f"src/{package}/restrictions.py",
        f"src/{package}/__init__.py",
        "docs/mapping.md",
    )
    return steps, fill_in


def package_of(name: str) -> str:
    """Return the name of the Python package of a backend.

    >>> package_of("north-trust")
    'north_trust_backend'
    """
    return f"{name.replace('-', '_')}_backend"


def files_of_new_backend(name: str, *, contracts: tuple[str, ...]) -> dict[str, str]:
    """Return the files of a new backend. Raises Mistake X036 for its name, X037 for contracts that do not exist."""
    from armslength.query.api.new_backend import generated_files, unknown_contracts, words_for

    if reason := why_not_called(name):
        hint = "use small letters, digits and hyphens, as in `north-trust`"
        raise Mistake("X036", f"a backend cannot be called `{name}`: {reason}", None, hint, USAGE_STATUS)
    if unknown := unknown_contracts(contracts):
        raise _no_such_contract(unknown[0])
    package = package_of(name)
    words = words_for(contracts, name=name, package=package)
    made = files_of_template(TEMPLATES / "new-backend", words)
    return made | generated_files(contracts, package=package)


def why_not_called(name: str) -> str | None:
    """Return why a new backend cannot have this name, or None."""
    if NAME.fullmatch(name) is None:
        return "it becomes part of names that programs read"
    # Its own package may be installed already, when it is made again elsewhere.
    ours = "armslength.query.backends."
    if any(p.name == name and p.value.startswith(ours) for p in entry_points(group="armslength.backends")):
        return "one of that name comes with armslength"
    return None


def _chosen(given: list[str]) -> tuple[str, ...]:
    named = [each.strip() for text in given for each in text.split(",") if each.strip()]
    return tuple(dict.fromkeys(named)) or (COMMON,)


def _no_such_contract(name: str) -> Mistake:
    from armslength.query.loading.contract_tables import namespaces

    known = namespaces()
    close = get_close_matches(name, known, n=1)
    offered = f"contracts: {', '.join(known)}"
    hint = f"did you mean `{close[0]}`? {offered}" if close else offered
    return Mistake("X037", f"there is no contract `{name}`", None, hint, USAGE_STATUS)
