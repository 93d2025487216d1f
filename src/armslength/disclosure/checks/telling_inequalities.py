"""B12: markers that say more than the rule allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import COUNTS, Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B12",
    title="Markers that say too much",
    verdicts=(WARN,),
    stops="`<5` or `6-7` where everything up to the threshold must look alike, or two different markers in one table",
    mend="use one marker everywhere, such as [REDACTED]",
    source=f"{POLICY}, marker",
)
_NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_BAND = re.compile(r"^\s*(\d{1,2})\s*(?:-|–|to)\s*(\d{1,2})\s*$")  # noqa: RUF001


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding per table with telling markers."""
    cells: list[tuple[int, int]] = []
    said: set[str] = set()
    for index in subject.columns(*COUNTS, Role.MIXED):
        if not subject.table.has(index, Kind.REDACTED, Kind.INEQUALITY, Kind.TEXT):
            continue
        for row, cell in enumerate(subject.table.columns[index]):
            if cell.kind not in _NUMBERS and _says_more(cell, subject.policy.threshold):
                cells.append((row, index))
                said.add(cell.raw.strip())
    if cells:
        listed = ", ".join(f"`{text}`" for text in sorted(said)[:4])
        yield subject.finding(
            ABOUT.code,
            Verdict.WARN,
            what=f"{len(cells)} hidden counts are marked {listed},"
            f" which says more than 1 to {subject.policy.threshold}",
            why="the narrower the marker, the fewer numbers are left to guess",
            fix=ABOUT.mend,
            cells=cells,
            value=sorted(said)[0],
        )


def _says_more(cell: Cell, threshold: int) -> bool:
    if cell.kind in (Kind.INEQUALITY, Kind.REDACTED) and cell.value is not None:
        top = cell.value if cell.sign == "<=" else cell.value - 1 if cell.sign == "<" else None
        return top is not None and 1 <= top < threshold
    band = _BAND.match(cell.raw) if cell.kind is Kind.TEXT else None
    return band is not None and 1 <= int(band[1]) <= int(band[2]) <= threshold
