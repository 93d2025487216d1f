"""Each way of tampering with an export is found, and the first bad entry is named."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from armslength.kernel.errors import Mistake
from armslength.ledger import Key, Kind, Log, MemoryStorage
from armslength.ledger.entries import Entry
from armslength.ledger.log import head_line
from armslength.ledger.tree import leaf_hash
from armslength.ledger.verify import BadEntry, verify_export

START = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Key.generate()
SIZE = 12


def a_log(size: int = SIZE, *, key: Key = KEY) -> Log:
    log = Log(MemoryStorage(), key=key)
    log.begin(site="https://jobs.test", at=START)
    for number in range(1, size):
        kind = Kind.VIEW if number % 2 else Kind.VOTE
        at = START + timedelta(minutes=number)
        log.append(kind, actor="ann", subject=f"file:{number}", body={"number": number}, at=at)
    return log


LINES = list(a_log().export(at=START))


def verify(lines: list[str], *, key: Key | None = KEY) -> BadEntry:
    with pytest.raises(Mistake) as told:
        verify_export(lines, where="copy.jsonl", key=key.public if key else None)
    assert isinstance(told.value, BadEntry)
    assert told.value.exit_status == 3
    return told.value


def changed(line: str, **fields: object) -> str:
    value = {**json.loads(line), **fields}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def chained_anew(lines: list[str], *, start: int) -> list[str]:
    """Do what a careful forger does: give every later entry the index and hash it should have."""
    again = lines[:start]
    for index, line in enumerate(lines[start:-1], start=start):
        again.append(changed(line, index=index, previous=leaf_hash(again[-1].rstrip("\n").encode()).hex()))
    return [*again, lines[-1]]


def test_an_untouched_export_verifies_and_is_summed_up():
    summary = verify_export(LINES, where="copy.jsonl", key=KEY.public)
    assert (summary.entries, summary.site, summary.key_was_given) == (SIZE, "https://jobs.test", True)
    assert summary.first_at == START
    assert summary.last_at == START + timedelta(minutes=SIZE - 1)
    assert summary.kinds == {Kind.GENESIS: 1, Kind.VIEW: 6, Kind.VOTE: 5}


def test_without_a_key_the_one_of_the_log_is_used_and_said_so():
    assert verify_export(LINES, where="copy.jsonl").key_was_given is False


@pytest.mark.parametrize("index", range(1, SIZE))
def test_a_changed_body_is_found_in_its_entry(index):
    lines = [*LINES]
    lines[index] = changed(lines[index], body={"number": 99})
    bad = verify(lines)
    entry = json.loads(LINES[index])
    assert (bad.code, bad.index, bad.kind) == ("L024" if index < SIZE - 1 else "L026", index, entry["kind"])
    assert f"entry {index} ({entry['kind']}, {entry['at']})" in bad.what
    assert bad.where == f"copy.jsonl:{index + 1}"


@pytest.mark.parametrize("field", ["actor", "subject", "kind", "at"])
@pytest.mark.parametrize("index", [3, SIZE - 2, SIZE - 1])
def test_every_other_field_is_covered_too(field, index):
    other = {"actor": "eve", "subject": "file:0", "kind": "release", "at": "2031-01-02T03:04:05.000000Z"}
    lines = [*LINES]
    lines[index] = changed(lines[index], **{field: other[field]})
    assert verify(lines).index == index


@pytest.mark.parametrize("index", range(1, SIZE))
def test_a_broken_link_is_found_in_the_entry_that_was_changed(index):
    lines = [*LINES]
    lines[index] = changed(lines[index], previous="ab" * 32)
    bad = verify(lines)
    assert (bad.code, bad.index) == ("L024", index)


@pytest.mark.parametrize("index", range(SIZE))
def test_a_deleted_entry_is_found(index):
    bad = verify([*LINES[:index], *LINES[index + 1 :]])
    assert bad.index == index
    assert bad.code == ("L021" if index < SIZE - 1 else "L025")
    assert "missing" in bad.what


def test_several_deleted_entries_are_named_together():
    bad = verify([*LINES[:3], *LINES[6:]])
    assert "entries 3 to 5 are missing" in bad.what


@pytest.mark.parametrize("index", range(1, SIZE))
def test_a_deleted_entry_is_found_when_the_rest_was_numbered_anew(index):
    lines = [*LINES[:index], *LINES[index + 1 :]]
    lines = [
        *lines[:index],
        *(changed(line, index=at) for at, line in enumerate(lines[index:-1], start=index)),
        lines[-1],
    ]
    assert verify(lines).index == index


@pytest.mark.parametrize("index", range(1, SIZE))
def test_an_inserted_entry_is_found_wherever_it_stands(index):
    stray = changed(LINES[index], subject="file:inserted")
    bad = verify([*LINES[:index], stray, *LINES[index:]])
    assert bad.index == index
    if index < SIZE - 1:
        assert (bad.code, bad.where) == ("L022", f"copy.jsonl:{index + 1}")
    bad = verify([*LINES[: index + 1], stray, *LINES[index + 1 :]])
    assert bad.index == index


def test_a_repeated_entry_is_found():
    bad = verify([*LINES[:5], LINES[2], *LINES[5:]])
    assert (bad.code, bad.index) == ("L022", 2)


def test_an_entry_added_after_the_head_was_signed_is_found():
    log = a_log(SIZE + 1)
    longer = [*list(log.export(at=START))[:-1], head_line(log.head(at=START, size=SIZE))]
    bad = verify(longer)
    assert (bad.code, bad.index) == ("L022", SIZE)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (4, 9), (SIZE - 2, SIZE - 1), (0, 3)])
def test_swapped_entries_are_found(one, other):
    lines = [*LINES]
    lines[one], lines[other] = lines[other], lines[one]
    bad = verify(lines)
    assert (bad.code, bad.index) == ("L023", one)
    assert bad.at is not None


@pytest.mark.parametrize("kept", range(SIZE + 1))
def test_an_export_without_its_end_is_found(kept):
    bad = verify(LINES[:kept])
    assert (bad.code, bad.index) == ("L025", kept)


def test_an_export_cut_in_the_middle_of_an_entry_is_found():
    bad = verify([*LINES[:7], LINES[7][:40]])
    assert (bad.code, bad.index) == ("L025", 7)
    assert "cut off" in bad.what


@pytest.mark.parametrize("start", [1, 5, SIZE - 1])
def test_a_chain_made_anew_by_a_careful_forger_does_not_match_the_signed_head(start):
    lines = [*LINES]
    lines[start] = changed(lines[start], body={"number": 99})
    bad = verify(chained_anew(lines, start=start))
    assert (bad.code, bad.index) == ("L026", SIZE - 1)


def test_a_wrong_signature_is_found():
    head = json.loads(LINES[-1])["head"]
    turned = f"{int(head['signature'][0], 16) ^ 1:x}{head['signature'][1:]}"
    with pytest.raises(Mistake, match="L010"):
        verify_export([*LINES[:-1], changed(LINES[-1], head={**head, "signature": turned})], where="copy")


def test_a_log_signed_with_another_key_is_found_at_its_first_entry():
    bad = verify(list(a_log(key=Key.generate()).export(at=START)))
    assert (bad.code, bad.index) == ("L011", 0)


def test_a_log_resigned_with_another_key_is_found_at_its_head():
    other = Log(a_log().storage, key=Key.generate())
    with pytest.raises(Mistake, match="L011"):
        verify_export(other.export(at=START), where="copy", key=KEY.public)
    with pytest.raises(Mistake, match="L011"):
        verify_export(other.export(at=START), where="copy")


@pytest.mark.parametrize("after", ["\n", "x\n", LINES[3], LINES[-1]])
def test_nothing_may_follow_the_head(after):
    assert verify([*LINES, after]).code == "L027"


@pytest.mark.parametrize(
    "line",
    ["\n", "garbage\n", "{}\n", "[1,2]\n", '{"head":5}\n', "\x00\n", "é\n", LINES[-1].replace(":", ": ")],
)
def test_a_line_that_is_no_entry_is_named(line):
    with pytest.raises(Mistake, match=r"L020|L003") as told:
        verify_export([*LINES[:4], line, *LINES[4:]], where="copy.jsonl", key=KEY.public)
    assert told.value.where == "copy.jsonl:5"


def test_an_empty_log_needs_a_key():
    empty = list(Log(MemoryStorage(), key=KEY).export(at=START))
    assert verify_export(empty, where="copy", key=KEY.public).entries == 0
    with pytest.raises(Mistake, match="L025"):
        verify_export(empty, where="copy")


def test_no_single_turned_bit_goes_unnoticed():
    """Every byte of an export is tried, with a bit that a seed picks."""
    text = "".join(LINES).encode()
    pick = random.Random(7)
    for place in range(len(text)):
        damaged = bytearray(text)
        damaged[place] ^= 1 << pick.randrange(8)
        with pytest.raises(Mistake):
            verify_export(bytes(damaged).splitlines(keepends=True), where="copy", key=KEY.public)


def test_an_entry_of_a_verified_export_is_the_entry_of_the_log():
    log = a_log()
    assert isinstance(log.entry(3), Entry)
    assert log.entry(3).to_json() + "\n" == LINES[3]
