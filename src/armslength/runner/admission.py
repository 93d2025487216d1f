"""Admission: whether a moderately sensitive file may be shown at level 4 at all.

These are the plain rules that hold back what is certainly wrong. Reviewing what it discloses comes after.
What cannot be decoded or parsed is held back, never passed (guarantee S4).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from armslength.pipeline.model import LEVEL_4_FILE_TYPES

MOST_BYTES = 16 << 20
MOST_ROWS = 5000
DELIMITERS = ",;\t|"
# Headers that name a person, compared without letter case, blanks and punctuation.
IDENTIFIERS = frozenset({"patientid", "patientids", "patid", "pseudoid", "personid", "nhsnumber"})
IDENTIFIER_IN_TEXT = re.compile(
    r"(?<![a-z])(patient|person|pat|pseudo)[\s_.-]{0,3}id(?![a-z])|nhs[\s_.-]?number", re.I
)
SIGNATURES = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
}
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Admission:
    """The verdict on one file. `reason` is empty when it passes, else it is for the researcher to read."""

    reason: str = ""
    row_count: int | None = None
    column_count: int | None = None


def admit(path: Path, *, name: str) -> Admission:
    """Judge a file by its declared name and its bytes. Raises OSError when it cannot be read."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        return Admission(f"it is {size / 2**20:.1f} MiB; the most is {MOST_BYTES >> 20} MiB")
    suffix = Path(name).suffix
    if suffix not in LEVEL_4_FILE_TYPES:
        return Admission(f"files of type `{suffix}` cannot be reviewed")
    content = path.read_bytes()
    if suffix in SIGNATURES:
        known = content.startswith(SIGNATURES[suffix])
        return Admission() if known else Admission(f"its content is not that of a `{suffix}` file")
    if suffix == ".svgz":
        try:
            content = _gunzip(content)
        except (OSError, EOFError, zlib.error, ValueError):
            return Admission("it cannot be unpacked")
    text = decode(content)
    if text is None:
        return Admission("it is not text in a known encoding, so nobody can check it")
    return _admit_table(text) if suffix == ".csv" else _admit_text(text, suffix)


def decode(content: bytes) -> str | None:
    """Return the text of a file, by its byte order mark or as UTF-8, or None when it is neither."""
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and content.count(b"\x00") * 3 > len(content):
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if NOT_TEXT.search(text) else text


def _admit_table(text: str) -> Admission:
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    rows = columns = 0
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ):
            columns = max(columns, len(row))
            rows += bool(number and any(cell.strip() for cell in row))
            # A header need not come first: notes above a table are common.
            if number < 50 and (found := next(filter(_names_person, row), None)):
                return Admission(
                    f"it has a column `{found.strip()[:60]}`: mark it highly_sensitive, or remove the column",
                    rows,
                    columns,
                )
    except csv.Error as error:
        return Admission(f"it cannot be read as a table: {error}")
    if rows > MOST_ROWS:
        return Admission(f"it has {rows:,} rows; the most is {MOST_ROWS:,}", rows, columns)
    return Admission("", rows, columns)


def _names_person(cell: str) -> bool:
    return re.sub(r"[^a-z0-9]", "", cell.lower()) in IDENTIFIERS


def _admit_text(text: str, suffix: str) -> Admission:
    if suffix == ".json":
        try:
            longest = _longest_list(json.loads(text))
        except (ValueError, RecursionError):
            return Admission("it cannot be read as JSON")
        if longest > MOST_ROWS:
            return Admission(f"it has a list of {longest:,} values; the most is {MOST_ROWS:,}")
    if found := IDENTIFIER_IN_TEXT.search(text):
        return Admission(f"it mentions `{found.group(0)[:60]}`: mark it highly_sensitive, or remove it")
    # A figure is long because it is drawn, not because it lists people.
    rows = len(re.findall("<tr[ >]", text, re.I)) if suffix == ".html" else text.count("\n")
    if suffix not in (".svg", ".svgz", ".json") and rows > MOST_ROWS:
        return Admission(f"it has {rows:,} rows; the most is {MOST_ROWS:,}")
    return Admission()


def _longest_list(value: object) -> int:
    longest, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            longest = max(longest, len(one))
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return longest


def _gunzip(content: bytes) -> bytes:
    """Unpack, refusing what grows beyond the limit."""
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise ValueError("it unpacks to more than the limit")
    return text
