"""B6: everybody, or nobody, in a group has something."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import HANDBOOK, INFO, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.shares import is_percent, share_of, triples
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B6",
    title="Class disclosure",
    verdicts=(WARN, INFO),
    stops="a proportion of exactly 100 %, or a count equal to its whole: then it is known of every member of the group;"
    " a proportion of exactly 0 % is told",
    mend="merge the group with its neighbour, unless it follows from the definition",
    source=f"{POLICY}, zero; {HANDBOOK}, class disclosure",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of shares with certain values."""
    for triple in triples(subject):
        percent = is_percent(subject, triple.share)
        everyone, nobody = [], []
        for row, cells in enumerate(subject.table.rows):
            share, whole = share_of(cells[triple.share], percent=percent), cells[triple.whole].count
            if share is None or not whole:
                continue
            if share.value == 1:
                everyone.append((row, triple.share))
            elif share.value == 0:
                nobody.append((row, triple.share))
        for cells_found, verdict, what in ((everyone, Verdict.WARN, "100 %"), (nobody, Verdict.INFO, "0 %")):
            if cells_found:
                yield subject.finding(
                    ABOUT.code,
                    verdict,
                    what=f"{len(cells_found)} {'group has' if len(cells_found) == 1 else 'groups have'} {what}"
                    f" in `{subject.table.header[triple.share]}`",
                    why="what holds for all of a group is known of each of its people",
                    fix=ABOUT.mend,
                    cells=cells_found,
                    value=what,
                )
