"""Every address, as every kind of person, over HTTP; and people who try what they may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airlock_world import (
    ANN,
    AUTHOR_CHECKER,
    BAD_TABLE,
    CAROL,
    CONFLICTED,
    DAVID,
    EVERYBODY,
    MEMBER,
    OTHER_WORKSPACE,
    STRANGER,
    WORKSPACE,
)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from armslength.airlock.features.sign_in import checkers
from armslength.airlock.features.sign_in.middleware import CONFIRMED_AS_CHECKER, OPEN, SIGNED_IN_AT
from armslength.airlock.models import AuditEntry, OutboxEvent, Person
from armslength.airlock.models.states import Answer, Reason
from armslength.kernel.clock import to_text, utc_now
from armslength.wire.releases import Identity

PHRASE = "quiet-harbour-seven-lanterns"


def enter(client: Client, identity: Identity, settings, confirmed: bool = True, **facts) -> Client:
    """Sign somebody in as the server's token would have."""
    now = utc_now()
    given = {"identity": identity.to_json(), "refreshed_at": now, "tried_at": now} | facts
    person, _ = Person.objects.update_or_create(username=identity.username, defaults=given)
    session = client.session
    session[SESSION_KEY] = identity.username
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[SIGNED_IN_AT] = to_text(now)
    if identity.output_checker and confirmed:
        checkers.appoint(identity.username, phrase=PHRASE, by="operator", now=now)
        session[CONFIRMED_AS_CHECKER] = checkers.confirmation(identity.username, PHRASE)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def sign_in(settings, level4, db):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds sign in here
    return lambda identity, **facts: enter(Client(), identity, settings, **facts)


def names(patterns=None) -> list[str]:
    """Return the name of every address of the site."""
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found += [f"web:{n}" if pattern.namespace == "web" else n for n in names(pattern.url_patterns)]
        elif isinstance(pattern, URLPattern):
            found.append(pattern.name)
    return found


READ, MEMBERS, AUTHOR, REVIEW, CHECKERS = "read", "members", "author", "review", "checkers"
# Every address and whom it is for. An address that is missing here fails the test below.
ADDRESSES = {
    "home": "all", "workspaces": "all", "requests": "all", "activity": "all", "reviews": CHECKERS,
    "workspace": READ, "tree": READ, "workspace-file": READ, "workspace-content": READ,
    "request": READ, "request-file": READ, "request-content": READ, "release-progress": READ,
    "choose-files": MEMBERS, "submit-request": AUTHOR, "withdraw-request": AUTHOR, "describe-group": AUTHOR,
    "update-file": AUTHOR, "withdraw-file": AUTHOR, "change-file": AUTHOR, "answer-finding": AUTHOR,
    "vote": REVIEW, "group-changes": REVIEW, "submit-review": REVIEW, "return-request": REVIEW,
    "reject-request": REVIEW, "release-request": REVIEW, "comment": REVIEW,
    "publish-comment": REVIEW, "strike-comment": REVIEW,
}  # fmt: skip
PEOPLE = {
    "author": (ANN, {"all", READ, MEMBERS, AUTHOR}),
    "author who is a checker": (AUTHOR_CHECKER, {"all", READ, MEMBERS, AUTHOR, CHECKERS}),
    "member": (MEMBER, {"all", READ, MEMBERS}),
    "checker": (CAROL, {"all", READ, REVIEW, CHECKERS}),
    "checker of the same project": (CONFLICTED, {"all", READ, CHECKERS}),
    "stranger": (STRANGER, {"all"}),
    "nobody": (None, set()),
}


def test_every_address_is_in_the_matrix():
    assert {name for name in names() if not name.startswith("web:")} == set(ADDRESSES)


