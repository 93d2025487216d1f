"""What the runner and the airlock are shown by a server that lies, and what they say to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from armslength.kernel.errors import Mistake
from armslength.ledger import Auditor, Key, Kind, Log, MemoryStorage, SignedHead, verify_entry
from armslength.ledger.heads import sign_head

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Key.generate()


def a_log(size: int, *, key: Key = KEY, story: str = "true") -> Log:
    log = Log(MemoryStorage(), key=key)
    log.begin(site="https://jobs.test", at=NOW)
    for number in range(1, size):
        log.append(Kind.REQUEST, actor="ann", subject=f"request:{number}", body={"story": story}, at=NOW)
    return log


def show(auditor: Auditor, log: Log, *, at: datetime = NOW, now: datetime = NOW) -> SignedHead:
    head = log.head(at=at)
    proof = log.consistency(min(auditor.known_size, head.size), head.size)
    return auditor.trust(head.to_object(), proof.to_object(), now=now, where="server")


def knowing(log: Log, *, size: int) -> Auditor:
    return Auditor(key=KEY.public, remembered=log.head(at=NOW, size=size))


@pytest.mark.parametrize("known", [1, 2, 3, 4, 7, 8, 12])
def test_a_log_that_only_grew_is_trusted(known):
    log = a_log(12)
    assert show(knowing(log, size=known), log).size == 12


def test_the_first_head_is_trusted_for_its_signature():
    assert show(Auditor(key=KEY.public), a_log(5)).size == 5


def test_the_remembered_head_survives_a_file():
    log = a_log(9)
    kept = log.head(at=NOW, size=4).to_json()
    auditor = Auditor(key=KEY.public, remembered=SignedHead.from_json(kept, where="head.json"))
    assert auditor.known_size == 4
    assert show(auditor, log).size == 9


def test_a_shrunk_log_is_named():
    log = a_log(12)
    with pytest.raises(Mistake, match="L012") as told:
        show(knowing(log, size=12), a_log(11))
    assert told.value.exit_status == 3


@pytest.mark.parametrize("size", [6, 8, 11])
def test_a_rewritten_log_is_named_whatever_proof_comes_with_it(size):
    true, false = a_log(6), a_log(size, story="false")
    auditor = knowing(true, size=6)
    with pytest.raises(Mistake, match="L013"):
        show(auditor, false)
    for hashes in ([], [b"\x00" * 32], [bytes.fromhex(auditor.remembered.root)] * 3):
        with pytest.raises(Mistake, match="L013"):
            auditor.trust(
                false.head(at=NOW).to_object(),
                {"from": 6, "to": size, "hashes": [value.hex() for value in hashes]},
                now=NOW,
                where="server",
            )


def test_a_proof_between_other_sizes_is_not_accepted():
    """A true proof from an empty log says nothing about the log that is known."""
    log = a_log(9)
    auditor = knowing(log, size=4)
    for proof in (log.consistency(0, 9), log.consistency(9, 9), log.consistency(3, 9), log.consistency(4, 8)):
        with pytest.raises(Mistake, match="L013"):
            auditor.trust(log.head(at=NOW).to_object(), proof.to_object(), now=NOW, where="server")


def test_another_key_is_named_even_when_it_claims_to_be_the_trusted_one():
    other = Key.generate()
    log = a_log(5, key=other)
    with pytest.raises(Mistake, match="L011"):
        show(Auditor(key=KEY.public), log)
    head = {**log.head(at=NOW).to_object(), "key_id": KEY.public.id}
    with pytest.raises(Mistake, match="L010"):
        Auditor(key=KEY.public).trust(head, log.consistency(0, 5).to_object(), now=NOW, where="server")


def test_an_old_head_and_one_from_the_future_are_stale():
    log = a_log(5)
    auditor = knowing(log, size=5)
    assert show(auditor, log, at=NOW - timedelta(minutes=59)).size == 5
    for at in (NOW - timedelta(hours=2), NOW + timedelta(hours=1)):
        with pytest.raises(Mistake, match="L014"):
            show(auditor, log, at=at)


def test_an_entry_with_its_proof_is_believed_and_read_from_the_proof():
    log = a_log(9)
    head = log.head(at=NOW)
    for index in range(9):
        entry, proof = log.entry(index), log.inclusion(index, size=9)
        assert verify_entry(head, entry.to_object(), proof.to_object(), where="server") == entry


def test_an_entry_that_is_not_in_the_log_is_refused_with_every_proof_there_is():
    log, other = a_log(9), a_log(9, story="false")
    head = log.head(at=NOW)
    for index in range(9):
        for proof in (log.inclusion(index, size=9), other.inclusion(index, size=9)):
            with pytest.raises(Mistake, match="L015"):
                verify_entry(head, other.entry(5).to_object(), proof.to_object(), where="server")


def test_a_true_entry_in_another_place_or_an_earlier_log_is_refused():
    log = a_log(9)
    entry, head = log.entry(5), log.head(at=NOW)
    proof = log.inclusion(5, size=9).to_object()
    for index, inclusion in (
        (4, proof),
        (5, {**proof, "index": 4}),
        (5, log.inclusion(5, size=8).to_object()),
    ):
        with pytest.raises(Mistake, match="L015"):
            verify_entry(head, {**entry.to_object(), "index": index}, inclusion, where="server")


@pytest.mark.parametrize(
    "proof",
    [
        None,
        [],
        {},
        {"index": 1, "size": 2},
        {"index": 1, "size": 2, "hashes": "00"},
        {"index": 1, "size": 2, "hashes": ["zz" * 32]},
        {"index": 1, "size": 2, "hashes": ["00"]},
        {"index": 1, "size": 2, "hashes": [7]},
        {"index": 1, "size": 2, "hashes": ["00" * 32] * 65},
        {"index": -1, "size": 2, "hashes": []},
        {"index": 1.0, "size": 2, "hashes": []},
        {"index": True, "size": 2, "hashes": []},
        {"index": 1, "size": 2**60, "hashes": []},
        {"index": 1, "size": 2, "hashes": [], "more": 1},
    ],
    ids=lambda value: str(value)[:45],
)
def test_garbage_is_no_proof(proof):
    log = a_log(5)
    with pytest.raises(Mistake, match="L003"):
        verify_entry(log.head(at=NOW), log.entry(1).to_object(), proof, where="server")
    renamed = {"index": "from", "size": "to"}
    if isinstance(proof, dict):
        proof = {renamed.get(name, name): value for name, value in proof.items()}
    with pytest.raises(Mistake, match="L003"):
        Auditor(key=KEY.public).trust(log.head(at=NOW).to_object(), proof, now=NOW, where="server")


def test_a_head_for_another_purpose_is_not_a_head():
    """A text signed with the same key for another reason does not verify as a head."""
    head = sign_head(KEY, size=1, root=b"\x00" * 32, at=NOW)
    other = KEY.sign(head.message().replace(b"ledger head", b"login token"))
    with pytest.raises(Mistake, match="L010"):
        Auditor(key=KEY.public).trust_head(
            {**head.to_object(), "signature": other.hex()}, now=NOW, where="server"
        )
