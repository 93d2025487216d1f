"""The ledger of the site: its storage, its addresses, and that nothing in it can be changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from armslength.kernel.clock import utc_now
from armslength.ledger import Auditor, Consistency, Inclusion, Kind, PublicKey, SignedHead, verify_entry
from armslength.ledger.verify import verify_export
from armslength.server.features.ledger.actions import begin, ledger, record, recording
from armslength.server.features.ledger.queries import path_to_root
from armslength.server.features.ledger.storage import DatabaseStorage
from armslength.server.models import LedgerEntry, Project
from ledger.storage_contract import LogStorageContract


@pytest.mark.django_db
class TestDatabaseStorage(LogStorageContract):
    def make(self):
        return DatabaseStorage()


@pytest.mark.parametrize("table", ["server_ledgerentry", "server_ledgernode"])
@pytest.mark.parametrize("verb", ['UPDATE {} SET "index" = 5', "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_ledger(world, table, verb):
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


def test_the_models_refuse_to_change_the_ledger(world):
    row = LedgerEntry.objects.get(index=1)
    row.actor = "mallory"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        LedgerEntry.objects.all().delete()


def test_a_change_and_its_entry_happen_together_or_not_at_all(world):
    before = ledger().size()
    with pytest.raises(ZeroDivisionError), recording():
        Project.objects.filter(pk=world.project.pk).update(title="Changed")
        record(Kind.PROJECT, actor="server", subject="project:falls", body={}, at=world.now)
        raise ZeroDivisionError
    assert ledger().size() == before
    assert Project.objects.get(pk=world.project.pk).title == "Falls"


def test_the_export_verifies_with_the_published_key_and_covers_every_grant(world):
    browser = world.browser()
    key = PublicKey.parse(browser.get("/ledger/key.pem").content.decode(), where="the site")
    lines = (
        b"".join(browser.get("/ledger/entries.jsonl").streaming_content).decode().splitlines(keepends=True)
    )
    assert verify_export(iter(lines), where="the site", key=key).entries == ledger().size()
    assert LedgerEntry.objects.filter(kind="grant", subject="person:bola").count() == 1


def test_a_part_of_the_export_has_only_that_part_and_the_head(world):
    lines = b"".join(
        world.browser().get("/ledger/entries.jsonl?start=2&limit=3").streaming_content
    ).splitlines()
    assert len(lines) == 4 and b'"index":2' in lines[0] and b'"head"' in lines[-1]


def test_proofs_convince_an_auditor_who_remembers(world):
    browser, log = world.browser(), ledger()
    auditor = Auditor(key=log.key.public, remembered=log.head(at=utc_now()))
    world.ask()
    head = browser.get("/ledger/head.json").json()
    proof = browser.get(f"/ledger/consistency.json?from={auditor.known_size}&to={head['size']}").json()
    trusted = auditor.trust(head, proof, now=utc_now(), where="the site")
    answer = browser.get(f"/ledger/proof/{head['size'] - 1}.json?size={head['size']}").json()
    entry = verify_entry(trusted, answer["entry"], answer["inclusion"], where="the site")
    assert entry.kind is Kind.REQUEST


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/ledger/proof/99999.json", 404),
        ("/ledger/proof/0.json?size=99999", 404),
        ("/ledger/proof/x.json", 400),
        ("/ledger/proof/-1.json", 400),
        ("/ledger/proof/0.json?size=-1", 400),
        ("/ledger/consistency.json", 400),
        ("/ledger/consistency.json?from=99999", 404),
        ("/ledger/consistency.json?from=5&to=2", 404),
        ("/ledger/consistency.json?from=1e3", 400),
        ("/ledger/entries.jsonl?start=x", 400),
        ("/ledger/entries/99999", 404),
    ],
)
def test_what_the_log_does_not_have_is_404_and_nonsense_is_400(world, address, status):
    assert world.browser().get(address).status_code == status


def test_the_path_drawn_on_the_page_ends_at_the_signed_root(db):
    now = utc_now()
    begin(at=now)
    for number in range(1, 20):
        record(Kind.VIEW, actor="ann", subject=f"file:{number}", body={}, at=now)
        log, size = ledger(), number + 1
        for index in range(size):
            steps = path_to_root(log.entry(index), log.inclusion(index, size=size))
            assert (steps[-1].result if steps else log.entry(index).hash) == log.head(at=now, size=size).root


def test_a_site_does_not_continue_a_ledger_without_its_key(world, settings, tmp_path):
    settings.LEDGER_KEY = tmp_path / "lost.pem"
    with pytest.raises(Exception, match="S010"):
        begin(at=utc_now() + timedelta(seconds=1))
    assert not settings.LEDGER_KEY.exists()


def test_the_entry_page_shows_the_hashes_of_the_proof(world):
    page = world.browser().get("/ledger/entries/3").content.decode()
    log = ledger()
    proof: Inclusion = log.inclusion(3, size=log.size())
    assert log.head(at=utc_now()).root in page and all(value.hex() in page for value in proof.hashes)


def test_heads_and_consistency_read_back_as_the_ledger_room_reads_them(world):
    browser = world.browser()
    SignedHead.from_object(browser.get("/ledger/head.json").json(), where="here")
    Consistency.from_object(browser.get("/ledger/consistency.json?from=2").json(), where="here")