def address(name: str, request) -> str:
    file, group = request.files.get(path="output/rates.csv"), request.groups.get()
    comment = request.comments.first()
    arguments = {
        "workspace": {"name": WORKSPACE}, "tree": {"name": WORKSPACE}, "choose-files": {"name": WORKSPACE},
        "workspace-file": {"name": WORKSPACE, "path": "output/rates.csv"},
        "workspace-content": {"name": WORKSPACE, "path": "output/rates.csv"},
    }.get(name)  # fmt: skip
    if arguments is None:
        arguments = {} if ADDRESSES[name] in {"all", CHECKERS} else {"identifier": request.id}
        if name in {
            "request-file",
            "request-content",
            "update-file",
            "withdraw-file",
            "change-file",
            "vote",
            "answer-finding",
        }:
            arguments["number"] = file.pk
        if name in {"describe-group", "group-changes", "comment"}:
            arguments["number"] = group.pk
        if name in {"publish-comment", "strike-comment"}:
            arguments["number"] = comment.pk
    return reverse(name, kwargs=arguments)


def body(name: str, request) -> dict[str, str]:
    """What a well-meant form would send, so that only the rule stands in the way."""
    return {
        "vote": {"choice": "approved", "sha256": request.files.get(path="output/rates.csv").sha256},
        "comment": {"text": "Hello there.", "visibility": "private"},
        "return-request": {"reason": "other", "text": "Please look again."},
        "reject-request": {"reason": "other", "text": "This can never leave."},
        "change-file": {"kind": "supporting"},
        "answer-finding": {"finding": "0" * 32, "answer": "fixed", "reason": "Rounded in the code."},
    }.get(name, {})


@pytest.mark.parametrize("name", sorted(ADDRESSES))
@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_the_permission_matrix(desk, sign_in, who, name):
    identity, allowed = PEOPLE[who]
    holder = ADDRESSES[name]
    request = desk.submit() if holder == REVIEW else desk.draft()
    if holder == REVIEW:
        from armslength.airlock.features.reviews.actions import comment_on_group
        from armslength.airlock.models.states import Visibility

        comment_on_group(
            DAVID, request.groups.get(), text="Mine.", visibility=Visibility.PRIVATE, now=desk.tick()
        )
    client = sign_in(identity) if identity else Client()
    before = AuditEntry.objects.filter(
        deed__in=["vote", "comment", "request_submit", "request_return", "release"]
    ).count()
    url, reads = address(name, request), holder in {"all", READ, CHECKERS} or name == "choose-files"
    answer = client.get(url) if reads else client.post(url, body(name, request))
    if identity is None:
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in")
    elif holder in allowed and name not in {"publish-comment", "strike-comment"}:
        # A rule may still say "not now" (409); it must not say "not you" (403).
        assert answer.status_code in {200, 302, 409}, answer.content
        return
    else:
        assert answer.status_code in {403, 409}
        text = answer.content.decode()
        assert "This is not possible" in text
    after = AuditEntry.objects.filter(
        deed__in=["vote", "comment", "request_submit", "request_return", "release"]
    ).count()
    assert after == before, "something was changed for somebody who may not change it"


CHANGING = sorted(
    name
    for name, who in ADDRESSES.items()
    if who not in ("all", READ, CHECKERS)
    and name not in {"choose-files", "publish-comment", "strike-comment"}
)


@pytest.mark.parametrize("name", CHANGING)
def test_what_changes_something_answers_to_post_only(desk, sign_in, name):
    assert sign_in(ANN).get(address(name, desk.draft())).status_code == 405


