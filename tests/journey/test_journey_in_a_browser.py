"""The whole way of one result, in a real browser: ask, watch, look, request, review by two, release, publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from armslength.cli.stage.story import TOKEN, Troupe

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(600)]
WINDOW = {"width": 1280, "height": 860}
PATIENT = 120_000  # milliseconds
TABLE, FIGURE = "outputs/statin_rates.csv", "outputs/statin_rates.png"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Callable:
    """Open a window of its own for one person; whatever a page complains about on its console fails the test."""

    @contextmanager
    def open_window(site: str) -> Iterator[Page]:
        context = browser.new_context(base_url=site, viewport=WINDOW)
        context.set_default_timeout(30_000)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda question: question.accept())
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        context.close()
        assert complaints == []

    return open_window


@pytest.fixture(scope="module")
def sign_in(troupe: Troupe, window: Callable) -> Callable:
    @contextmanager
    def outside(username: str) -> Iterator[Page]:
        with window(troupe.stage.server) as page:
            page.goto("/sign-in")
            page.get_by_label("User name").fill(username)
            page.get_by_label("Password").fill(troupe.cast[username].password)
            page.get_by_role("main").get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            yield page

    return outside


@pytest.fixture(scope="module")
def go_inside(troupe: Troupe, window: Callable, sign_in: Callable) -> Callable:
    @contextmanager
    def inside(username: str) -> Iterator[Page]:
        with sign_in(username) as outside:
            outside.goto("/account")
            outside.get_by_role("button", name="Make a token").click()
            token = TOKEN.search(outside.get_by_role("main").inner_text())
        assert token, "the account page shows a token once"
        with window(troupe.stage.airlock) as page:
            page.goto("/sign-in")
            page.get_by_label("User name").fill(username)
            page.get_by_label("Token").fill(token[0])
            if troupe.cast[username].checks_outputs:
                page.get_by_label("Passphrase").fill(troupe.cast[username].passphrase)
            page.get_by_role("main").locator("form button").click()
            expect(page.get_by_text("Inside the secure environment").first).to_be_visible()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            yield page

    return inside


def picture(page: Page, folder: Path, name: str, *, whole: bool = False) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=folder / f"{name}.png", full_page=whole)


def test_a_result_goes_all_the_way(troupe: Troupe, window, sign_in, go_inside, pictures):
    workspace = troupe.stage.play.workspace
    request = _ask_and_watch(sign_in, workspace, pictures)
    release_request = _request_the_release(go_inside, workspace, pictures)
    for checker, last in (("bob", False), ("cat", True)):
        _review(go_inside, checker, release_request, pictures, last=last)
    publication = _publish(sign_in, workspace, pictures)
    _look_as_the_public(window, troupe, publication, request, pictures)


def _ask_and_watch(sign_in, workspace: str, pictures: Path) -> str:
    with sign_in("ann") as ann:
        ann.goto(f"/workspaces/{workspace}")
        ann.get_by_role("link", name="Run actions").click()
        picture(ann, pictures, "ask-for-a-run")
        ann.get_by_role("checkbox", name=re.compile("Everything")).check()
        ann.get_by_role("button", name="Ask for the run").click()
        expect(ann).to_have_url(re.compile("/requests/"))
        # The page renews itself: nobody presses anything until it says so.
        expect(ann.get_by_role("main").get_by_text("Succeeded").nth(2)).to_be_visible(timeout=PATIENT)
        picture(ann, pictures, "watch-it-run")
        return ann.url


def _request_the_release(go_inside, workspace: str, pictures: Path) -> str:
    with go_inside("ann") as ann:
        picture(ann, pictures, "inside-home")
        ann.goto(f"/workspaces/{workspace}/file/{TABLE}")
        expect(ann.get_by_text("What the checks say")).to_be_visible()
        expect(ann.get_by_role("columnheader", name="on_statin").first).to_be_visible()
        picture(ann, pictures, "look-at-an-output", whole=True)
        ann.goto(f"/workspaces/{workspace}/add?path={TABLE}&path={FIGURE}")
        ann.get_by_role("button", name="Add the files").click()
        ann.get_by_label("Context").fill("Adults with type 2 diabetes; statins in the year before 2025.")
        ann.get_by_label("Disclosure controls").fill("Counts of 7 or fewer hidden, others rounded to 5.")
        ann.get_by_role("button", name="Keep the description").click()
        expect(ann.get_by_role("button", name=re.compile("Submit for review"))).to_be_enabled()
        ann.get_by_role("button", name="Submit for review").click()
        expect(ann.get_by_role("main").get_by_text("Submitted").first).to_be_visible()
        assert ann.get_by_role("button", name="Approve").count() == 0, "an author has no vote"
        return re.sub(r"^https?://[^/]+", "", ann.url)


def _review(go_inside, checker: str, request: str, pictures: Path, *, last: bool) -> None:
    with go_inside(checker) as page:
        if not last:
            picture(page, pictures, "review-queue")
        for file in (1, 2):
            page.goto(f"{request}/files/{file}")
            expect(page.get_by_text("Your vote is about exactly these bytes")).to_be_visible()
            if file == 1 and not last:
                picture(page, pictures, "review-a-file", whole=True)
            page.get_by_role("button", name="Approve").click()
        page.goto(request)
        # Until both have submitted, nobody sees the other's vote.
        assert last is False or page.get_by_text("Bob Brennan: approve").count() == 0
        page.get_by_role("button", name="Submit your review").click()
        if not last:
            return
        expect(page.get_by_text("Bob Brennan: approve").first).to_be_visible()
        picture(page, pictures, "decide", whole=True)
        page.get_by_role("button", name="Release the files").click()
        expect(page.get_by_text("2 files left, byte for byte as approved").first).to_be_visible(
            timeout=PATIENT
        )


def _publish(sign_in, workspace: str, pictures: Path) -> str:
    with sign_in("ann") as ann:
        ann.goto(f"/workspaces/{workspace}")
        ann.get_by_role("link", name="Ask for publication").click()
        ann.get_by_label("Title").fill("Statins in type 2 diabetes")
        ann.get_by_label("Description").fill(
            "About half of the people had a statin. The records are made up."
        )
        ann.get_by_role("button", name="Ask for publication").click()
        expect(ann.get_by_role("button", name="Publish for everybody")).to_be_disabled()
        address = re.sub(r"^https?://[^/]+", "", ann.url)
    with sign_in("pat") as pat:
        pat.goto(address)
        pat.get_by_role("button", name="Publish for everybody").click()
        expect(pat.get_by_role("main").get_by_text("Published").first).to_be_visible()
    return address


def _look_as_the_public(window, troupe: Troupe, publication: str, request: str, pictures: Path) -> None:
    with window(troupe.stage.server) as anybody:
        anybody.goto("/")
        picture(anybody, pictures, "front-page")
        anybody.goto(publication)
        expect(anybody.get_by_role("heading", name="Statins in type 2 diabetes")).to_be_visible()
        expect(anybody.locator("main img").first).to_be_visible()
        picture(anybody, pictures, "publication", whole=True)
        anybody.goto(request)
        expect(anybody.get_by_role("main").get_by_text("Ann Adeyemi").first).to_be_visible()
        picture(anybody, pictures, "what-ran", whole=True)
        anybody.goto("/ledger")
        picture(anybody, pictures, "ledger")
        anybody.get_by_role("row", name=re.compile("Vote")).first.get_by_role("link").first.click()
        expect(anybody.get_by_role("main").get_by_text("Vote").first).to_be_visible()
        picture(anybody, pictures, "ledger-entry", whole=True)
