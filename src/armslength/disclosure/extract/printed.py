"""Running text: tables drawn with bars (Markdown, ASCII) and blocks of aligned columns in logs and printouts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from armslength.disclosure.cells import Kind, read_cell
from armslength.disclosure.extract.delimited import read_delimited
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.tables import Document, Passage, Table, Unreadable, make_table

_RULE = re.compile(r"^[\s|+:=\-─━┼┬┴├┤]+$")
_GAP = re.compile(r"\s{2,}|\t")
_COMMENT = re.compile(r"<!--(.*?)-->", re.S)
_WIDEST = 20_000
_NUMERIC = frozenset(
    {Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT, Kind.COUNT_WITH_PERCENT, Kind.REDACTED, Kind.MISSING}
)
UNJUDGED = (
    "running text is searched for identifiers and small counts, but what it says is not judged; read it"
)
Line = tuple[int, str]


def read_printed(text: str, *, name: str, policy: DisclosurePolicy) -> Document:
    """Read a log, a text or a Markdown file: its tables, and every line that is in no table."""
    lines = list(enumerate(text.splitlines(), 1))
    if not lines:
        raise Unreadable("it is empty")
    tables: list[Table] = []
    passages: list[Passage] = []
    for block in _blocks(lines):
        rows = _barred(block) or _aligned(block)
        if rows is None:
            passages += [Passage(text=line, line=number) for number, line in block]
            continue
        header, body, before = rows
        passages += [Passage(text=line, line=number, kind="title") for number, line in before]
        if len(tables) >= policy.maximum_tables:
            raise Unreadable(f"it has more than {policy.maximum_tables} tables")
        label = name if not tables else f"{name}, table {len(tables) + 1}"
        tables.append(
            make_table(
                header,
                body,
                name=label,
                number=len(tables),
                source="fixed width",
                markers=policy.redaction_markers,
            )
        )
    if not tables and (inside := _delimited(text, name, policy)):
        tables, passages = list(inside.tables), list(inside.passages)
    hidden = tuple(
        Passage(text=match[1].strip(), line=text.count("\n", 0, match.start()) + 1, kind="comment")
        for match in _COMMENT.finditer(text)
        if match[1].strip()
    )
    return Document(
        name=name, tables=tuple(tables), passages=tuple(passages), hidden=hidden, unread=(UNJUDGED,)
    )


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for number, line in lines:
        if line.strip():
            blocks[-1].append((number, line.expandtabs(8)[:_WIDEST]))
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


Found = tuple[list[str], list[tuple[int, list[str]]], list[Line]]


def _barred(block: Sequence[Line]) -> Found | None:
    """A table drawn with bars: `| a | b |`, with or without rules between its rows."""
    barred = [
        (number, line)
        for number, line in block
        if line.count("|") + line.count("│") >= 1 and not _RULE.match(line)
    ]
    before = [
        (number, line)
        for number, line in block
        if "|" not in line and "│" not in line and not _RULE.match(line)
    ]
    if len(barred) < 2 or len(before) > len(barred):
        return None
    rows = [
        (number, [part.strip().strip("*_`") for part in line.replace("│", "|").strip().strip("|").split("|")])
        for number, line in barred
    ]
    if len({len(row) for _, row in rows}) > 2:
        return None
    # A printout of Stata has one bar; what is right of it is aligned.
    if max(len(row) for _, row in rows) == 2 and not barred[0][1].strip().startswith("|"):
        rows = [
            (number, [row[0], *(_GAP.split(row[-1].strip()) if len(row) > 1 else [])]) for number, row in rows
        ]
    return rows[0][1], rows[1:], before


def _aligned(block: Sequence[Line]) -> Found | None:
    """A block whose columns are separated by blanks on every line; lines before the table are its titles."""
    rows = [(number, line) for number, line in block if not _RULE.match(line)]
    for start in range(min(3, max(0, len(rows) - 2))):
        part = rows[start:]
        cut = _cut(part)
        if cut is not None:
            header, body = cut[0][1], cut[1:]
            if len(header) > 1 and not header[0] and body and len(body[0][1]) == len(header):
                header = ["", *header[1:]]
            return header, body, list(rows[:start])
    return None


def _cut(rows: Sequence[Line]) -> list[tuple[int, list[str]]] | None:
    if len(rows) < 3:
        return None
    width = max(len(line) for _, line in rows)
    blank = [True] * width
    for _, line in rows:
        for position, character in enumerate(line):
            if character != " ":
                blank[position] = False
    edges = [0, *(i for i in range(1, width) if blank[i - 1] and not blank[i]), width]
    edges = sorted(set(edges))
    cut = [(number, [line[a:b].strip() for a, b in pairwise(edges)]) for number, line in rows]
    if len(edges) < 3 or len(edges) > 200 or not _is_table([row for _, row in cut]):
        return None
    return cut


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """True when below the first row most cells of at least one column are numbers."""
    for column in zip(*rows[1:], strict=True):
        filled = [part for part in column if part]
        numbers = sum(read_cell(part, redaction_markers=frozenset()).kind in _NUMERIC for part in filled)
        if len(filled) >= 2 and numbers * 3 >= len(filled) * 2:
            return True
    return False


def _delimited(text: str, name: str, policy: DisclosurePolicy) -> Document | None:
    """A text file that is really a delimited table."""
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    for delimiter in (",", "\t", ";"):
        widths = [line.count(delimiter) for line in lines]
        if len(lines) >= 2 and min(widths) >= 1 and max(widths) == min(widths):
            try:
                return read_delimited(text, name=name, policy=policy, delimiter=delimiter)
            except Unreadable:
                return None
    return None
