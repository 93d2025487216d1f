"""Data inside a page: the JSON of widgets and charts in scripts, and `data:` addresses."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from armslength.disclosure.extract.delimited import read_delimited
from armslength.disclosure.extract.records import tables_of
from armslength.disclosure.names import counts_people, vocabulary, words
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Table, Unreadable, decode

# Where a value may start inside a program: after `=`, `(`, `:` or `,`.
_VALUE_START = re.compile(r"[=(:,]\s*(?=[\[{])")
_MOST_STARTS = 2_000
_SHORTEST_VALUE = 12
_HEADS = re.compile(r"<th[^>]*>(.*?)</th>", re.S)
_PEOPLE = vocabulary(
    "patients people persons individuals participants deaths numerator denominator events cases"
)
_CALL = re.compile(r"^\s*[\[{]")


@dataclass
class Embedded:
    """What lay inside: tables, texts as (kind, text), and what could not be read."""

    tables: list[Table] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


def read_script(body: str, *, kind: str, name: str, policy: DisclosurePolicy) -> Embedded:
    """Read the data of a script: the whole of a JSON script, each JSON value inside a program."""
    found = Embedded()
    if "json" in kind.lower() or _CALL.match(body):
        try:
            _take(json.loads(body), found, name, policy)
            return found
        except RecursionError:
            found.unread.append("the data of a widget is nested too deeply")
            return found
        except ValueError:
            pass
    for value in _values_in(body):
        _take(value, found, name, policy)
    return found


def _values_in(body: str) -> list[Any]:
    """The JSON values inside a program, each taken once, from the outside in."""
    values: list[Any] = []
    decoder = json.JSONDecoder()
    position, tried = 0, 0
    while tried < _MOST_STARTS and (match := _VALUE_START.search(body, position)):
        tried += 1
        try:
            value, end = decoder.raw_decode(body, match.end())
        except (ValueError, RecursionError):
            position = match.end()
            continue
        if end - match.end() >= _SHORTEST_VALUE:
            values.append(value)
        position = end
    return values


def _take(value: Any, found: Embedded, name: str, policy: DisclosurePolicy) -> None:
    if not isinstance(value, dict | list):
        return
    named = _named_columns(value)
    try:
        tables = list(tables_of(named, name=name, policy=policy, source="widget"))
    except (Unreadable, RecursionError) as reason:
        found.unread.append(f"the data of a widget cannot be read: {reason}")
        return
    # One value of a setting is no table; what draws a chart has several.
    found.tables += [table for table in tables if len(table.rows) > 1 or _shows_people(table)]
    found.keys |= _keys(value)


def _shows_people(table: Table) -> bool:
    # A setting may be called `n` or `count`; nothing but people is called `patients`.
    return any(counts_people(name) and set(words(name)) & _PEOPLE for name in table.header)


def _keys(value: Any, depth: int = 6) -> set[str]:
    if depth == 0:
        return set()
    if isinstance(value, dict):
        return set(value).union(*(_keys(part, depth - 1) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(_keys(part, depth - 1) for part in value[:50]))
    return set()


def _named_columns(value: Any) -> Any:
    """Give the columns of a data table widget the names that its own markup gives them."""
    if not isinstance(value, dict):
        return value
    inner = value.get("x")
    if (
        isinstance(inner, dict)
        and isinstance(inner.get("data"), list)
        and isinstance(inner.get("container"), str)
    ):
        heads = [
            re.sub(r"<[^>]+>", "", head).strip() for head in _HEADS.findall(inner["container"][:200_000])
        ]
        columns = inner["data"]
        if columns and all(isinstance(column, list) for column in columns) and len(heads) == len(columns):
            unique = [head or f"(column {index + 1})" for index, head in enumerate(heads)]
            return {**value, "x": {"data": dict(zip(unique, columns, strict=True))}}
    return value


def read_data_address(address: str, *, name: str, policy: DisclosurePolicy) -> Embedded:
    """Read a `data:` address: text and tables inside it are read, a picture is said not to be."""
    found = Embedded()
    head, _, body = address.partition(",")
    kind = head[5:].split(";")[0].strip().lower() or "text/plain"
    if kind.startswith(("font/", "application/font", "application/x-font", "application/vnd.ms-font")):
        return found
    if kind in ("text/css", "image/gif") or "javascript" in kind:
        return found
    if kind.startswith("image/") and "svg" not in kind:
        found.unread.append("a picture of pixels is not read; look at it with its data")
        return found
    try:
        data = base64.b64decode(body, validate=False) if ";base64" in head.lower() else unquote_to_bytes(body)
        text = decode(data)
    except (binascii.Error, ValueError, Unreadable):
        found.unread.append(f"a `data:` address of type {kind} cannot be read")
        return found
    found.texts.append((f"data address ({kind})", text[: policy.maximum_bytes]))
    try:
        if "json" in kind:
            _take(json.loads(text), found, name, policy)
        elif "csv" in kind or "tab" in kind:
            found.tables += read_delimited(text, name=name, policy=policy).tables
    except (Unreadable, ValueError, RecursionError) as reason:
        found.unread.append(f"a `data:` address of type {kind} cannot be read: {reason}")
    return found
