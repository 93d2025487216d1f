"""`armslength contracts diff` and `snapshot`: what changed between two versions of a contract, and whom it breaks."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from armslength.query.contracts.versions.comparing import Comparison, compare
from armslength.query.contracts.versions.snapshot import read_snapshot

Contract = Annotated[
    str, typer.Argument(help="A snapshot (.json, .yaml), or the namespace of an installed contract.")
]


def command(
    old: Contract,
    new: Contract,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what changed between two versions of a contract: compatible or breaking, and why. Fails (1) when the
    new version number says too little."""
    found = compare(read_snapshot(old), read_snapshot(new))
    print(_as_json(found) if as_json else _in_words(found))
    return int(found.why_not_version is not None)


def snapshot(namespace: Contract) -> None:
    """Print what a contract promises, to keep in a file and compare with later."""
    print(json.dumps(read_snapshot(namespace), indent=1, ensure_ascii=False))


def _in_words(found: Comparison) -> str:
    lines = [f"{found.namespace}: from {found.old} to {found.new}"]
    for each in found.changes:
        detail = f" ({each.detail})" if each.detail else ""
        lines.append(
            f"  {each.rule.weight.name.lower():<10}  {each.where}: {each.kind}{detail}: {each.rule.reason}"
        )
    if not found.changes:
        lines.append("  nothing changed")
    lines.append(found.why_not_version or f"the version is high enough (at least {found.lowest_version})")
    return "\n".join(lines)


def _as_json(found: Comparison) -> str:
    claim = {
        "namespace": found.namespace,
        "old": found.old,
        "new": found.new,
        "lowest_version": found.lowest_version,
        "why_not_version": found.why_not_version,
        "changes": [
            {
                "weight": each.rule.weight.name.lower(),
                "where": each.where,
                "change": each.kind,
                "detail": each.detail,
                "reason": each.rule.reason,
            }
            for each in found.changes
        ],
    }
    return json.dumps(claim, indent=1, ensure_ascii=False)
