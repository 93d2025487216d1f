"""What people do on the stage, each step through the pages anybody would use."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from armslength.cli.stage.cast import Actor
from armslength.cli.stage.layout import Stage
from armslength.cli.stage.visitor import Page, Visitor
from armslength.kernel.errors import Mistake

TOKEN = re.compile(r"\b[a-z]{5}(?:-[a-z]{5}){3}\b")
RUN_SECONDS = 300
RELEASE_SECONDS = 60


@dataclass(frozen=True)
class Troupe:
    """The people on their stage."""

    stage: Stage
    cast: dict[str, Actor]

    @contextmanager
    def outside(self, username: str) -> Iterator[Visitor]:
        """Somebody signed in at the jobs site."""
        visitor = Visitor(self.stage.server)
        try:
            page = visitor.open("/sign-in")
            visitor.send(
                page, "/sign-in/local", {"username": username, "password": self.cast[username].password}
            )
            yield visitor
        finally:
            visitor.close()

    @contextmanager
    def inside(self, username: str) -> Iterator[Visitor]:
        """Somebody signed in at the airlock, with a single-use token from the jobs site."""
        with self.outside(username) as outside:
            token = TOKEN.search(outside.send(outside.open("/account"), "/account/token").text)
        if token is None:
            raise Mistake("X008", "the jobs site gave no token for the airlock", where=self.stage.server)
        visitor = Visitor(self.stage.airlock)
        try:
            page = visitor.open("/sign-in")
            form = next(form for form in page.forms if "sign-in" in form.action)
            answers = {"username": username, "token": token[0]}
            if self.cast[username].checks_outputs:
                answers["passphrase"] = self.cast[username].passphrase
            visitor.send(page, form.action, answers)
            yield visitor
        finally:
            visitor.close()


def ask_for_a_run(troupe: Troupe) -> str:
    """Ann asks for every action at the newest commit; returns the address of the job request."""
    with troupe.outside("ann") as ann:
        page = ann.open(f"/workspaces/{troupe.stage.play.workspace}/run")
        return ann.send(page, "/run", {"actions": ["run_all"]}).url


def wait_for_the_run(troupe: Troupe, address: str) -> Iterator[str]:
    """Yield the request's state each time it changes, until it is final; a failure is a Mistake with its words."""
    visitor = Visitor(troupe.stage.server)
    told = ""
    try:
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            page = visitor.open(address)
            state = _state_of(page)
            if state != told:
                told = state
                yield state
            if state == "Succeeded":
                return
            if state in {"Failed", "Refused", "Cancelled"}:
                raise Mistake("X008", f"the run {state.lower()}", where=address, hint=page.text[:1500])
            time.sleep(0.25)
        raise Mistake("X008", f"the run was not done after {RUN_SECONDS} seconds", where=address)
    finally:
        visitor.close()


def _state_of(page: Page) -> str:
    states = "Submitted|In progress|Accepted|Succeeded|Failed|Refused|Cancelled"
    # The state of the request stands before those of its jobs.
    found = re.search(rf"\b({states})\b", page.text)
    return found[1] if found else ""


def look_at_the_outputs(troupe: Troupe) -> dict[str, str]:
    """Ann looks at level 4 files inside; returns what the checks say of each."""
    said = {}
    with troupe.inside("ann") as ann:
        for path in troupe.stage.play.outputs:
            page = ann.open(f"/workspaces/{troupe.stage.play.workspace}/file/{path}")
            words = re.search(r"What the checks say (.*?) Rules of version", page.text)
            said[path] = words[1] if words else "the checks say nothing"
    return said


def request_the_release(troupe: Troupe) -> str:
    """Ann puts the files into a release request, describes them and submits; returns the request's address."""
    with troupe.inside("ann") as ann:
        play = troupe.stage.play
        chosen = "&".join(f"path={path}" for path in play.outputs)
        page = ann.open(f"/workspaces/{play.workspace}/add?{chosen}")
        page = ann.send(page, "/add")
        page = ann.send(page, "/describe", {"context": play.context, "controls": play.controls})
        return ann.send(page, "/submit").url


def review(troupe: Troupe, username: str, address: str) -> int:
    """An output checker looks at every file, approves its bytes and submits; returns how many files."""
    with troupe.inside(username) as checker:
        page = checker.open(address)
        files = sorted({link for link, _ in page.links if re.search(r"/files/\d+$", link)})
        for link in files:
            checker.send(checker.open(link), "/vote", {"choice": "approved"})
        checker.send(checker.open(address), "/review")
        return len(files)


def release(troupe: Troupe, username: str, address: str) -> str:
    """The second checker lets the files go, and waits until the jobs site has them; returns what the page says."""
    with troupe.inside(username) as checker:
        page = checker.send(checker.open(address), "/release")
        deadline = time.monotonic() + RELEASE_SECONDS
        while time.monotonic() < deadline:
            page = checker.open(address)
            left = re.search(r"(\d+ files? left, byte for byte as approved\. .*? entry \d+)", page.text)
            if left:
                return left[1]
            time.sleep(0.25)
        raise Mistake("X008", "the release did not arrive", where=address, hint=page.text[:1500])


def ask_for_publication(troupe: Troupe) -> str:
    """Ann drafts the publication of everything released; returns its address."""
    with troupe.outside("ann") as ann:
        page = ann.open(f"/workspaces/{troupe.stage.play.workspace}/publish")
        words = {"title": troupe.stage.play.title, "description": troupe.stage.play.summary}
        return ann.send(page, "/publish", words).url


def publish(troupe: Troupe, address: str) -> None:
    """Pat, the publisher, decides that everybody may see it."""
    with troupe.outside("pat") as pat:
        page = pat.open(address)
        if "Published" not in pat.send(page, "/decide", {"decision": "publish"}).text:
            raise Mistake("X008", "the publication was not accepted", where=address)


def read_as_the_public(troupe: Troupe, address: str, path: str) -> bytes:
    """Fetch a published file as somebody who is not signed in."""
    visitor = Visitor(troupe.stage.server)
    try:
        return visitor.bytes_of(f"{address}/raw/{path}")
    finally:
        visitor.close()
