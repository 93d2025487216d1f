"""A6: rows that do not fit the header, and tables near the limit of rows."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="A6",
    title="A table larger or less even than it should be",
    verdicts=(WARN,),
    stops="rows with more or fewer cells than the header: what lies beyond it has no name to be judged by; tables with"
    " more rows than may leave",
    mend="one header row, even rows, fewer rows",
    source=f"{POLICY}, limit of rows",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding when rows are uneven, one when there are too many."""
    table = subject.table
    if table.uneven and table.source == "csv":
        rows = {line: row for row, line in enumerate(table.lines)}
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN,
            what=f"{len(table.uneven)} rows have more or fewer cells than the header",
            why="a cell without a column name cannot be judged by what it shows",
            fix="write the table with one header row and the same number of cells on every row",
            table=table.name,
            number=table.number,
            places=tuple(
                Place(line=line, column=table.header[0], row=rows[line], index=0)
                for line in table.uneven[: subject.policy.maximum_places]
            ),
            cells=len(table.uneven),
        )
    if len(table.rows) > subject.policy.maximum_rows:
        yield subject.finding(
            ABOUT.code,
            Verdict.WARN,
            what=f"the table has {len(table.rows):,} rows; more than {subject.policy.maximum_rows:,} do not leave",
            why="so many rows cannot be looked at by people, and are rarely groups",
            fix="group further, or split what is really needed into files of its own",
            value=f"{len(table.rows)} rows",
        )
