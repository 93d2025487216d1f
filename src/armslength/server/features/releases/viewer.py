"""How a released file is shown: as a table, as text, as a picture, in a sealed frame; or only to be downloaded."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

LARGEST_SHOWN = 4 * 2**20  # bytes
ROWS_SHOWN, COLUMNS_SHOWN = 1000, 100
PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
TEXTS = {"txt", "log", "md", "json"}
# What the bytes are called when a browser asks for them. Anything else is a download without a type.
TYPES = PICTURES | {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
TYPES |= {"json": "application/json", "log": TYPES["txt"], "md": TYPES["txt"]}


Cell = tuple[str, bool]  # the text, and whether its column holds numbers


@dataclass(frozen=True)
class Shown:
    """A file made ready for a page. `kind`: table, text, picture, frame, or none with the reason."""

    kind: str
    reason: str = ""
    text: str = ""
    head: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    row_count: int = 0


def suffix_of(path: str) -> str:
    """Return the suffix of a path in small letters, without its dot."""
    return path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else ""


def show(place: Path, *, path: str, size: int) -> Shown:
    """Return how to show a file. Never fails for what is in it: what cannot be read is offered as a download."""
    suffix = suffix_of(path)
    if suffix in PICTURES:
        return Shown("picture")
    if suffix == "html":
        return Shown("frame")
    if suffix not in TEXTS and suffix != "csv":
        return Shown("none", f"There is no view for this kind of file ({suffix or 'no suffix'}).")
    if size > LARGEST_SHOWN:
        return Shown("none", "The file is too large to be shown.")
    try:
        text = place.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return Shown(
            "none", "The bytes of this file are not in the store. The people who run this site can tell why."
        )
    if suffix == "csv":
        return _table(text)
    return Shown("text", text=_tidy(text) if suffix == "json" else text)


def _tidy(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _table(text: str) -> Shown:
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=False) if row]
    except csv.Error as error:
        return Shown("text", reason=f"Shown as text, because it is not a table: {error}", text=text)
    if not rows:
        return Shown("none", "The file is empty.")
    head, *body = [row[:COLUMNS_SHOWN] for row in rows]
    shown = [(row + [""] * (len(head) - len(row)))[: len(head)] for row in body[:ROWS_SHOWN]]
    numeric = [
        bool(shown) and all(_is_number(row[at]) for row in shown if row[at]) for at in range(len(head))
    ]
    return Shown(
        "table",
        head=list(zip(head, numeric, strict=True)),
        rows=[list(zip(row, numeric, strict=True)) for row in shown],
        row_count=len(body),
    )


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").rstrip("%"))
    except ValueError:
        return text.strip() in {"", "-", "[REDACTED]", "NA"}
    return True
