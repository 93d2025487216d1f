"""Plots as inline SVG, without a script: bars, months, a line of days. Text in them is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from armslength.query.conformance.verdict import Bar

WIDE, LINE, HIGH = 440, 22, 110


def bars(values: Sequence[tuple[str, float, str]], *, title: str, label_width: int = 165) -> str:
    """Draw horizontal bars: (label, length from 0 to 1, what to say at its end)."""
    room = WIDE - label_width - 76
    parts = []
    for number, (label, length, said) in enumerate(values):
        top = number * LINE
        width = max(1.0, length * room) if length else 0
        cut = label if len(label) <= 23 else label[:22] + "…"
        parts.append(
            f'<text x="{label_width - 8}" y="{top + 15}" text-anchor="end">{escape(cut)}'
            f"<title>{escape(label)}</title></text>"
            f'<rect class="rail" x="{label_width}" y="{top + 4}" width="{room}" height="14" rx="2"/>'
            f'<rect class="bar" x="{label_width}" y="{top + 4}" width="{width:.1f}" height="14" rx="2"/>'
            f'<text class="said" x="{WIDE - 70}" y="{top + 15}">{escape(said)}</text>'
        )
    return _svg("".join(parts), height=len(values) * LINE, title=title)


def months(found: Sequence[Bar], *, title: str) -> str:
    """Draw the rows of each month as columns, from the first to the last, at most the last thirty years."""
    counts = {each.label: each.rows for each in found}
    labels = _every_month(min(counts), max(counts))[-360:] if counts else []
    if not labels:
        return ""
    most = max(counts.get(label, 0) for label in labels) or 1
    step = (WIDE - 60) / len(labels)
    parts = [
        f'<text class="said" x="0" y="12">{most:,}</text>',
        f'<line class="axis" x1="50" x2="{WIDE}" y1="{HIGH}" y2="{HIGH}"/>',
    ]
    for number, label in enumerate(labels):
        rows = counts.get(label, 0)
        if rows:
            height = max(1.0, rows / most * (HIGH - 10))
            parts.append(
                f'<rect class="bar" x="{50 + number * step:.2f}" y="{HIGH - height:.1f}" '
                f'width="{max(step - 0.6, 0.8):.2f}" height="{height:.1f}"><title>{label}: {rows:,}</title></rect>'
            )
    for at in _marks(len(labels)):
        anchor = "start" if at == 0 else "end" if at == len(labels) - 1 else "middle"
        x = 50 + (at + 0.5) * step
        parts.append(
            f'<text class="said" x="{x:.1f}" y="{HIGH + 16}" text-anchor="{anchor}">{labels[at]}</text>'
        )
    return _svg("".join(parts), height=HIGH + 22, title=title)


def _marks(count: int) -> list[int]:
    """The months whose names are written below: the first, the last and up to three between."""
    if count < 8:
        return sorted({0, count - 1})
    return sorted({round(number * (count - 1) / 4) for number in range(5)})


def _every_month(first: str, last: str) -> list[str]:
    (year, month), end = (int(part) for part in first.split("-")), last
    found = []
    while (label := f"{year:04}-{month:02}") <= end:
        found.append(label)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def latest(found: Sequence[tuple[str, str]], *, until: str, title: str) -> str:
    """Draw for each table (name, newest month) how far before `until` its newest record is: a dot on two years."""
    labels = [(name, month, _age(month, until)) for name, month in found]
    left, room, span = 200, WIDE - 270, 24
    parts = []
    for number, (name, month, age) in enumerate(labels):
        top = number * LINE + 11
        x = left + room * (1 - min(age, span) / span)
        parts.append(
            f'<text x="{left - 12}" y="{top + 4}" text-anchor="end">{escape(name)}</text>'
            f'<line class="axis" x1="{left}" x2="{left + room}" y1="{top}" y2="{top}"/>'
            f'<circle class="bar" cx="{x:.1f}" cy="{top}" r="5"/>'
            f'<text class="said" x="{WIDE - 60}" y="{top + 4}">{month}</text>'
        )
    return _svg("".join(parts), height=len(labels) * LINE, title=title)


def _age(month: str, until: str) -> int:
    """The months between two.

    >>> _age("2023-11", "2024-02")
    3
    """
    (year, number), (last, end) = (map(int, each.split("-")[:2]) for each in (month, until))
    return max(0, (last - year) * 12 + end - number)


def _svg(inside: str, *, height: int, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDE} {height}" role="img" aria-label="{escape(title)}" '
        f'preserveAspectRatio="xMinYMin meet">{inside}</svg>'
    )
