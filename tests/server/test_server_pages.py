"""What people do on the site: ask for runs, watch, stop, publish, withdraw; and what pages must never do."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from server_study import git

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.server.features.publications.actions import decline, propose, publish, withdraw
from armslength.server.features.releases import store
from armslength.server.features.requests.repository import read_head, why_not_repository
from armslength.server.models import JobRequest, LedgerEntry, Publication, Release, ReleasedFile, Workspace
from armslength.web import throttle
from armslength.wire.jobs import JobRequest as Message


def keep(content: bytes) -> str:
    digest, chunks = hashlib.sha256(content).hexdigest(), iter([content, b""])
    store.keep(lambda _: next(chunks), sha256=digest, size=len(content), name="x")
    return digest


BYTES = {
    "t.csv": b"age,n\n65-69,<script>alert(1)</script>\n",
    "f.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "r.html": b"<script>alert(1)</script>",
    "x.exe": b"MZ",
}


@pytest.fixture
def release(world):
    made = Release.objects.create(
        id=new_id(), workspace=world.workspace, backend=world.backend, author="ann", reviewers=["bola", "chen"],
        released_by="chen", released_at=world.now, digest="0" * 64, announced_at=world.now, completed_at=world.now,
        entry_index=0,
    )  # fmt: skip
    for path, content in BYTES.items():
        ReleasedFile.objects.create(
            release=made, path=path, sha256=keep(content), size=len(content), uploaded_at=world.now
        )
    return made


def commit_on(page) -> str:
    return re.search(r'name="commit" value="([0-9a-f]{40})"', page.content.decode()).group(1)


# Asking -------------------------------------------------------------------------------------------------------


def test_a_member_asks_for_a_run_of_the_commit_they_were_shown(world, study):
    browser = world.browser("ann")
    page = browser.get("/workspaces/falls-main/run")
    assert "Rates of falls" in page.content.decode() and "reads the records" in page.content.decode()
    answer = browser.post("/workspaces/falls-main/run", {"commit": commit_on(page), "actions": ["rates"]})
    request = JobRequest.objects.get()
    assert answer["Location"] == f"/requests/{request.pk}"
    assert request.commit == git(study, "rev-parse", "HEAD")
    entry = LedgerEntry.objects.get(index=request.entry_index)
    body = json.loads(bytes(entry.canonical))["body"]
    assert Message.model_validate_json(json.dumps(body)).actions == ("rates",)


def test_a_branch_that_moved_meanwhile_is_not_run_unseen(world, study):
    browser = world.browser("ann")
    page = browser.get("/workspaces/falls-main/run")
    git(study, "commit", "--quiet", "--allow-empty", "--message", "Something else")
    answer = browser.post("/workspaces/falls-main/run", {"commit": commit_on(page), "actions": ["rates"]})
    assert answer.status_code == 400 and "moved on" in answer.content.decode()
    assert "Something else" in answer.content.decode() and commit_on(answer) == git(
        study, "rev-parse", "HEAD"
    )
    assert not JobRequest.objects.exists()


def test_a_broken_plan_is_shown_with_its_line_and_no_form(world, study):
    (study / "project.yaml").write_text(
        "version: '4.0'\nactions:\n  rates:\n    run: python:v2 a.py\n    needs: [nothing]\n"
    )
    git(study, "commit", "--quiet", "--all", "--message", "Broken")
    page = world.browser("ann").get("/workspaces/falls-main/run").content.decode()
    assert re.search(r"project\.yaml\W+(line )?\d+", page) and 'name="commit"' not in page


@pytest.mark.parametrize("actions", [[], ["nothing"]])
def test_an_empty_or_unknown_choice_is_refused_beside_the_field(world, actions):
    browser = world.browser("ann")
    page = browser.get("/workspaces/falls-main/run")
    answer = browser.post("/workspaces/falls-main/run", {"commit": commit_on(page), "actions": actions})
    assert answer.status_code == 400 and b"field-error" in answer.content and not JobRequest.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/o/r", "git://github.com/o/r", "ssh://git@github.com/o/r", "https://evil.example/o/r",
        "--upload-pack=x",
        "https://user:pass@github.com/o/r", "https://github.com:8443/o/r", "ext::sh -c x", "https://github.com/o/r?x",
        "relative/path",
    ],
)  # fmt: skip
def test_only_https_addresses_of_known_hosts_are_read(settings, address):
    assert why_not_repository(address)
    settings.ALLOW_LOCAL_REPOSITORIES = False
    assert why_not_repository("/tmp/study") and why_not_repository("file:///tmp/study")


def test_a_plan_that_is_a_link_is_not_followed(world, study: Path):
    (study / "project.yaml").unlink()
    (study / "project.yaml").symlink_to("/etc/passwd")
    git(study, "commit", "--quiet", "--all", "--message", "Link")
    with pytest.raises(Mistake, match="S035"):
        read_head(str(study), branch="main")
    with pytest.raises(Mistake, match="S031"):
        read_head(str(study), branch="absent")


def test_a_paused_backend_and_an_archived_workspace_say_why_beside_the_button(world):
    world.backend.paused_because = "the disks are being replaced"
    world.backend.save()
    page = world.browser("ann").get("/workspaces/falls-main").content.decode()
    assert "the disks are being replaced" in page
    assert world.browser("ann").get("/workspaces/falls-main/run").status_code == 403


def test_watching_stops_when_nothing_more_will_change(world):
    request = world.ask()
    browser = world.browser()
    assert browser.get(f"/requests/{request.pk}/live").status_code == 200
    assert b"hx-get" in browser.get(f"/requests/{request.pk}").content
    JobRequest.objects.filter(pk=request.pk).update(
        state="refused", reason="project_finished", message="The project is finished"
    )
    assert browser.get(f"/requests/{request.pk}/live").status_code == 286
    page = browser.get(f"/requests/{request.pk}").content
    assert b"hx-get" not in page and b"The project is finished." in page


def test_a_request_is_stopped_once_by_whoever_asked(world):
    request = world.ask()
    browser = world.browser("ann")
    assert browser.post(f"/requests/{request.pk}/cancel").status_code == 302
    assert browser.post(f"/requests/{request.pk}/cancel").status_code == 403
    assert LedgerEntry.objects.filter(kind="cancel").count() == 1


def test_the_log_is_filtered_alike_on_the_page_and_for_machines(world):
    world.ask()
    browser = world.browser()
    for query, found in (
        ("?person=ann&backend=north", 1),
        ("?project=asthma", 0),
        ("?search=aaaa", 1),
        ("?page=x", 1),
    ):
        assert len(browser.get(f"/requests.json{query}").json()["requests"]) == found
        assert (b"No request matches" in browser.get(f"/requests{query}").content) == (not found)
        assert browser.get(f"/requests.atom{query}").content.count(b"<entry>") == found


# Files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["t.csv", "f.svg", "r.html", "x.exe"])
def test_released_bytes_are_sealed_in_the_browser(world, release, path):
    answer = world.browser("ann").get(f"/releases/{release.pk}/raw/{path}")
    content = b"".join(answer)
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox;") and "default-src 'none'" in policy and "script-src" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store"
    assert path != "r.html" or b"<script" not in content
    # A drawing shown on its own could hold a page; as an image it cannot.
    if path in ("x.exe", "f.svg"):
        assert answer["Content-Disposition"].startswith("attachment")
    whole = world.browser("ann").get(f"/releases/{release.pk}/raw/{path}?download")
    assert b"".join(whole) == BYTES[path]


def test_what_is_in_a_table_is_text_and_nothing_else(world, release):
    page = world.browser("ann").get(f"/releases/{release.pk}/files/t.csv").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    frame = world.browser("ann").get(f"/releases/{release.pk}/files/r.html").content.decode()
    assert '<iframe class="sealed" sandbox src="/releases/' in frame


def test_a_download_holds_the_files_and_a_manifest_of_their_hashes(world, release):
    answer = world.browser("ann").get(f"/releases/{release.pk}/download")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
        for file in manifest["files"]:
            assert hashlib.sha256(zipped.read(file["path"])).hexdigest() == file["sha256"]
        assert len(manifest["files"]) == 4 and "Not public" in manifest["terms"]


# Publishing ---------------------------------------------------------------------------------------------------


def proposed(world, release) -> Publication:
    files = list(release.files.filter(path="t.csv").select_related("release"))
    return propose(
        world.workspace,
        title="Falls",
        description="Fewer",
        files=files,
        by=world.people["ann"],
        now=utc_now(),
    )


def test_a_result_is_public_only_once_a_second_person_agreed(world, release):
    publication = proposed(world, release)
    public = world.browser()
    assert public.get(f"/publications/{publication.pk}").status_code == 404
    with pytest.raises(PermissionDenied):
        publish(publication, by=world.people["ann"], now=utc_now())
    answer = world.browser("dilys").post(f"/publications/{publication.pk}/decide", {"decision": "publish"})
    assert answer.status_code == 302
    page = public.get(f"/publications/{publication.pk}").content.decode()
    assert "Ann (" in page and release.files.get(path="t.csv").sha256 in page
    assert public.get(f"/publications/{publication.pk}/files/t.csv").status_code == 200
    assert public.get(f"/publications/{publication.pk}/files/f.svg").status_code == 404
    assert public.get(f"/releases/{release.pk}/files/t.csv").status_code == 404


def test_a_withdrawn_result_leaves_its_reason_and_no_file(world, release):
    publication = publish(proposed(world, release), by=world.people["dilys"], now=utc_now())
    with pytest.raises(Mistake, match="S081"):
        withdraw(publication, reason=" ", by=world.people["dilys"], now=utc_now())
    withdraw(publication, reason="A mistake in the code", by=world.people["dilys"], now=utc_now())
    public = world.browser()
    assert "A mistake in the code" in public.get(f"/publications/{publication.pk}").content.decode()
    assert public.get(f"/publications/{publication.pk}/raw/t.csv").status_code == 404
    assert LedgerEntry.objects.filter(kind="publication_withdrawal").count() == 1


def test_a_declined_result_stays_declined(world, release):
    publication = decline(
        proposed(world, release), reason="Too early", by=world.people["dilys"], now=utc_now()
    )
    with pytest.raises(PermissionDenied):
        publish(publication, by=world.people["dilys"], now=utc_now())
    assert world.browser().get(f"/publications/{publication.pk}").status_code == 404


# Signing in, headers, forms -----------------------------------------------------------------------------------


def test_guessing_passwords_is_stopped_and_says_for_how_long(world):
    world.people["ann"].set_password("a long enough password")
    world.people["ann"].save()
    browser = world.browser()
    for _ in range(8):
        assert browser.post("/sign-in/local", {"username": "ann", "password": "guess"}).status_code == 400
    answer = browser.post("/sign-in/local", {"username": "ann", "password": "a long enough password"})
    assert answer.status_code == 429 and b"Wait 15 minutes" in answer.content


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(world, target):
    world.people["ann"].set_password("a long enough password")
    world.people["ann"].save()
    form = {"username": "ann", "password": "a long enough password", "next": target}
    assert world.browser().post("/sign-in/local", form)["Location"] == "/"


def test_pages_forbid_foreign_script_frames_and_caches(world):
    answer = world.browser("ann").get("/account")
    policy = answer["Content-Security-Policy"]
    assert (
        "'unsafe-inline'" not in policy
        and "frame-ancestors 'none'" in policy
        and "form-action 'self'" in policy
    )
    assert answer["X-Frame-Options"] == "DENY" and "no-store" in answer["Cache-Control"]
    assert b" style=" not in answer.content and b"<script>" not in answer.content


def test_a_form_without_its_token_changes_nothing(world):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.people["ann"])
    assert browser.post("/workspaces/falls-main/archive", {"archived": "yes"}).status_code == 403
    assert Workspace.objects.get(name="falls-main").archived_at is None


def test_a_token_is_shown_once_and_never_to_whom_it_opens_nothing(world):
    browser = world.browser("ann")
    page = browser.post("/account/token").content.decode()
    token = re.search(r'class="token"[^>]*>([a-z-]+)<', page).group(1)
    assert token not in browser.get("/account").content.decode()
    assert 'class="token"' not in world.browser("farid").post("/account/token", follow=True).content.decode()


def test_a_workspace_is_made_and_its_mistakes_stand_beside_the_fields(world, study):
    browser = world.browser("ann")
    form = {
        "name": "Falls Main",
        "repository": "http://x",
        "branch": "-x",
        "backend": world.backend.pk,
        "purpose": "Why",
    }
    page = browser.post("/projects/falls/workspaces/new", form)
    assert page.status_code == 400 and page.content.count(b"field-error") == 3
    form |= {"name": "falls-2", "repository": str(study), "branch": "main"}
    assert browser.post("/projects/falls/workspaces/new", form)["Location"] == "/workspaces/falls-2"


def test_behind_a_proxy_the_limit_counts_visitors_and_not_the_proxy(world, settings, monkeypatch):
    monkeypatch.setattr(throttle, "SIGN_IN_ADDRESS", replace(throttle.SIGN_IN_ADDRESS, count=3))
    settings.ARMSLENGTH_BEHIND_PROXY = True
    browser = world.browser()

    def attempt(name, forwarded):
        form = {"username": name, "password": "wrong"}
        return browser.post("/sign-in/local", form, headers={"X-Forwarded-For": forwarded}).status_code

    # Whatever a visitor claims before it, the address the proxy appended counts.
    tried = [attempt(f"nobody-{n}", f"10.9.8.{n}, 203.0.113.7") for n in range(4)]
    assert tried == [400] * 3 + [429]
    assert attempt("nobody-99", "203.0.113.7, 198.51.100.1") == 400