class TestAttacks:
    def test_an_author_votes_through_the_form_of_another(self, desk, sign_in):
        request = desk.submit()
        file = request.files.get()
        answer = sign_in(AUTHOR_CHECKER).post(
            reverse("vote", args=[request.id, file.pk]), {"choice": "approved", "sha256": file.sha256}
        )
        assert answer.status_code == 403 and not request.votes.exists()

    def test_a_vote_on_content_that_changed_under_the_reader(self, desk, sign_in):
        request = desk.submit()
        file = request.files.get()
        request.files.update(sha256="f" * 64)
        answer = sign_in(CAROL).post(
            reverse("vote", args=[request.id, file.pk]), {"choice": "approved", "sha256": file.sha256}
        )
        assert answer.status_code == 403 and not request.votes.exists()

    def test_a_form_of_another_site(self, desk, settings, level4):
        request = desk.submit()
        client = enter(Client(enforce_csrf_checks=True), CAROL, settings)
        assert client.post(reverse("submit-review", args=[request.id])).status_code == 403
        client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        forged = {"csrfmiddlewaretoken": "b" * 32}
        assert client.post(reverse("submit-review", args=[request.id]), forged).status_code == 403
        assert not request.reviews.exists()

    @pytest.mark.parametrize(
        "path",
        [
            "../../token",
            "%2e%2e/%2e%2e/token",
            "..%2f..%2ftoken",
            "metadata/manifest.json",
            "output/none.csv",
            "%00",
        ],
    )
    def test_a_path_that_leads_out(self, sign_in, path):
        answer = sign_in(ANN).get(f"/workspaces/{WORKSPACE}/content/{path}")
        assert answer.status_code in {404, 409}
        assert b"backend-token" not in answer.content

    def test_a_workspace_of_another_project(self, sign_in):
        client = sign_in(ANN)
        assert client.get(f"/workspaces/{OTHER_WORKSPACE}").status_code == 403
        assert client.get(f"/workspaces/{OTHER_WORKSPACE}/content/output/stroke.csv").status_code == 403
        assert AuditEntry.objects.filter(deed="denied", actor="ann").count() == 2
        assert OTHER_WORKSPACE not in client.get("/workspaces").content.decode()

    def test_files_of_one_request_by_the_number_of_another(self, desk, sign_in):
        request = desk.draft()
        other = desk.draft(author=MEMBER, paths=("output/small.csv",))
        number = other.files.get().pk
        assert sign_in(ANN).post(reverse("withdraw-file", args=[request.id, number])).status_code == 404
        assert other.files.exists()

    def test_a_damaged_copy_is_said_and_cannot_be_voted_on(self, desk, sign_in, settings):
        from armslength.airlock.features.files.snapshots import place_of

        request = desk.submit()
        file = request.files.get()
        place = place_of(settings.AIRLOCK.folder, file.sha256)
        place.chmod(0o600)
        place.write_bytes(BAD_TABLE)
        client = sign_in(CAROL)
        page = client.get(reverse("request", args=[request.id]))
        assert page.status_code == 200 and "damaged" in page.content.decode()
        vote = {"choice": "approved", "sha256": file.sha256}
        assert client.post(reverse("vote", args=[request.id, file.pk]), vote).status_code == 409
        assert not request.votes.exists()

    def test_study_output_in_a_page_is_sealed_and_escaped(self, level4, sign_in):
        level4.write("output/evil.html", b"<script>fetch('/requests')</script>")
        level4.write("output/evil.csv", b"a,n\n<script>alert(1)</script>,100\n")
        client = sign_in(ANN)
        content = client.get(f"/workspaces/{WORKSPACE}/content/output/evil.html")
        policy = content["Content-Security-Policy"]
        assert (
            policy.startswith("sandbox;") and "allow-scripts" not in policy and "default-src 'none'" in policy
        )
        assert content["Cache-Control"] == "no-store" and content["X-Content-Type-Options"] == "nosniff"
        page = client.get(f"/workspaces/{WORKSPACE}/file/output/evil.csv").content.decode()
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
        frame = client.get(f"/workspaces/{WORKSPACE}/file/output/evil.html").content.decode()
        assert "sandbox title=" in frame


def test_pages_are_never_cached_and_say_where_you_are(sign_in):
    page = sign_in(ANN).get("/")
    assert "no-store" in page["Cache-Control"]
    assert "Inside the secure environment" in page.content.decode()


def test_looking_at_a_file_is_told_to_the_ledger_once(sign_in):
    client = sign_in(ANN)
    for _ in range(3):
        client.get(f"/workspaces/{WORKSPACE}/file/output/rates.csv")
    assert OutboxEvent.objects.count() == 1


def test_a_dead_server_is_said_on_the_front_page(desk, sign_in, settings):
    from armslength.airlock.outbox.client import Server
    from armslength.airlock.outbox.delivery import deliver

    desk.submit()
    with Server(settings.AIRLOCK) as server:
        deliver(server, clock=utc_now)
    assert "Nothing is lost" in sign_in(ANN).get("/").content.decode()


