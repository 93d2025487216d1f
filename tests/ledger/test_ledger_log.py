"""The log on the storage in memory, held to the contract that every storage is held to."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from armslength.kernel.errors import Mistake
from armslength.ledger import Key, Kind, Log, LogStorage, MemoryStorage, verify_entry
from ledger.storage_contract import KEY, START, LogStorageContract


class TestMemoryStorage(LogStorageContract):
    def make(self) -> LogStorage:
        return MemoryStorage()


def new_log(size: int = 1) -> Log:
    return TestMemoryStorage().filled(size)


def test_the_first_entry_names_the_site_and_the_key():
    genesis = new_log().entry(0)
    assert genesis.kind is Kind.GENESIS
    assert genesis.body == {"format": 1, "site": "https://jobs.test", "public_key": KEY.public.hex}


def test_beginning_twice_writes_nothing():
    log = new_log(3)
    assert log.begin(site="https://jobs.test", at=START) == log.entry(0)
    assert log.size() == 3


def test_a_log_is_not_continued_with_another_key():
    log = new_log(3)
    with pytest.raises(Mistake, match="L007"):
        Log(log.storage, key=Key.generate()).begin(site="https://jobs.test", at=START)


def test_every_entry_holds_the_hash_of_the_one_before():
    log = new_log(20)
    for index in range(1, 20):
        assert log.entry(index).previous == log.entry(index - 1).hash


def test_names_are_brought_to_one_form_before_they_are_recorded():
    """A file name typed on another system may use another Unicode form of the same letters."""
    log = new_log()
    entry = log.append(Kind.VIEW, actor="ann", subject="file:e\u0301", body={"paths": ("e\u0301",)}, at=START)
    assert entry.subject == "file:\u00e9"
    assert entry.body == {"paths": ["\u00e9"]}


def test_proofs_of_what_is_not_there_are_refused():
    log = new_log(3)
    for ask in (
        lambda: log.entry(3),
        lambda: log.entry(-1),
        lambda: log.inclusion(3, size=3),
        lambda: log.inclusion(-1, size=3),
        lambda: log.inclusion(0, size=4),
        lambda: log.consistency(2, 4),
        lambda: log.consistency(3, 2),
        lambda: log.consistency(-1, 2),
        lambda: log.head(at=START, size=4),
    ):
        with pytest.raises(Mistake, match="L008"):
            ask()


def test_an_earlier_head_can_still_be_proved():
    log = new_log(9)
    head = log.head(at=START, size=5)
    inclusion = log.inclusion(2, size=5)
    verify_entry(head, log.entry(2).to_object(), inclusion.to_object(), where="here")


def test_many_writers_at_once_make_one_chain():
    log = new_log()

    def write(name: str) -> None:
        for number in range(50):
            log.append(
                Kind.VIEW, actor=name, subject=f"file:{number}", body={}, at=datetime(2030, 1, 1, tzinfo=UTC)
            )

    writers = [threading.Thread(target=write, args=(f"writer{number}",)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert log.size() == 401
    assert [log.entry(index).previous for index in range(1, 401)] == [
        log.entry(index).hash for index in range(400)
    ]
