"""What every storage of a log must do. A new storage passes by adding one class of three lines.

from ledger.storage_contract import LogStorageContract

class TestMyStorage(LogStorageContract):
    def make(self): return MyStorage()
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from armslength.kernel.errors import Mistake
from armslength.ledger import Key, Kind, Log, LogStorage
from armslength.ledger.entries import NOTHING_BEFORE, Entry
from armslength.ledger.verify import verify_export

START = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Key.generate()


class LogStorageContract:
    """The promises of `LogStorage`."""

    def make(self) -> LogStorage:
        raise NotImplementedError

    def filled(self, size: int) -> Log:
        log = Log(self.make(), key=KEY)
        log.begin(site="https://jobs.test", at=START)
        for number in range(1, size):
            log.append(
                Kind.VIEW,
                actor="ann",
                subject=f"file:{number}",
                body={"number": number, "name": "Zoë \u2028"},
                at=START + timedelta(seconds=number),
            )
        return log

    def test_a_new_storage_is_empty(self):
        storage = self.make()
        assert storage.size() == 0
        assert list(storage.entries(0, 10)) == []
        with pytest.raises(LookupError):
            storage.entry(0)

    def test_entries_come_back_exactly_as_they_were_added(self):
        log = Log(self.make(), key=KEY)
        log.begin(site="https://jobs.test", at=START)
        body = {"text": "naïve 漢字 \U0001f9ec \x00", "list": [1, None, True, {"deep": -5}], "empty": {}}
        added = log.append(Kind.VOTE, actor="ann", subject="release_request:1", body=body, at=START)
        found = log.storage.entry(1)
        assert found == added
        assert found.to_bytes() == added.to_bytes()
        assert found.at == START

    def test_a_range_comes_back_in_order_and_ends_at_the_end(self):
        storage = self.filled(12).storage
        assert [entry.index for entry in storage.entries(3, 7)] == [3, 4, 5, 6]
        assert [entry.index for entry in storage.entries(10, 99)] == [10, 11]
        assert list(storage.entries(12, 99)) == []
        assert list(storage.entries(5, 5)) == []

    def test_there_is_no_entry_before_the_first_or_after_the_last(self):
        storage = self.filled(3).storage
        for index in (-1, 3, 4):
            with pytest.raises(LookupError):
                storage.entry(index)

    def test_an_entry_out_of_order_is_refused(self):
        storage = self.filled(3).storage
        for index in (1, 2, 4):
            stray = Entry(
                index=index,
                previous="1" * 64,
                at=START,
                kind=Kind.VIEW,
                actor="ann",
                subject="file:1",
                body={},
            )
            with pytest.raises(ValueError, match="entry"), storage.transaction():
                storage.add(stray)
        assert storage.size() == 3

    def test_a_node_that_was_never_put_is_missing(self):
        storage = self.filled(3).storage
        assert len(storage.nodes.get(1, 0)) == 32
        with pytest.raises(LookupError):
            storage.nodes.get(1, 1)

    def test_what_fails_leaves_nothing_behind(self):
        log = self.filled(5)
        before = log.head(at=START)
        with pytest.raises(ZeroDivisionError), log.storage.transaction():
            log.append(Kind.VIEW, actor="ann", subject="file:1", body={}, at=START)
            log.append(Kind.VIEW, actor="ann", subject="file:2", body={}, at=START)
            raise ZeroDivisionError
        assert log.head(at=START) == before
        log.append(Kind.VIEW, actor="bob", subject="file:3", body={}, at=START)
        verify_export(log.export(at=START), where="the export", key=KEY.public)

    def test_a_body_that_cannot_be_recorded_leaves_nothing_behind(self):
        log = self.filled(2)
        with pytest.raises(Mistake, match="L001"):
            log.append(Kind.VIEW, actor="ann", subject="file:1", body={"rate": 0.5}, at=START)
        assert log.size() == 2
        assert log.append(Kind.VIEW, actor="ann", subject="file:1", body={}, at=START).index == 2

    def test_every_proof_of_a_growing_log_holds(self):
        log = self.filled(9)
        for size in range(1, 10):
            for index in range(size):
                assert log.inclusion(index, size=size).size == size
        assert log.consistency(4, 9).new == 9
        assert log.storage.entry(0).previous == NOTHING_BEFORE
        summary = verify_export(log.export(at=START), where="the export", key=KEY.public)
        assert summary.entries == 9