def test_forms_offer_every_answer_and_every_reason(desk, sign_in):
    request = desk.draft(paths=("output/small.csv",))
    page = (
        sign_in(ANN).get(reverse("request-file", args=[request.id, request.files.get().pk])).content.decode()
    )
    assert all(f'value="{answer.value}"' in page for answer in Answer)
    submitted = desk.submit(author=MEMBER)
    page = sign_in(CAROL).get(reverse("request", args=[submitted.id])).content.decode()
    assert all(f'value="{reason.value}"' in page for reason in Reason)


class TestTheServerIsTakenOver:
    """It can say of anybody that they are an output checker, and give itself tokens. That is not enough."""

    def sign_in(self, outside, username: str, **answers: str) -> tuple[Client, object]:
        client = Client()
        outside.tokens[username] = "correct-horse-battery"
        given = {"username": username, "token": "correct-horse-battery"} | answers
        return client, client.post("/sign-in/token", given)

    def may_review(self, client: Client) -> bool:
        return client.get("/reviews").status_code == 200

    def test_somebody_whom_nobody_inside_appointed_reviews_nothing(self, desk, outside):
        request = desk.submit()
        file = request.files.get()
        client, answer = self.sign_in(outside, "carol")
        assert answer.status_code == 302 and not self.may_review(client)
        voted = client.post(
            reverse("vote", args=[request.id, file.pk]), {"choice": "approved", "sha256": file.sha256}
        )
        assert voted.status_code in {403, 404} and not file.votes.exists()
        assert "without your passphrase" in client.get("/").content.decode()

    def test_an_appointed_checker_without_the_passphrase_reviews_nothing(self, level4, db, outside):
        checkers.appoint("carol", phrase=PHRASE, by="operator", now=utc_now())
        client, _ = self.sign_in(outside, "carol")
        assert not self.may_review(client)

    @pytest.mark.parametrize("wrong", ["quiet-harbour-seven-lantern", "x", "q" * 400])
    def test_a_wrong_passphrase_is_refused_and_the_token_is_not_spent(self, level4, db, outside, wrong):
        checkers.appoint("carol", phrase=PHRASE, by="operator", now=utc_now())
        client, answer = self.sign_in(outside, "carol", passphrase=wrong)
        assert answer.status_code == 400 and outside.tokens and client.get("/").status_code == 302
        assert wrong not in answer.content.decode() or wrong == "x"

    def test_the_passphrase_of_another_checker_opens_nothing(self, level4, db, outside):
        checkers.appoint("carol", phrase=PHRASE, by="operator", now=utc_now())
        checkers.appoint("david", phrase="another-long-passphrase", by="operator", now=utc_now())
        assert self.sign_in(outside, "david", passphrase=PHRASE)[1].status_code == 400

    def test_with_both_a_checker_reviews_until_dismissed(self, level4, db, outside):
        checkers.appoint("carol", phrase=PHRASE, by="operator", now=utc_now())
        client, _ = self.sign_in(outside, "carol", passphrase="Quiet Harbour seven LANTERNS")
        assert self.may_review(client)
        assert checkers.dismiss("carol", by="operator", now=utc_now())
        assert not self.may_review(client)
        checkers.appoint("carol", phrase="a-different-phrase", by="operator", now=utc_now())
        assert not self.may_review(client), "a session belongs to the passphrase it began with"

    def test_an_appointment_alone_makes_nobody_a_checker(self, level4, db, outside):
        checkers.appoint("ann", phrase=PHRASE, by="operator", now=utc_now())
        client, answer = self.sign_in(outside, "ann", passphrase=PHRASE)
        assert answer.status_code == 302 and not self.may_review(client)


