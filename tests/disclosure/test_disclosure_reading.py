"""Whatever form a table comes in, it is read; what cannot be read, or is hostile, is not checked in bounded time."""

from __future__ import annotations

import base64
import gzip
import json
import time
from dataclasses import replace

import pytest

from armslength.disclosure.cells import Kind, read_cell
from armslength.disclosure.check import check_bytes, examine
from armslength.disclosure.policy import DEFAULT
from armslength.disclosure.report import Verdict


def codes(text: str, name: str) -> set[str]:
    return {finding.code for finding in check_bytes(text.encode(), name=name).findings}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", Kind.INTEGER, 12),
        ("1,204", Kind.INTEGER, 1204),
        ("£1,204.50", Kind.DECIMAL, 1204.5),
        ("12.0", Kind.DECIMAL, 12),
        ("3 (4.5%)", Kind.COUNT_WITH_PERCENT, 3),
        ("3 (4.5)", Kind.COUNT_WITH_PERCENT, 3),
        ("65.1 (12.0)", Kind.SPREAD, 65.1),
        ("5.1 ± 2", Kind.SPREAD, 5.1),
        ("65 (51, 77)", Kind.INTERVAL, 65),
        ("1.2 [0.9 to 1.4]", Kind.INTERVAL, 1.2),
        ("12/80 (15%)", Kind.FRACTION, 12),
        ("<8", Kind.REDACTED, 8),
        (">7", Kind.INEQUALITY, 7),
        ("[REDACTED]", Kind.REDACTED, None),
        ("[REDACTED] (3.0%)", Kind.REDACTED, None),
        ("-", Kind.MISSING, None),
        ("2021-01-04", Kind.DATE, None),
        ("40-49", Kind.TEXT, None),
        ("123456789012345678", Kind.TEXT, None),
    ],
)
def test_a_cell_is_read_as_what_it_shows(text, kind, value):
    cell = read_cell(text, redaction_markers=DEFAULT.redaction_markers)
    assert (cell.kind, cell.value) == (kind, value)


def test_a_header_of_two_rows_names_each_column():
    document = examine(
        b",Female,,Male,\nage,n,%,n,%\n40-49,20,4.1,30,6\n50-59,25,5,35,7\n", name="x.csv"
    ).document
    assert document.tables[0].header == ("age", "Female n", "Female %", "Male n", "Male %")


def test_titles_and_footnotes_are_read_as_text_and_not_as_cells():
    document = examine(b"Table 1: people\nregion,n\nA,20\nB,30\nRounded to 5\n", name="x.csv").document
    assert (document.tables[0].header, len(document.tables[0].rows)) == (("region", "n"), 2)
    assert [passage.text for passage in document.passages] == ["Table 1: people", "Rounded to 5"]


def test_several_tables_in_one_file_are_each_judged():
    report = check_bytes(b"region,n\nA,20\nB,30\n\nsex,patients\nF,3\nM,20\n", name="x.csv")
    assert report.tables == 2
    assert [(finding.code, finding.table, finding.where) for finding in report.findings] == [
        ("B1", "x.csv, table 2", "line 6, `patients`")
    ]


def test_decimal_commas_are_decimals_where_the_semicolon_separates():
    assert codes("group;n;rate\na;20;0,25\nb;35;1,5\n", "x.csv") == set()


@pytest.mark.parametrize(
    "document",
    [
        {"a": {"b": {"c": [{"patients": 3}, {"patients": 20}]}}},
        {"columns": ["sex", "patients"], "index": [0], "data": [["F", 3]]},
        {"F": {"patients": 3, "rate": 0.1}, "M": {"patients": 20, "rate": 0.2}},
        {"patients": {"0": 3, "1": 20}, "sex": {"0": "F", "1": "M"}},
        {"summary": {"patients": 3}},
        [["sex", "patients"], ["F", 3], ["M", 20]],
    ],
)
def test_a_small_count_is_found_wherever_it_lies_in_json(document):
    assert "B1" in codes(json.dumps(document), "x.json")


def test_a_value_under_a_repeated_key_is_read_although_readers_drop_it():
    assert codes('{"patients": 3, "patients": 20}', "x.json") >= {"B1", "A8"}


def test_utf_16_without_a_mark_is_read():
    assert {
        f.code for f in check_bytes("group,patients\na,3\n".encode("utf-16-le"), name="x.csv").findings
    } == {"B1"}


def test_a_drawing_that_is_compressed_is_read():
    drawing = gzip.compress(b"<svg xmlns='http://www.w3.org/2000/svg'><text>N = 3</text></svg>")
    assert {finding.code for finding in check_bytes(drawing, name="x.svgz").findings} == {"B11"}


DEEP = "[" * 50_000 + "]" * 50_000
BOMB = (
    "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9))
    + "]><svg xmlns='http://www.w3.org/2000/svg'><text>&j;</text></svg>"
)
HOSTILE = {
    "deep.json": DEEP.encode(),
    "deep_but_parsed.json": ("[" * 500 + "1" + "]" * 500).encode(),
    "long_number.json": b'{"n": ' + b"9" * 100_000 + b"}",
    "bomb.svg": BOMB.encode(),
    "file.svg": b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg><text>&x;</text></svg>",
    "bomb.svgz": gzip.compress(b"<svg>" + b" " * 200_000_000),
    "cut.svgz": gzip.compress(b"<svg></svg>" * 100)[:-9],
    "trailing.svgz": gzip.compress(b"<svg/>") + b"PK\x03\x04",
    "wide.csv": b"a," * 1_000_000 + b"b\n" + b"1\n" * 1_000_000,
    "field.csv": b'a,b\n"' + b"x" * 1_000_000 + b'",2\n',
    "deep.html": b"<div>" * 400_000,
    "tables.html": b"<table>" * 300_000,
    "span.html": b"<table><tr><td colspan=999999999>1</td></tr></table>" * 10,
    "quotes.csv": b'"' * 1_000_001,
    "blanks.log": b" " * 2_000_000 + b"1\n" + b" " * 2_000_000 + b"2\n" + b"  3\n",
    "brackets.html": b"<script>" + b"f({" * 200_000 + b"</script>",
    "at.log": b"a" * 2_000_000 + b"@" + b"b." * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_not_passed_and_takes_bounded_time(name):
    start = time.process_time()
    report = check_bytes(HOSTILE[name], name=name)
    assert time.process_time() - start < 20
    assert report.verdict is not Verdict.CLEAR


def test_what_an_entity_stands_for_is_never_read():
    report = check_bytes(HOSTILE["file.svg"], name="file.svg")
    assert report.not_checked == "it defines entities of its own"


def test_a_policy_bounds_the_number_of_tables():
    text = "<table><tr><th>n</th></tr><tr><td>20</td></tr></table>" * 30
    report = check_bytes(text.encode(), name="x.html", policy=replace(DEFAULT, maximum_tables=10))
    assert report.not_checked == "it has more than 10 tables"


def test_a_nested_data_address_is_read_once_and_not_executed():
    inner = base64.b64encode(b"<svg><script>alert(1)</script></svg>").decode()
    report = check_bytes(f"<img src='data:image/svg+xml;base64,{inner}'>".encode(), name="x.html")
    assert "A8" in {finding.code for finding in report.findings}
