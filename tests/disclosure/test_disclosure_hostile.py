"""Whatever a file holds, checking it ends, in bounds, and what was not read is said not to be checked."""

from __future__ import annotations

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armslength.disclosure.check import check_bytes
from armslength.disclosure.report import Verdict

SUFFIXES = ["csv", "tsv", "html", "json", "md", "txt", "log", "svg", "svgz", "png"]
# Generous: the machine may be busy. What is quadratic takes minutes.
SECONDS = 60

PIECES = st.sampled_from(
    [
        "<table>", "<tr>", "<td>", "<td colspan=900000 rowspan=900000>", "</table>", "<!--", "-->",
        "<![if", "<![CDATA[", "]]>",
        "<!DOCTYPE x [", "<?xml", "<script>", "</script>", "<svg", "<path d='", "{", "}", "[", "]", '"', ":", ",",
        ";", "\t",
        "\n", "|", "---", "  ", "n=3", "patients", "12 (4%)", "1e999", "-0", "NaN", "\u202e", "\x00", 
        "&#x110000;", "&lt;",
        "<p title='", ">", "<a", "data:text/csv;base64,", "é", "[REDACTED]", "Total", "'", "\r", "9434765919",
    ]
)  # fmt: skip
ANYTHING = st.one_of(
    st.binary(max_size=400),
    st.lists(PIECES, max_size=60).map(lambda pieces: "".join(pieces).encode()),
    st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode("utf-16")),
)


@settings(deadline=None, max_examples=400)
@given(ANYTHING, st.sampled_from(SUFFIXES))
def test_no_content_breaks_the_checks(data, suffix):
    report = check_bytes(data, name=f"x.{suffix}")
    assert report.tables or report.not_checked or report.verdict is not Verdict.CLEAR
    assert report.to_json()["verdict"] == report.verdict.value


HUGE = {
    "comments.html": b"<!--x>" * 200_000,
    "tags.html": b"<a" * 300_000,
    "attributes.html": b"<p " + b"a='" * 200_000,
    "sections.html": b"<![x>" * 100_000,
    "scripts.html": b"<script>" + b"x=[1,2,{a:" * 100_000,
    "spans.html": b"<table>" + b"<tr><td colspan=1000 rowspan=1000>3</td></tr>" * 500,
    "tables.html": b"<table><tr><td>" * 20_000,
    "deep.json": b"[" * 200_000,
    "deep.svg": b"<svg>" + b"<g>" * 100_000,
    "wide.csv": (",".join(f"n_{i}" for i in range(3_000)) + "\n").encode() + (b"10," * 2_999 + b"15\n") * 10,
    "cell.csv": b'a,b\n"' + b"1 patients " * 300_000 + b'",3\n',
    "bars.md": b"|" * 500_000,
    "line.log": b"n = " * 300_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_what_never_ends_is_read_in_bounded_time_and_memory(name):
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = check_bytes(HUGE[name], name=name)
    assert time.process_time() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 * 1024
    assert report.verdict is not Verdict.CLEAR or report.tables


def test_a_page_cut_off_in_a_comment_is_not_checked_and_still_searched():
    page = b"<p>Rates</p><!-- " + b"patients: 943 476 5919 " * 500
    report = check_bytes(page, name="x.html")
    assert "cut off" in str(report.not_checked)
    assert "A3" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_an_encoding_that_is_not_read_is_said_not_to_be(encoding):
    assert check_bytes("region,patients\nA,3\n".encode(encoding), name="x.csv").not_checked