class TestSigningIn:
    def attempt(self, client: Client, username: str, token: str):
        return client.post("/sign-in/token", {"username": username, "token": token})

    def test_a_token_opens_the_door_once(self, outside, level4, db):
        outside.tokens["ann"] = "correct-horse-battery"
        assert self.attempt(Client(), "ann", "correct-horse- battery").status_code == 302
        again = self.attempt(Client(), "ann", "correct-horse-battery")
        assert again.status_code == 400 and "do not belong together" in again.content.decode()
        assert set(AuditEntry.objects.values_list("deed", flat=True)) == {"sign_in", "sign_in_refused"}

    def test_guessing_is_slowed_down(self, outside, level4, db):
        client = Client()
        statuses = [self.attempt(client, "ann", f"wrong-guess-{i}").status_code for i in range(10)]
        assert statuses[0] == 400 and statuses[-1] == 429
        assert len([call for call in outside.calls if call.endswith("sign-in")]) == 8

    def test_without_the_server_nobody_enters_and_is_told_why(self, settings, level4, db):
        answer = self.attempt(Client(), "ann", "some-token-here")
        assert answer.status_code == 400 and "cannot be reached" in answer.content.decode()

    def test_only_the_door_is_open_to_strangers(self, level4, db):
        open_names = {name for name in names() if name.startswith("web:")} & set(OPEN)
        assert open_names == {name for name in names() if name.startswith("web:")}

    def test_permissions_follow_the_server_within_minutes(self, outside, sign_in):
        client = sign_in(
            ANN, tried_at=utc_now() - timedelta(minutes=6), refreshed_at=utc_now() - timedelta(minutes=6)
        )
        outside.people["ann"] = replace_workspaces(ANN)
        assert client.get(f"/workspaces/{WORKSPACE}").status_code == 403

    def test_somebody_the_server_no_longer_knows_is_out_at_once(self, outside, sign_in):
        client = sign_in(
            ANN, tried_at=utc_now() - timedelta(minutes=6), refreshed_at=utc_now() - timedelta(minutes=6)
        )
        del outside.people["ann"]
        assert client.get("/").status_code == 302
        assert Person.objects.get(pk="ann").revoked
        assert client.get("/workspaces").status_code == 302

    def test_a_silent_server_is_believed_for_a_while_and_then_no_longer(self, sign_in):
        early, late = timedelta(minutes=30), timedelta(minutes=61)
        assert (
            sign_in(ANN, tried_at=utc_now() - early, refreshed_at=utc_now() - early).get("/").status_code
            == 200
        )
        assert (
            sign_in(ANN, tried_at=utc_now() - late, refreshed_at=utc_now() - late).get("/").status_code == 302
        )

    def test_a_session_ends_after_hours_however_busy(self, sign_in, settings):
        client = sign_in(ANN)
        session = client.session
        session[SIGNED_IN_AT] = to_text(utc_now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))
        session.save()
        assert client.get("/").status_code == 302


def replace_workspaces(identity: Identity) -> Identity:
    return identity.model_copy(update={"workspaces": ()})


def test_the_story_over_http(desk, sign_in, outside, settings):
    """Author and two reviewers click their way from a file to a proved release."""
    from armslength.airlock.models import ReleaseRequest
    from armslength.airlock.outbox.client import Server
    from armslength.airlock.outbox.delivery import deliver

    ann, carol, david = (sign_in(EVERYBODY[name]) for name in ("ann", "carol", "david"))
    ann.post(reverse("choose-files", args=[WORKSPACE]), {"path": "output/rates.csv", "new_group": "rates"})
    request = ReleaseRequest.objects.get()
    group, file = request.groups.get(), request.files.get()
    words = {"context": "Adults by age band, N = 4,630.", "controls": "Rounded to 5, none below 8."}
    ann.post(reverse("describe-group", args=[request.id, group.pk]), words)
    assert ann.post(reverse("submit-request", args=[request.id])).status_code == 302
    for client in (carol, david):
        page = client.get(reverse("request-file", args=[request.id, file.pk]))
        assert page.status_code == 200
        vote = {"choice": "approved", "sha256": page.context["sha256"]}
        assert client.post(reverse("vote", args=[request.id, file.pk]), vote).status_code == 302
        assert client.post(reverse("submit-review", args=[request.id])).status_code == 302
    assert david.post(reverse("release-request", args=[request.id])).status_code == 302
    with Server(settings.AIRLOCK) as server:
        deliver(server, clock=utc_now)
    request.refresh_from_db()
    assert request.state == "released"
    assert (
        f"entry <strong>{request.release.ledger_index}</strong>"
        in ann.get(f"/requests/{request.id}").content.decode()
    )
