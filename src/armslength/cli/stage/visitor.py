"""A person at a browser, without the browser: opens pages and sends the forms that are on them, as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from armslength.kernel.errors import Mistake

Values = dict[str, list[str]]


@dataclass
class Form:
    """A form as a page shows it: where it goes, what it holds already, the words on its buttons."""

    action: str
    method: str
    values: Values = field(default_factory=dict)
    offered: Values = field(default_factory=dict)  # of check boxes and radio buttons, chosen or not
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, words


@dataclass(frozen=True)
class Page:
    """A page somebody looks at."""

    url: str
    text: str
    forms: tuple[Form, ...]
    links: tuple[tuple[str, str], ...]  # address, words

    def form(self, action: str) -> Form:
        """The form that goes to an address ending so, or the Mistake that there is none, with the page's words."""
        for form in self.forms:
            if urlsplit(urljoin(self.url, form.action)).path.endswith(action):
                return form
        raise Mistake(
            "X006", f"the page has no form that goes to `{action}`", where=self.url, hint=self.text[:600]
        )

    def link(self, part: str) -> str:
        """The first link whose address contains `part`."""
        for address, _ in self.links:
            if part in address:
                return address
        raise Mistake("X006", f"the page has no link to `{part}`", where=self.url, hint=self.text[:600])


class Visitor:
    """One person signed in at one site."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._client = httpx.Client(base_url=site, follow_redirects=True, timeout=30)

    def close(self) -> None:
        self._client.close()

    def open(self, path: str) -> Page:
        """Look at a page."""
        return self._read(self._client.get(urljoin(self.site, path)))

    def send(self, page: Page, action: str, values: Mapping[str, str | list[str]] | None = None) -> Page:
        """Fill in the form that goes to `action` and send it; everything not named stays as the page has it."""
        form = page.form(action)
        filled: Values = dict(form.values)
        for name, value in (values or {}).items():
            filled[name] = value if isinstance(value, list) else [value]
        # As a browser does, so that the site's check of where a form came from has something to check.
        headers = {"Referer": page.url, "Origin": self.site}
        return self._read(self._client.post(urljoin(page.url, form.action), data=filled, headers=headers))

    def bytes_of(self, path: str) -> bytes:
        """Fetch a file."""
        answer = self._client.get(urljoin(self.site, path))
        self._check(answer)
        return answer.content

    def _read(self, answer: httpx.Response) -> Page:
        self._check(answer)
        reader = _Reader()
        reader.feed(answer.text)
        return Page(
            url=str(answer.url), text=reader.words(), forms=tuple(reader.forms), links=tuple(reader.links)
        )

    def _check(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        reader = _Reader()
        reader.feed(answer.text)
        raise Mistake(
            "X007",
            f"the site answered {answer.status_code} {answer.reason_phrase}",
            where=str(answer.url),
            hint=reader.words()[:600],
        )


class _Reader(HTMLParser):
    """Reads forms, links and words from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._silent = 0

    def words(self) -> str:
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag in {"script", "style", "svg"}:
            self._silent += 1
        elif tag == "form":
            self._form = Form(action=given.get("action", ""), method=given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and given.get("href"):
            self.links.append((given["href"], ""))
        elif self._form is not None and "disabled" not in given:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "on" if tag == "input" else "")
        form = self._form
        assert form is not None  # noqa: S101 - only called inside a form
        if tag == "button":
            form.buttons.append((name, value, given.get("title", "")))
        elif tag == "textarea" and name:
            self._area = name
            form.values[name] = [""]
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in form.values:
                form.values[self._select] = [value]
            form.offered.setdefault(self._select, []).append(value)
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                form.offered.setdefault(name, []).append(value)
                if "checked" not in given:
                    return
            if kind not in {"submit", "button", "file"}:
                form.values.setdefault(name, []).append(
                    given.get("value", "on" if kind == "checkbox" else "")
                )

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "svg"}:
            self._silent = max(0, self._silent - 1)
        elif tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area][0] += data
        elif not self._silent and data.strip():
            self._words.append(data.strip())
