"""Verifying claims: is the table the one the claims were written for, and do its cells keep to them.

A file's claims lie beside it as `NAME.claims.json`. What they say wrongly is a finding; what they say rightly is
evidence, shown with the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from armslength.disclosure.check import Examination
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.study.writing import SCHEMES, VERSION, claims_path, why_not
from armslength.disclosure.tables import Table
from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of

_MOST_BYTES = 2**20
Examined = tuple[str, Examination]


def with_claims(
    examined: Sequence[Examined], paths: Sequence[Path], *, policy: DisclosurePolicy = DEFAULT
) -> list[Examined]:
    """Add to each file's report what its claims say wrongly, or, where they all hold, that they do."""
    return [
        (name, _with_claims(examination, path, policy))
        for (name, examination), path in zip(examined, paths, strict=True)
    ]


def _with_claims(examination: Examination, path: Path, policy: DisclosurePolicy) -> Examination:
    report = examination.report
    if not claims_path(path).is_file():
        return examination
    tables = tuple(subject.table for subject in examination.subjects)
    try:
        found = list(verify_claims(path, tables))
        claims = _read(path)[0]
    except (Mistake, OSError) as error:
        told = error.what if isinstance(error, Mistake) else f"its claims cannot be opened: {error.strerror}"
        found, claims = [_finding(path, told, ())], {}
    found += [
        _finding(path, f"column `{name}` is claimed to be less protected than the policy asks: {weak}", ())
        for name, claim in claims.items()
        if (weak := _weakness(claim, policy))
    ]
    judged = [finding for one in found if (finding := policy.judge(one, file=report.name))]
    if found:
        return replace(examination, report=report.with_findings(judged))
    evidence = tuple(
        f"the claim for column `{name}` holds: {_in_words(claim)}" for name, claim in claims.items()
    )
    return replace(examination, report=replace(report, evidence=(*report.evidence, *evidence)))


def _weakness(claim: dict[str, Any], policy: DisclosurePolicy) -> str:
    """What a claim leaves open that the policy does not, or nothing."""
    if claim["scheme"] != "nearest":
        return "counts are exact" if claim["scheme"] == "exact" else ""
    if claim["threshold"] < policy.threshold:
        return f"only counts up to {claim['threshold']} are hidden, not up to {policy.threshold}"
    fits = any(claim["base"] % scheme.base == 0 for scheme in policy.schemes if not scheme.remainder)
    return "" if fits else f"rounding to {claim['base']} is not permitted"


def _in_words(claim: dict[str, Any]) -> str:
    if claim["scheme"] == "nearest":
        return f"counts from 1 to {claim['threshold']} hidden, then rounded to the nearest {claim['base']}"
    return "rounded to midpoint 6" if claim["scheme"] == "midpoint6" else "exact counts"


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], str]:
    """A file's claims by column, and the digest it was claimed for, if any. Raises Mistake C015, OSError."""
    beside = claims_path(path)
    try:
        with beside.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ValueError("they are too large")
        said = json.loads(data)
        columns = {str(name): dict(claim) for name, claim in said["columns"].items()}
        if said["version"] != VERSION or any(claim["scheme"] not in SCHEMES for claim in columns.values()):
            raise ValueError("they are of another version")
        for claim in columns.values():
            if claim["scheme"] == "nearest":
                claim["base"], claim["threshold"] = int(claim["base"]), int(claim["threshold"])
                if claim["base"] < 1 or claim["threshold"] < 0:
                    raise ValueError("a base is at least 1, a threshold at least 0")
        return columns, str(said.get("sha256", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Mistake(
            "C015", "these claims cannot be read", where=str(beside), hint=f"write the table again: {error}"
        ) from None


def verify_claims(path: Path, tables: tuple[Table, ...]) -> Iterator[Finding]:
    """Yield what a file's claims say wrongly of its tables; nothing where there are no claims.

    Raises Mistake C015 when the claims cannot be read, OSError when a file cannot be opened.
    """
    if not claims_path(path).is_file():
        return
    columns, digest = _read(path)
    if digest and digest != sha256_of(path):
        yield _finding(path, "the claims were written for another version of this file", ())
    present = {name for table in tables for name in table.header}
    if tables and (absent := [name for name in columns if name not in present]):
        yield _finding(path, f"there is no column `{absent[0]}`, of which the claims speak", ())
    for table in tables:
        for index, name in enumerate(table.header):
            if name not in columns:
                continue
            wrong = [
                (row, why)
                for row, cell in enumerate(table.columns[index])
                if (why := why_not(cell.raw.strip(), columns[name]))
            ]
            if wrong:
                places = tuple(
                    Place(line=table.lines[row], column=name, row=row, index=index) for row, _ in wrong[:40]
                )
                yield _finding(
                    path, f"column `{name}` does not keep to what is claimed of it: {wrong[0][1]}", places
                )


def _finding(path: Path, what: str, places: tuple[Place, ...]) -> Finding:
    return Finding(
        code="C6", verdict=Verdict.WARN, what=what, why="who relies on the claims reads the numbers wrongly",
        fix="write the table again with `write_table`", table=path.name, places=places, cells=len(places),
    )  # fmt: skip
