"""G6, G3: data and pictures inside a page or a drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="G6",
    title="Data inside a page or a drawing",
    verdicts=(WARN,),
    stops="tables in the scripts of widgets and charts: they commonly hold the whole data frame. They are read and"
    " judged like any other table; pictures of pixels inside a drawing are named, for nobody can read them here",
    mend="save the page without its widgets, or give the widget only what it shows",
    source=f"{POLICY}, figures",
)


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield one finding for embedded tables, and one for embedded pictures."""
    tables = [subject.table for subject in subjects if subject.table.source == "widget"]
    rows = sum(len(table.rows) for table in tables)
    if rows >= 2:
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN,
            what=f"scripts of the page hold {len(tables)} tables with {rows:,} rows",
            why="everything a widget was given can be read out of the page, also what it does not show",
            fix=ABOUT.mend,
            table=document.name,
        )
    if document.drawing and document.drawing.pictures:
        yield Finding(
            code="G3",
            verdict=Verdict.WARN,
            what=f"the drawing holds {document.drawing.pictures} pictures of pixels",
            why="what they show cannot be read here",
            fix="draw it as lines and text, or look at each picture with its data",
            table=document.name,
        )
