"""What the codelist commands print: for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from armslength.cli.codelists.affected import Affected
from armslength.kernel.errors import Mistake
from armslength.pipeline.codelists.changes import Changes

MOST_CODES, MOST_VARIABLES = 20, 12


def console() -> Console:
    """Where results are printed."""
    return Console(highlight=False, soft_wrap=True)


def mistake_as_json(mistake: Mistake) -> dict[str, Any]:
    """One problem as plain data."""
    return {"code": mistake.code, "what": mistake.what, "where": mistake.where, "hint": mistake.hint}


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "code"), counted(1200, "code")
    ('1 code', '1,200 codes')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def changes_as_json(changes: Changes) -> dict[str, Any]:
    """What changed in one list, as plain data."""
    return {
        "added": [{"code": code, "term": term} for code, term in changes.added],
        "removed": [{"code": code, "term": term} for code, term in changes.removed],
        "reworded": [asdict(one) for one in changes.reworded],
        "columns_added": list(changes.columns_added),
        "columns_removed": list(changes.columns_removed),
    }


def affected_as_json(affected: Sequence[Affected]) -> list[dict[str, Any]]:
    """What changes in the study's definitions, as plain data."""
    return [
        {
            "definition": str(one.definition.path),
            "parameters": list(one.definition.parameters),
            "actions": list(one.definition.actions),
            "variables": {name: sorted(codes) for name, codes in one.variables.items()},
            "not_loaded": one.not_loaded,
        }
        for one in affected
    ]


def print_changes(name: str, changes: Changes, *, note: str | None = None) -> None:
    """Print what changed in one list: at most some codes of each kind."""
    out = console()
    if not changes:
        out.print(f"{escape(name)}: no difference")
        return
    parts = (
        (len(changes.added), "added"),
        (len(changes.removed), "removed"),
        (len({one.code for one in changes.reworded}), "with another term or category"),
    )
    told = [f"{counted(count, 'code')} {what}" for count, what in parts if count]
    out.print(f"[bold]{escape(name)}[/]: {', '.join(told) or 'other columns'}")
    if note:
        out.print(f"  {escape(note)}")
    rows = [("[green]+[/]", f"{code}  {term}") for code, term in changes.added]
    _print_some(out, rows)
    rows = [("[red]-[/]", f"{code}  {term}") for code, term in changes.removed]
    _print_some(out, rows)
    rows = [
        (
            "[yellow]~[/]",
            f"{one.code}  {one.column}: {one.before or '(nothing)'} → {one.after or '(nothing)'}",
        )
        for one in changes.reworded
    ]
    _print_some(out, rows)
    for sign, columns in (("+", changes.columns_added), ("-", changes.columns_removed)):
        for column in columns:
            out.print(f"  {sign} column `{escape(column)}`")


def _print_some(out: Console, rows: Sequence[tuple[str, str]]) -> None:
    for sign, text in rows[:MOST_CODES]:
        out.print(f"  {sign} {escape(text.rstrip())}")
    if len(rows) > MOST_CODES:
        out.print(f"  {rows[0][0]} and {len(rows) - MOST_CODES:,} more (`--json` lists all)")


def print_affected(affected: Sequence[Affected], lists: Mapping[str, Changes]) -> None:
    """Print which variables of which definitions come out different, and through which list."""
    out = console()
    if not affected:
        out.print("\nno definition was compared: no action of a `project.yaml` here runs one")
        return
    out.print("\n[bold]definitions, loaded with the old and with the new codes[/]")
    for one in affected:
        told = " ".join(
            [
                str(one.definition.path),
                *(["--", *one.definition.parameters] if one.definition.parameters else []),
            ]
        )
        if one.not_loaded:
            out.print(
                f"  {escape(told)}: not compared, because it cannot be loaded: {escape(one.not_loaded)}"
            )
        elif not one.variables:
            out.print(f"  {escape(told)}: asks the same as before")
        else:
            out.print(f"  {escape(told)}: {counted(len(one.variables), 'variable')} changed")
            for name, codes in list(one.variables.items())[:MOST_VARIABLES]:
                through = [each for each, changes in lists.items() if changes.codes & codes]
                out.print(
                    f"    {escape(name)}" + (f"  through {escape(', '.join(through))}" if through else "")
                )
            if len(one.variables) > MOST_VARIABLES:
                out.print(f"    and {len(one.variables) - MOST_VARIABLES} more (`--json` lists all)")
