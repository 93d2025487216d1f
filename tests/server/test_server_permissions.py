"""Every address for every role, from one matrix: a new address fails until somebody says who may open it."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from armslength.kernel.ids import new_id
from armslength.server.features.publications.actions import propose
from armslength.server.features.releases import store
from armslength.server.models import Job, LedgerEntry, Release, ReleasedFile

PUBLIC = frozenset({"", "ann", "bola", "dilys", "eva", "farid", "hal", "ivy"})
SIGNED_IN = PUBLIC - {""}
MEMBERS_AND_CHECKERS = frozenset({"ann", "bola", "dilys", "farid"})
STAFF = frozenset({"eva", "hal"})
CONTENT = b"a,b\n1,2\n"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')

# address: (method, who gets a page or is sent on; everybody else gets 403, 404 or the sign-in page)
MATRIX: dict[str, tuple[str, frozenset[str]]] = {
    "healthz": ("GET", PUBLIC),
    "sign-in": ("GET", PUBLIC),
    "sign-in/local": ("GET", PUBLIC),
    "sign-in/local/return": ("GET", frozenset()),
    "sign-out": ("POST", PUBLIC),
    "": ("GET", PUBLIC),
    "projects": ("GET", PUBLIC),
    "projects/falls": ("GET", PUBLIC),
    "projects/falls/workspaces/new": ("GET", frozenset({"ann"})),
    "workspaces/falls-main": ("GET", PUBLIC),
    "workspaces/falls-main/archive": ("POST", frozenset({"ann"})),
    "workspaces/falls-main/run": ("GET", frozenset({"ann"})),
    "workspaces/falls-main/publish": ("GET", frozenset({"ann"})),
    "requests": ("GET", PUBLIC),
    "requests.json": ("GET", PUBLIC),
    "requests.atom": ("GET", PUBLIC),
    "requests/REQUEST": ("GET", PUBLIC),
    "requests/REQUEST/live": ("GET", PUBLIC),
    "requests/REQUEST/cancel": ("POST", frozenset({"ann"})),
    "jobs/JOB": ("GET", PUBLIC),
    "releases/RELEASE": ("GET", MEMBERS_AND_CHECKERS),
    "releases/RELEASE/download": ("GET", MEMBERS_AND_CHECKERS),
    "releases/RELEASE/files/t.csv": ("GET", MEMBERS_AND_CHECKERS),
    "releases/RELEASE/raw/t.csv": ("GET", MEMBERS_AND_CHECKERS),
    "publications": ("GET", PUBLIC),
    "publications/PUBLICATION": ("GET", MEMBERS_AND_CHECKERS),
    "publications/PUBLICATION/download": ("GET", MEMBERS_AND_CHECKERS),
    "publications/PUBLICATION/files/t.csv": ("GET", MEMBERS_AND_CHECKERS),
    "publications/PUBLICATION/raw/t.csv": ("GET", MEMBERS_AND_CHECKERS),
    "publications/PUBLICATION/decide": ("POST", frozenset({"dilys"})),
    "publications/PUBLICATION/withdraw": ("POST", frozenset()),
    "ledger": ("GET", PUBLIC),
    "ledger/entries/1": ("GET", PUBLIC),
    "ledger/head.json": ("GET", PUBLIC),
    "ledger/key.pem": ("GET", PUBLIC),
    "ledger/entries.jsonl": ("GET", PUBLIC),
    "ledger/proof/1.json": ("GET", PUBLIC),
    "ledger/consistency.json?from=1": ("GET", PUBLIC),
    "account": ("GET", SIGNED_IN),
    "account/token": ("POST", SIGNED_IN),
    "account/password": ("POST", SIGNED_IN),
    "people/ann": ("GET", PUBLIC),
    "staff": ("GET", STAFF),
    "staff/projects/new": ("GET", STAFF),
    "staff/projects/falls": ("GET", STAFF),
    "staff/people/new": ("GET", frozenset({"eva"})),
    "staff/people/ann": ("GET", frozenset({"eva"})),
    "staff/grants/GRANT/end": ("POST", frozenset({"eva"})),
    "staff/backends/new": ("GET", frozenset({"hal"})),
    "staff/backends/north": ("GET", frozenset({"hal"})),
    "staff/tokens/TOKEN/revoke": ("POST", frozenset({"hal"})),
    **{
        f"api/v1/{path}": (method, frozenset())
        for path, method in {
            "runner/work": "GET",
            "runner/report": "POST",
            "airlock/sign-in": "POST",
            "airlock/people/ann": "GET",
            "airlock/events": "POST",
            "releases": "POST",
            "releases/RELEASE/files/t.csv": "PUT",
        }.items()
    },
}
# A refused decision comes back to the page with a message, so what must be denied is denied with 403.
BODIES = {
    "publications/PUBLICATION/decide": {"decision": "publish"},
    "publications/PUBLICATION/withdraw": {"reason": "x"},
}


@pytest.fixture
def things(world):
    """One of everything an address can name."""
    request = world.ask()
    Job.objects.create(
        id=new_id(),
        request=request,
        action="rates",
        state="succeeded",
        sequence=1,
        queued_at=world.now,
        reported_at=world.now,
    )
    release = Release.objects.create(
        id=new_id(), workspace=world.workspace, backend=world.backend, author="ann", reviewers=["bola", "chen"],
        released_by="chen", released_at=world.now, digest="0" * 64, announced_at=world.now, completed_at=world.now,
        entry_index=0,
    )  # fmt: skip
    digest = hashlib.sha256(CONTENT).hexdigest()
    chunks = iter([CONTENT, b""])
    store.keep(lambda _: next(chunks), sha256=digest, size=len(CONTENT), name="t.csv")
    file = ReleasedFile.objects.create(
        release=release, path="t.csv", sha256=digest, size=len(CONTENT), uploaded_at=world.now
    )
    publication = propose(
        world.workspace, title="T", description="D", files=[file], by=world.people["ann"], now=world.now
    )
    return {
        "REQUEST": request.pk, "JOB": request.jobs.get().pk, "RELEASE": release.pk, "PUBLICATION": publication.pk,
        "GRANT": str(world.people["farid"].grants.get().pk), "TOKEN": str(world.backend.tokens.first().pk),
    }  # fmt: skip


def _patterns(resolver, prefix=""):
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern), each


def test_every_address_is_in_the_matrix():
    covered = set()
    for address in MATRIX:
        covered.add(
            get_resolver()
            .resolve("/" + address.partition("?")[0].replace("GRANT", "1").replace("TOKEN", "1"))
            .route
        )
    assert {route for route, _ in _patterns(get_resolver())} == covered


def _denied(response) -> bool:
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/sign-in")
    return to_sign_in or response.status_code in {401, 403, 404}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_person_gets_exactly_the_pages_of_the_matrix(world, things, name):
    from django.db import transaction

    wrong = []
    for address, (method, allowed) in MATRIX.items():
        real = address
        for word, value in things.items():
            real = real.replace(word, value)
        browser = world.browser(name or None)
        point = transaction.savepoint()
        response = (
            browser.generic(method, "/" + real)
            if address not in BODIES
            else browser.post("/" + real, BODIES[address])
        )
        if response.streaming:
            b"".join(response.streaming_content)  # closes the file
        transaction.savepoint_rollback(point)
        for person in world.people.values():
            person.__dict__.pop("policy_grants", None)
        if _denied(response) != (name not in allowed) or response.status_code >= 500:
            wrong.append(f"{method} /{address}: {response.status_code}")
    assert not wrong, f"{name or 'the public'}: {wrong}"


def test_what_somebody_may_not_know_of_looks_like_what_does_not_exist(world, things):
    browser = world.browser("ivy")
    hidden, absent = browser.get(f"/releases/{things['RELEASE']}"), browser.get(f"/releases/{new_id()}")
    assert hidden.status_code == absent.status_code == 404
    assert TOKEN.sub(b"", hidden.content) == TOKEN.sub(b"", absent.content)


def test_nobody_gives_a_role_to_themselves(world):
    before = LedgerEntry.objects.count()
    answer = world.browser("eva").post(
        "/staff/people/eva", {"form": "give", "role": "publisher", "reason": "I like to"}
    )
    assert answer.status_code == 400
    assert LedgerEntry.objects.count() == before
