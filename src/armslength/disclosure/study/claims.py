"""Verifying claims: is the table the one the claims were written for, and do its cells keep to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.study.writing import SCHEMES, VERSION, claims_path, why_not
from armslength.disclosure.tables import Table
from armslength.kernel.errors import Mistake


def verify_claims(path: Path, tables: tuple[Table, ...]) -> Iterator[Finding]:
    """Yield what a file's claims say wrongly of its tables; nothing where there are no claims.

    Raises Mistake C015 when the claims cannot be read.
    """
    beside = claims_path(path)
    if not beside.is_file():
        return
    try:
        said = json.loads(beside.read_text(encoding="utf-8"))
        columns = {str(name): dict(claim) for name, claim in said["columns"].items()}
        if said["version"] != VERSION or any(claim["scheme"] not in SCHEMES for claim in columns.values()):
            raise ValueError("they are of another version")
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise Mistake(
            "C015", "these claims cannot be read", where=str(beside), hint=f"write the table again: {error}"
        ) from None
    if "sha256" in said and said["sha256"] != hashlib.sha256(path.read_bytes()).hexdigest():
        yield _finding(path, "the claims were written for another version of this file", ())
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
