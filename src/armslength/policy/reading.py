"""Reading a policy file: TOML, every key known, every mistake with its line, all of them told together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from armslength.kernel.errors import Mistake, Mistakes

LARGEST_FILE = 1 << 20  # bytes
Lines = dict[tuple[str, ...], int]

_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\]#]+?)\s*\]\]?\s*(#.*)?$")
_NAME = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_KEY = re.compile(rf"\s*(?P<name>(?:{_NAME.pattern})(?:\s*\.\s*(?:{_NAME.pattern}))*)\s*=")
_NOTHING = object()


def load(path: Path) -> tuple[dict[str, Any], Lines]:
    """Return the document and the line of each of its keys, or raise Mistake Y001."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Mistake(
            "Y001",
            f"the policy cannot be read: {error.strerror}",
            where=str(path),
            hint="without a policy nothing may run; docs/reference/policy.md shows one to start from",
        ) from None
    if len(content) > LARGEST_FILE:
        raise Mistake("Y001", f"the policy is larger than {LARGEST_FILE} bytes", where=str(path))
    try:
        text = content.decode()
        return tomllib.loads(text), _lines_of_keys(text)
    except UnicodeDecodeError:
        raise Mistake("Y001", "the policy is not UTF-8 text", where=str(path)) from None
    except RecursionError:
        raise Mistake("Y001", "the policy is nested too deep", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        where = f"{path}:{place[1]}" if place else str(path)
        raise Mistake("Y001", f"the policy is not TOML: {error}", where=where) from None


class Reader:
    """Reads one table. Mistakes are collected, so that a person sees all of them at once.

    A method that finds a mistake returns a harmless stand-in; `finish` raises before anybody can use it.
    """

    def __init__(
        self,
        table: Mapping[str, Any],
        *,
        lines: Lines,
        where: str,
        path: tuple[str, ...] = (),
        found: list[Mistake] | None = None,
    ) -> None:
        self._table = table
        self._lines = lines
        self._where = where
        self._path = path
        self._found: list[Mistake] = [] if found is None else found

    def finish(self) -> None:
        """Raise the Mistakes found so far, if there are any."""
        if self._found:
            raise Mistakes(self._found)

    def mistake(self, code: str, what: str, *, key: str | None = None, hint: str | None = None) -> None:
        """Note a mistake at the line of a key, or of the table."""
        path = self._path if key is None else (*self._path, key)
        while path and path not in self._lines:
            path = path[:-1]
        where = f"{self._where}:{self._lines[path]}" if path else self._where
        self._found.append(Mistake(code, what, where=where, hint=hint))

    def unknown(self, name: str, *, known: Sequence[str], what: str, key: str) -> None:
        """Note a name that does not exist, with the one that was probably meant."""
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(known)}"
        self.mistake("Y002", f"there is no {what} `{name:.80}`", key=key, hint=hint)

    def only(self, *names: str) -> None:
        """Note every key that is not one of these."""
        place = f" in `{'.'.join(self._path)}`" if self._path else ""
        for key in self._table:
            if key not in names:
                close = get_close_matches(key, names, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(names)}"
                self.mistake("Y002", f"there is no key `{key:.80}`{place}", key=key, hint=hint)

    def names(self) -> tuple[str, ...]:
        """Return the keys of the table."""
        return tuple(self._table)

    def table(self, key: str, *, default: Mapping[str, Any] | None = None) -> Reader:
        """Return a reader of the table under a key."""
        value = self._value(key, kind="a table", default=_NOTHING if default is None else default)
        if not isinstance(value, Mapping):
            self._wrong(key, value, "a table")
            value = {}
        return Reader(value, lines=self._lines, where=self._where, path=(*self._path, key), found=self._found)

    def text(self, key: str, *, pattern: re.Pattern[str], like: str) -> str:
        """Return the text under a key; the whole of it must fit the pattern."""
        value = self._value(key, kind="text", default=_NOTHING)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self._wrong(key, value, like)
            return ""
        return value

    def texts(
        self,
        key: str,
        *,
        like: str,
        pattern: re.Pattern[str] | None = None,
        default: tuple[str, ...] | None = None,
    ) -> tuple[str, ...]:
        """Return the list of texts under a key. Without a default it must be there and have an item."""
        value = self._value(key, kind="a list", default=_NOTHING if default is None else list(default))
        items = value if isinstance(value, list) else []
        good = [
            item for item in items if isinstance(item, str) and (pattern is None or pattern.fullmatch(item))
        ]
        empty = default is None and not items
        if not isinstance(value, list) or len(good) != len(items) or empty:
            bad = next((item for item in items if item not in good), value)
            self._wrong(key, bad, f"a list of {like}")
        return tuple(good)

    def number(self, key: str, *, largest: int, default: int | None = None) -> int:
        """Return the whole number from 1 to `largest` under a key."""
        value = self._value(key, kind="a number", default=_NOTHING if default is None else default)
        if type(value) is not int or not 1 <= value <= largest:
            self._wrong(key, value, f"a whole number from 1 to {largest}")
            return 1
        return value

    def day(self, key: str, *, stand_in: date) -> date:
        """Return the date under a key."""
        value = self._value(key, kind="a date", default=_NOTHING)
        if not isinstance(value, date) or isinstance(value, datetime):
            self._wrong(key, value, "a date such as 2030-01-31, without quotes")
            return stand_in
        return value

    def _value(self, key: str, *, kind: str, default: object) -> Any:
        value = self._table.get(key, default)
        if value is _NOTHING:
            place = f"`{'.'.join(self._path)}`" if self._path else "the policy"
            self.mistake("Y005", f"{place} does not say `{key}`", hint=f"add {kind} under `{key}`")
        return value

    def _wrong(self, key: str, value: object, expected: str) -> None:
        if value is not _NOTHING:
            self.mistake("Y003", f"`{key}` must be {expected}, not {value!r:.80}", key=key)


def _lines_of_keys(text: str) -> Lines:
    """Return the line on which each key and table begins. Good enough to point: TOML itself was read before."""
    found: Lines = {}
    table: tuple[str, ...] = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not quote and depth == 0:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _names(header["name"])
                found.setdefault(table, number)
                continue
            if key:
                path = table
                for name in _names(key["name"]):
                    path = (*path, name)
                    found.setdefault(path, number)
        depth, quote = _after(line, depth=depth, quote=quote)
    return found


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in _NAME.findall(dotted))


def _after(line: str, *, depth: int, quote: str) -> tuple[int, str]:
    """Return how deep in brackets, and in which long quotes, the end of a line is."""
    place = 0
    while place < len(line):
        if quote:
            end = line.find(quote, place)
            if end < 0:
                return depth, quote if len(quote) == 3 else ""
            place, quote = end + len(quote), ""
            continue
        letter = line[place]
        if letter == "#":
            break
        if letter in "\"'":
            quote = letter * 3 if line.startswith(letter * 3, place) else letter
            place += len(quote)
            continue
        depth += (letter in "[{") - (letter in "]}")
        place += 1
    return max(depth, 0), quote if len(quote) == 3 else ""
