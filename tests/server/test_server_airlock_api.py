"""What an airlock may ask and send: sign-in, events, releases; with replays, forgeries and bad bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
from datetime import timedelta

import pytest

from armslength.kernel.clock import utc_now
from armslength.kernel.ids import new_id
from armslength.server.features.accounts import tokens
from armslength.server.features.ledger.actions import ledger
from armslength.server.features.staff.actions import end_role
from armslength.server.models import InsideEvent, LedgerEntry, ReleasedFile
from armslength.server.models import Release as ReleaseRow
from armslength.wire.releases import (
    Event,
    EventBatch,
    EventKind,
    Identity,
    Receipts,
    Release,
    ReleaseProgress,
    SignIn,
)  # fmt: skip
from armslength.wire.releases import (
    ReleasedFile as FileMessage,
)

TABLE = b"age,people\n65-69,1240\n"


def event(kind=EventKind.VIEW, **more):
    return Event(
        id=more.pop("id", new_id()),
        kind=kind,
        actor=more.pop("actor", "ann"),
        at=utc_now(),
        workspace=more.pop("workspace", "falls-main"),
        **more,
    )


def batch(*events, backend="north"):
    return EventBatch(backend=backend, events=events)


def release(content=TABLE, **more):
    file = FileMessage(
        path=more.pop("path", "output/rates.csv"),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    values = {
        "id": new_id(), "backend": "north", "workspace": "falls-main", "author": "ann", "reviewers": ("bola", "chen"),
        "released_by": "chen", "released_at": utc_now(), "files": (file,),
    }  # fmt: skip
    return Release(**(values | more))


def approve(world, message, *, by=None, vote="approved"):
    """Have the reviewers of a release approve its files in the ledger, as far as the site knows them."""
    for reviewer in by or message.reviewers:
        votes = [
            event(EventKind.VOTE, actor=reviewer, workspace=message.workspace, release_request=message.id,
                  file_sha256=file.sha256, vote=vote)
            for file in message.files
        ]  # fmt: skip
        world.call("POST", "airlock/events", batch(*votes), token="airlock")


def announce(world, message, token="airlock"):
    if isinstance(message, Release):
        approve(world, message)
    return claim(world, message, token)


def claim(world, message, token="airlock"):
    """Announce a release whether or not anybody approved it."""
    return world.call("POST", "releases", message, token=token)


def upload(world, message, content=TABLE, *, path="output/rates.csv", token="airlock"):
    return world.call("PUT", f"releases/{message.id}/files/{path}", content, token=token)


# Sign-in ------------------------------------------------------------------------------------------------------


def sign_in(world, username, token, **more):
    return world.call(
        "POST", "airlock/sign-in", SignIn(username=username, token=token), token=more.get("by", "airlock")
    )


def test_a_token_opens_the_airlock_once(world):
    token = tokens.make_token(world.people["ann"], now=utc_now())
    identity = Identity.model_validate_json(sign_in(world, "ann", token.upper().replace("-", " ")).content)
    assert [grant.workspace for grant in identity.workspaces] == [
        "falls-main"
    ] and not identity.output_checker
    again = sign_in(world, "ann", token)
    assert again.status_code == 401 and again.json()["code"] == "S051"


def test_an_output_checker_is_known_as_one(world):
    token = tokens.make_token(world.people["bola"], now=utc_now())
    assert Identity.model_validate_json(sign_in(world, "bola", token).content).output_checker


def test_a_token_is_worth_nothing_after_an_hour_or_a_newer_one(world):
    old = tokens.make_token(world.people["ann"], now=utc_now() - timedelta(minutes=61))
    assert sign_in(world, "ann", old).status_code == 401
    first = tokens.make_token(world.people["ann"], now=utc_now())
    tokens.make_token(world.people["ann"], now=utc_now())
    assert sign_in(world, "ann", first).status_code == 401


def test_guessing_is_stopped_even_for_the_right_token(world):
    token = tokens.make_token(world.people["ann"], now=utc_now())
    for _ in range(5):
        assert sign_in(world, "ann", "guess-guess").status_code == 401
    assert sign_in(world, "ann", token).status_code == 429


def test_a_person_without_business_there_is_not_let_in(world):
    token = tokens.make_token(world.people["farid"], now=utc_now())
    assert sign_in(world, "farid", token).status_code == 401
    token = tokens.make_token(world.people["ann"], now=utc_now())
    assert sign_in(world, "ann", token, by="south-airlock").status_code == 401
    assert sign_in(world, "nobody", "guess-guess").status_code == 401


def test_the_hash_and_not_the_token_is_kept(world):
    token = tokens.make_token(world.people["ann"], now=utc_now())
    world.people["ann"].refresh_from_db()
    assert token.replace("-", "") not in world.people["ann"].token_hash


def test_who_loses_the_role_is_unknown_at_the_next_question(world):
    assert world.call("GET", "airlock/people/ann", token="airlock").status_code == 200
    for grant in world.people["ann"].grants.all():
        end_role(grant, by=None, now=utc_now())
    assert world.call("GET", "airlock/people/ann", token="airlock").status_code == 404


# Events -------------------------------------------------------------------------------------------------------


def test_events_are_recorded_once_and_receipts_prove_it(world):
    message = batch(
        event(file_sha256="a" * 64),
        event(EventKind.VOTE, release_request=new_id(), vote="approved", actor="bola"),
    )
    before = ledger().size()
    first = Receipts.model_validate_json(
        world.call("POST", "airlock/events", message, token="airlock").content
    )
    again = Receipts.model_validate_json(
        world.call("POST", "airlock/events", message, token="airlock").content
    )
    assert ledger().size() == before + 2
    assert [receipt.entry for receipt in first.receipts] == [receipt.entry for receipt in again.receipts]
    assert first.receipts[1].entry["kind"] == "vote" and first.receipts[1].entry["actor"] == "bola"


def test_another_event_under_a_known_id_is_refused(world):
    known = event()
    world.call("POST", "airlock/events", batch(known), token="airlock")
    forged = batch(known.model_copy(update={"actor": "bola"}))
    assert world.call("POST", "airlock/events", forged, token="airlock").json()["code"] == "S043"


def test_events_of_unknown_people_or_foreign_workspaces_are_refused_whole(world):
    before = LedgerEntry.objects.count()
    for bad in (event(actor="mallory"), event(workspace="elsewhere")):
        assert world.call("POST", "airlock/events", batch(event(), bad), token="airlock").status_code == 404
    assert (
        world.call(
            "POST", "airlock/events", batch(event(), backend="south"), token="south-airlock"
        ).status_code
        == 404
    )
    assert (
        world.call("POST", "airlock/events", batch(event(), backend="south"), token="airlock").status_code
        == 403
    )
    assert LedgerEntry.objects.count() == before and InsideEvent.objects.count() == 0


# Releases -----------------------------------------------------------------------------------------------------


def test_a_release_is_complete_and_recorded_when_its_last_file_is_here(world):
    message = release()
    assert ReleaseProgress.model_validate_json(announce(world, message).content).missing == (
        "output/rates.csv",
    )
    done = ReleaseProgress.model_validate_json(upload(world, message).content)
    assert done.missing == () and done.receipt.entry["kind"] == "release"
    assert done.receipt.entry["body"]["files"] == [
        {"sha256": hashlib.sha256(TABLE).hexdigest(), "size": len(TABLE)}
    ]


def test_a_lost_connection_is_answered_by_sending_all_of_it_again(world):
    message = release()
    for _ in range(2):
        assert announce(world, message).status_code == 200
        assert upload(world, message).status_code == 200
    assert ReleaseRow.objects.count() == 1 and LedgerEntry.objects.filter(kind="release").count() == 1


def test_another_release_under_a_known_id_is_refused(world):
    message = release()
    announce(world, message)
    answer = announce(world, message.model_copy(update={"author": "gwen"}))
    assert (answer.status_code, answer.json()["code"]) == (409, "S022")


@pytest.mark.parametrize("content", [b"age,people\n65-69,1241\n", TABLE[:-1], TABLE + b"x", b""])
def test_bytes_that_were_not_approved_are_not_kept(world, settings, content):
    message = release()
    announce(world, message)
    answer = upload(world, message, content)
    assert answer.status_code == 400 and answer.json()["code"] in {"S020", "S021"}
    assert not [path for path in settings.RELEASES_FOLDER.rglob("*") if path.is_file()]
    assert ReleasedFile.objects.get().uploaded_at is None


def test_a_file_that_was_not_announced_is_refused(world):
    message = release()
    announce(world, message)
    assert upload(world, message, path="output/other.csv").json()["code"] == "S025"
    assert upload(world, release()).json()["code"] == "S026"


@pytest.mark.parametrize(
    "path", ["../etc/passwd", "/etc/passwd", "output/../../x", "output\\x", ".git/x", "output/.x", "a\nb", ""]
)
def test_a_path_that_leads_elsewhere_is_not_a_path(world, path):
    body = release().to_json().replace("output/rates.csv", path.replace("\\", "\\\\").replace("\n", "\\n"))
    answer = announce(world, body)
    assert answer.status_code == 400 and answer.json()["code"] == "W001"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reviewers": ("bola", "bola")}, "same person"),
        ({"author": "bola"}, "its author"),
        ({"reviewers": ("bola", "farid")}, "farid"),
        ({"reviewers": ("bola", "nobody")}, "nobody"),
        ({"released_by": "ann"}, "may not release"),
    ],
)
def test_a_release_that_two_entitled_people_did_not_check_is_refused(world, change, words):
    answer = announce(world, release(**change))
    assert answer.status_code == 403 and words in answer.json()["what"]
    assert ReleaseRow.objects.count() == 0


def test_another_backend_can_neither_announce_nor_upload(world):
    message = release()
    assert announce(world, message, "south-airlock").json()["code"] == "S040"
    assert (
        announce(world, message.model_copy(update={"backend": "south"}), "south-airlock").json()["code"]
        == "S024"
    )
    announce(world, message)
    assert upload(world, message, token="south-airlock").json()["code"] == "S026"
    assert upload(world, message, token="runner").json()["code"] == "S003"


def test_two_files_that_would_be_one_on_some_disks_are_refused(world):
    first = release().files[0]
    twice = (first, first.model_copy(update={"path": "OUTPUT/rates.csv"}))
    assert announce(world, release(files=twice)).status_code == 403
    inside = (first, first.model_copy(update={"path": "output/rates.csv/x.csv"}))
    assert announce(world, release(files=inside)).status_code == 403


def test_unknown_fields_are_refused(world):
    body = release().to_json()[:-1] + ', "extra": 1}'
    assert announce(world, body).json()["code"] == "W001"


def test_a_release_that_nobody_approved_in_the_ledger_is_refused(world):
    """Who steals the airlock's token cannot release in silence: the votes must have been public first."""
    message = release()
    assert claim(world, message).json()["code"] == "S023"
    approve(world, message, by=("bola",))
    assert "`chen`" in claim(world, message).json()["what"]
    approve(world, message, by=("chen",), vote="changes_requested")
    assert claim(world, message).status_code == 403
    approve(world, release(TABLE + b"1,2\n", id=message.id), by=("chen",))  # other bytes
    approve(world, release(), by=("chen",))  # another release
    assert claim(world, message).status_code == 403
    approve(world, message, by=("chen",))
    assert claim(world, message).status_code == 200


def test_an_approval_taken_back_is_none(world):
    message = release()
    approve(world, message)
    approve(world, message, by=("chen",), vote="undecided")
    assert claim(world, message).json()["code"] == "S023"


def test_a_full_disk_is_said_and_leaves_nothing_half_written(world, settings, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk that is full can only be mounted by root")
    try:
        settings.RELEASES_FOLDER = small
        content = b"x" * (1 << 20)
        message = release(content)
        announce(world, message)
        answer = upload(world, message, content)
        assert (answer.status_code, answer.json()["code"]) == (507, "S027")
        assert [path for path in small.rglob("*") if path.is_file()] == []
        settings.RELEASES_FOLDER = tmp_path
        assert upload(world, message, content).status_code == 200
    finally:
        subprocess.run(["umount", str(small)], check=True)
