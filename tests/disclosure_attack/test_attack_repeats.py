"""Tables beside one another in one file."""

from __future__ import annotations

from armslength.disclosure.attack.repeats import DOCUMENT_CHECKS
from armslength.disclosure.check import examine
from armslength.disclosure.policy import DEFAULT


def page(*tables: str) -> bytes:
    """A page with one HTML table per CSV text."""
    parts = []
    for text in tables:
        header, *rows = [line.split(",") for line in text.strip().splitlines()]
        head = "".join(f"<th>{name}</th>" for name in header)
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        parts.append(f"<table><tr>{head}</tr>{body}</table>")
    return ("<html><body>" + "<p>and</p>".join(parts) + "</body></html>").encode()


def said(*tables: str) -> list[tuple[str, str]]:
    found = examine(page(*tables), name="report.html")
    return [
        (finding.code, finding.verdict.value)
        for check in DOCUMENT_CHECKS
        for finding in check.find(found.document, found.subjects, DEFAULT)
    ]


FIRST = "region,n\nNorth,120\nSouth,85\nEast,310\nWest,[REDACTED]\n"


def test_a_cell_that_one_table_hides_and_another_shows():
    assert said(FIRST, FIRST.replace("[REDACTED]", "5")) == [("D6", "block")]


def test_other_people_under_the_same_headings_are_no_finding():
    assert said(FIRST, "region,n\nNorth,15\nSouth,840\nEast,30\nWest,5\n") == []


def test_bands_cut_at_different_points():
    first = "age_band,n\n0-9,111\n10-17,203\n18-39,511\n40-44,203\n45-49,311\n"
    second = "age_band,n\n0-9,111\n10-17,203\n18-39,511\n40-47,512\n"
    assert said(first, second) == [("D5", "warn")]
    assert said(first.replace("311", "331"), second) == []


def test_one_table_has_nothing_beside_it():
    assert said(FIRST) == []
