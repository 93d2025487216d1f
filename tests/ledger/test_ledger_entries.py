"""Entries have one form, and what has none is refused."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armslength.kernel.errors import Mistake
from armslength.ledger import Entry, Kind
from armslength.ledger.canonical import (
    DEEPEST,
    LARGEST_NUMBER,
    LONGEST_TEXT,
    NotCanonical,
    canonical_text,
    normalised,
    read_object,
)
from armslength.ledger.entries import entry_hash, from_json, from_object
from armslength.wire.releases import EventKind

AT = datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def an_entry(**changes: object) -> Entry:
    fields: dict = dict(
        index=1,
        previous="a" * 64,
        at=AT,
        kind=Kind.VIEW,
        actor="ann",
        subject="file:1",
        body={"b": 1, "a": "é"},
    )
    return Entry(**{**fields, **changes})


def test_the_canonical_text_of_an_entry_is_written_down():
    """This text is a promise to everybody who keeps an old export: it never changes."""
    assert an_entry().to_json() == (
        '{"actor":"ann","at":"2030-01-02T03:04:05.000006Z","body":{"a":"é","b":1},"index":1,"kind":"view",'
        f'"previous":"{"a" * 64}","subject":"file:1"}}'
    )


def test_the_hash_is_the_leaf_hash_of_the_canonical_bytes():
    entry = an_entry()
    assert entry.hash == hashlib.sha256(b"\x00" + entry.to_json().encode()).hexdigest()
    assert entry_hash(entry).hex() == entry.hash


def test_an_entry_comes_back_from_its_text_and_from_its_object():
    entry = an_entry()
    assert from_json(entry.to_json(), where="here") == entry
    assert from_object(json.loads(entry.to_json()), where="here") == entry


@pytest.mark.parametrize(
    "change",
    [
        {"index": -1},
        {"index": True},
        {"index": 0},
        {"previous": "A" * 64},
        {"previous": "a" * 63},
        {"previous": "0" * 64},
        {"kind": Kind.GENESIS},
        {"at": AT.astimezone(timezone(timedelta(hours=1)))},
        {"actor": ""},
        {"actor": "a\nb"},
        {"actor": "a" * 201},
        {"subject": "x\u202ey"},
        {"subject": "e\u0301"},
    ],
)
def test_a_field_that_cannot_be_recorded_is_refused(change):
    with pytest.raises(Mistake, match="L001"):
        an_entry(**change)


@pytest.mark.parametrize(
    "body",
    [
        {"a": 0.5},
        {"a": float("nan")},
        {"a": (1, 2)},
        {"a": {1: 2}},
        {"": 1},
        {"é": 1},
        {"a": "e\u0301"},
        {"a": "\ud800"},
        {"a": LARGEST_NUMBER + 1},
        {"a": b"bytes"},
        {"a": AT},
        {"a": Kind.VIEW},
        {"a": "x" * LONGEST_TEXT},
    ],
    ids=lambda body: f"{next(iter(body.items()))!r:.30}",
)
def test_a_body_without_a_canonical_form_is_refused(body):
    with pytest.raises(Mistake, match="L001"):
        an_entry(body=body).to_bytes()


def test_a_body_nested_too_deep_is_refused():
    body: dict = {}
    for _ in range(DEEPEST + 1):
        body = {"a": body}
    with pytest.raises(Mistake, match="nested deeper"):
        an_entry(body=body).to_bytes()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a":1,"a":2}', "twice"),
        ('{"a":1.0}', "not whole"),
        ('{"a":1e3}', "not whole"),
        ('{"a":NaN}', "not whole"),
        ('{"a":Infinity}', "not whole"),
        ('{"a":' + "9" * 100_000 + "}", "beyond"),
        ("[1]", "not an object"),
        ('{"a":', "not JSON"),
        ("[" * 100_000, "nested deeper|not JSON"),
        ('{"a":"\\ud800"}', "surrogate"),
        (b'{"a":"\xff"}', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        ("", "not JSON"),
        ('{"a":"' + "x" * LONGEST_TEXT + '"}', "longer"),
    ],
    ids=lambda value: repr(value)[:25],
)
def test_text_with_two_meanings_is_not_read(text, why):
    with pytest.raises(NotCanonical, match=why):
        read_object(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ", ", 1),
        lambda text: text + " ",
        lambda text: text.replace('"é"', '"\\u00e9"'),
        lambda text: text.replace('"index":1', '"index":-0'),
        lambda text: json.dumps(json.loads(text)),
        lambda text: json.dumps(
            dict(reversed(json.loads(text).items())), separators=(",", ":"), ensure_ascii=False
        ),
    ],
)
def test_an_entry_written_in_another_form_is_refused(change):
    with pytest.raises(Mistake, match=r"L00[12]"):
        from_json(change(an_entry().to_json()), where="here")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "unheard_of"},
        {"kind": 3},
        {"kind": ["view"]},
        {"index": "1"},
        {"index": 1.0},
        {"index": None},
        {"body": []},
        {"body": {"a": 1.5}},
        {"at": "2030-1-2T03:04:05.000006Z"},
        {"at": "2030-02-30T03:04:05.000006Z"},
        {"at": "2030-01-02T03:04:05.000006+00:00"},
        {"at": "\uff12030-01-02T03:04:05.000006Z"},
        {"at": 5},
        {"actor": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_an_object_that_is_no_entry_is_refused(change):
    with pytest.raises(Mistake, match="L001"):
        entry_hash(from_object({**an_entry().to_object(), **change}, where="here"))


@pytest.mark.parametrize("value", [None, [], "text", 5, {}])
def test_something_else_is_no_entry(value):
    with pytest.raises(Mistake, match="L001"):
        from_object(value, where="here")


def test_what_people_do_inside_has_one_name_on_both_sides():
    assert {kind.value for kind in EventKind} <= {kind.value for kind in Kind}


names = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=9)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner),
    max_leaves=12,
)


@given(st.dictionaries(names, json_values))
def test_every_normalised_object_is_read_back_as_itself(value):
    value = normalised(value)
    text = canonical_text(value)
    assert read_object(text) == value
    assert canonical_text(read_object(text)) == text
