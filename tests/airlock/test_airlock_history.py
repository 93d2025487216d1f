"""A file is compared with everything that its workspace released before."""

from __future__ import annotations

import pytest
from airlock_world import CAROL, WORKSPACE

from armslength.airlock.features.files import snapshots
from armslength.airlock.features.findings import history
from armslength.airlock.features.findings.queries import report_on
from armslength.airlock.features.requests.queries import content_of, readiness_of, report_of
from armslength.airlock.models import Check

BEFORE = b"region,patients\nA,1200\nB,2450\nC,980\nD,[REDACTED]\nE,400\nF,755\n"
NOW = BEFORE.replace(b"[REDACTED]", b"10")


@pytest.fixture
def released(desk, level4, settings):
    """A workspace that has released one table."""
    history._released.cache_clear()
    level4.write("output/rates.csv", BEFORE)
    request = desk.approve()
    release = request.release
    release.completed_at, release.receipt = desk.now, "{}"
    release.save()
    type(request).objects.filter(pk=request.pk).update(state="released")
    level4.write("output/again.csv", NOW)
    return request


def test_what_an_earlier_release_hid_and_this_file_shows_must_be_answered(desk, released):
    file = desk.draft(paths=("output/again.csv",)).files.get()
    report = report_of(file, now=desk.tick())
    (finding,) = [finding for finding in report.findings if finding.code == "E3"]
    assert (finding.verdict, report.verdict) == ("block", "block")
    assert finding.places == ((5, "patients"),)
    assert finding in report.unanswered
    assert readiness_of(file.request, now=desk.tick()).unanswered == ("output/again.csv",)
    assert "covered 1 of 1 released files" in report.history and "6 were released before" in report.history


def test_the_comparison_is_made_once_for_the_same_bytes_and_history(desk, released, monkeypatch):
    file = desk.draft(paths=("output/again.csv",)).files.get()
    first = report_of(file, now=desk.tick())
    known = Check.objects.count()

    def again(*_: object, **__: object) -> None:
        raise AssertionError("it was compared again")

    monkeypatch.setattr(history, "_compared", again)
    assert report_of(file, now=desk.tick()) == first
    assert Check.objects.count() == known


def test_a_release_is_not_compared_with_itself_nor_with_another_workspace(desk, released):
    old = released.files.get()
    assert report_of(old, now=desk.tick()).history == ""
    content = content_of(old)
    assert report_on(content, now=desk.tick(), workspace="elsewhere").history == ""
    again = report_on(content, now=desk.tick(), workspace=WORKSPACE)
    assert [finding.code for finding in again.findings] == ["E7"]


def test_a_copy_that_is_gone_is_said_not_to_be_compared(desk, released, settings):
    place = snapshots.place_of(settings.AIRLOCK.folder, released.files.get().sha256)
    data = place.read_bytes()
    place.unlink()
    try:
        file = desk.draft(paths=("output/again.csv",)).files.get()
        report = report_of(file, now=desk.tick())
        assert "covered 0 of 1 released files; not read: output/rates.csv" in report.history
        assert not [finding for finding in report.findings if finding.code.startswith("E")]
    finally:
        place.write_bytes(data)


def test_the_page_of_a_file_says_what_was_compared(desk, released, client):
    from django.template.loader import render_to_string

    file = desk.draft(paths=("output/again.csv",)).files.get()
    page = render_to_string(
        "airlock/_findings.html", {"report": report_of(file, now=desk.tick()), "person": CAROL}
    )
    assert "Compared with earlier releases of this workspace: history check covered 1 of 1" in page
