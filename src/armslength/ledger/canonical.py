"""One value, one text: the JSON that is hashed and signed.

The form is that of RFC 8785 for the values allowed here: objects with ASCII keys, lists, text in
Unicode form NFC, whole numbers that JavaScript can hold, true, false and null. No fractions: two programs
seldom agree on how to write one.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any, NoReturn

JsonObject = dict[str, Any]

LARGEST_NUMBER = 2**53 - 1
DEEPEST = 12
LONGEST_KEY = 200
LONGEST_TEXT = (
    1 << 20
)  # bytes of one canonical value; an entry with more belongs in a file whose hash is recorded


class NotCanonical(ValueError):
    """The value has no canonical form; the message says which part and why."""


def canonical_text(value: JsonObject) -> str:
    """Write an object in its one canonical form, or raise NotCanonical.

    >>> canonical_text({"b": [1, True, None], "a": "é"})
    '{"a":"é","b":[1,true,null]}'
    """
    _check(value)
    return _ENCODER.encode(value)


def canonical_bytes(value: JsonObject) -> bytes:
    """Return the canonical form in UTF-8, at most `LONGEST_TEXT` bytes."""
    text = canonical_text(value).encode()
    if len(text) > LONGEST_TEXT:
        raise NotCanonical(f"it is {len(text)} bytes long; the limit is {LONGEST_TEXT}")
    return text


def read_object(text: str | bytes) -> JsonObject:
    """Read one JSON object strictly: no repeated key, no fraction, nothing without a canonical form."""
    value = parse_object(text)
    _check(value)
    return value


def parse_object(text: str | bytes) -> JsonObject:
    """Read one JSON object without judging its texts and depth, for a caller that writes it again to compare."""
    if len(text) > LONGEST_TEXT:
        raise NotCanonical(f"it is longer than {LONGEST_TEXT} bytes")
    try:
        # Decoded here: given bytes, json would also take UTF-16, UTF-32 and a byte order mark.
        value = _DECODER.decode(text.decode() if isinstance(text, bytes) else text)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise NotCanonical(f"it is not JSON: {error}") from None
    except RecursionError:
        raise NotCanonical(f"it is nested deeper than {DEEPEST} levels") from None
    if not isinstance(value, dict):
        raise NotCanonical("it is not an object")
    return value


def normalised(value: Any) -> Any:
    """Return the same value with every text in Unicode form NFC and every tuple a list.

    >>> normalised({"name": "e\\u0301"}) == {"name": "\\u00e9"}
    True
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [normalised(item) for item in value]
    if isinstance(value, dict):
        return {key: normalised(item) for key, item in value.items()}
    return value


def _check(value: JsonObject) -> None:
    fault = _fault(value, depth=0)
    if fault:
        place, why = fault
        raise NotCanonical(f"`{place.lstrip('.')}`: {why}" if place else why)


def _fault(value: Any, *, depth: int) -> tuple[str, str] | None:
    """Return where and why a value has no canonical form, or None. Every entry passes here: it is kept quick."""
    kind = type(value)
    if kind is str:
        why = why_not_text(value)
        return ("", why) if why else None
    if kind is int:
        return (
            None
            if -LARGEST_NUMBER <= value <= LARGEST_NUMBER
            else ("", f"the number is beyond ±{LARGEST_NUMBER}")
        )
    if value is None or kind is bool:
        return None
    if depth >= DEEPEST:
        return "", f"nested deeper than {DEEPEST} levels"
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not (
                key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST_KEY
            ):
                return "", f"the key {key!r:.80} is not short printable ASCII"
            fault = _fault(item, depth=depth + 1)
            if fault:
                return f".{key}{fault[0]}", fault[1]
        return None
    if kind is list:
        for number, item in enumerate(value):
            fault = _fault(item, depth=depth + 1)
            if fault:
                return f"[{number}]{fault[0]}", fault[1]
        return None
    return "", f"a {kind.__name__} is not text, whole number, true, false, null, list or object"


def why_not_text(text: str) -> str | None:
    """Return why a text has no canonical form, or None."""
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "the text holds half of a surrogate pair"
    if not unicodedata.is_normalized("NFC", text):
        return "the text is not in Unicode form NFC"
    return None


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotCanonical(f"the key `{twice:.80}` appears twice in one object")
    return found


def _number(digits: str) -> int:
    # Python reads thousands of digits in quadratic time; nothing longer than this can be in range anyway.
    if len(digits) > 17:
        raise NotCanonical(f"the number {digits[:20]}… is beyond ±{LARGEST_NUMBER}")
    return int(digits)


def _no_fraction(digits: str) -> NoReturn:
    raise NotCanonical(f"the number {digits[:20]} is not whole")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_no_fraction, parse_int=_number, parse_constant=_no_fraction
)
