"""Shares: which count a percentage is a part of, and which whole numbers its digits leave open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.names import vocabulary, words
from armslength.disclosure.roles import Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.subject import Subject

_WHOLE = vocabulary(
    "denominator denom population total totals tot whole risk eligible registered sample base"
)
_PART = vocabulary("numerator num")
_PERCENT = vocabulary("pct pcts percent percentage percentages perc %")
# Rows looked at to find what belongs together; beyond that the first rows stand for the rest.
_SAMPLE = 60
_FIRST_LOOK = 6
_MOST_COUNTS = 12


@dataclass(frozen=True, slots=True)
class Share:
    """One shown proportion, 0 to 1, with half a unit of its last digit."""

    value: float
    half: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Triple:
    """A column of shares with the column of its parts and that of its wholes, as far as they are shown."""

    share: int
    part: int | None
    whole: int
    sure: bool  # the whole is named so, or the numbers agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The (part, whole) pairs that a share and its whole's interval leave open."""

    pairs: tuple[tuple[int, int], ...]

    @property
    def parts(self) -> tuple[int, ...]:
        return tuple(sorted({part for part, _ in self.pairs}))

    @property
    def rests(self) -> tuple[int, ...]:
        return tuple(sorted({whole - part for part, whole in self.pairs}))


def share_of(cell: Cell, *, percent: bool) -> Share | None:
    """The proportion a cell shows, if it is one."""
    unit = 10.0**-cell.decimals
    if cell.kind is Kind.PERCENT and cell.percent is not None:
        value, half = cell.percent / 100, unit / 200
    elif cell.kind in (Kind.DECIMAL, Kind.INTEGER) and cell.value is not None:
        value, half = (cell.value / 100, unit / 200) if percent else (cell.value, unit / 2)
    else:
        return None
    return Share(value, half) if 0 <= value <= 1 else None


def is_percent(subject: Subject, index: int) -> bool:
    """True when a column of shares counts to 100, not to 1."""
    if set(words(subject.table.header[index])) & _PERCENT or "%" in subject.table.header[index]:
        return True
    return any((cell.value or 0) > 1 for cell in subject.table.shown(index))


def triples(subject: Subject) -> tuple[Triple, ...]:
    """What each column of shares is a share of, as far as names and numbers tell."""
    if "triples" not in subject.memory:
        subject.memory["triples"] = tuple(_triples(subject))
    found: tuple[Triple, ...] = subject.memory["triples"]
    return found


def _triples(subject: Subject) -> Iterator[Triple]:
    counts = [index for index in subject.columns(Role.COUNT) if subject.roles[index].certain][:_MOST_COUNTS]
    for share in subject.columns(Role.PROPORTION):
        found = _by_numbers(subject, share, counts) or _by_name(subject, share, counts)
        if found:
            yield found


def _by_numbers(subject: Subject, share: int, counts: list[int]) -> Triple | None:
    """The pair of counts whose ratio is the share on nearly every row, as far as rounding allows."""
    percent = is_percent(subject, share)
    best: tuple[float, int, int] | None = None
    for part in counts:
        for whole in counts:
            error = _error(subject, share, part, whole, percent) if part != whole else None
            if error is not None and (best is None or error < best[0]):
                best = (error, part, whole)
    return Triple(share=share, part=best[1], whole=best[2], sure=True) if best else None


def _error(subject: Subject, share: int, part: int, whole: int, percent: bool) -> float | None:
    agree = known = 0
    total = 0.0
    # Most pairs of columns have nothing to do with one another: a few rows tell.
    for row in subject.table.rows[:_SAMPLE]:
        n, d, shown = row[part].count, row[whole].count, share_of(row[share], percent=percent)
        if n is None or not d or shown is None or n > d:
            continue
        known += 1
        off = abs(n / d - shown.value)
        agree += off <= shown.half + 3 * (1 + n / d) / d
        if known == _FIRST_LOOK and agree * 2 < known:
            return None
        total += off
    named = bool(set(words(subject.table.header[whole])) & _WHOLE)
    if known == 0 or agree * 10 < known * 9 or (known < 3 and not named):
        return None
    return total / known


def _by_name(subject: Subject, share: int, counts: list[int]) -> Triple | None:
    """The only count that can be the whole: it is named so, or it is the only one and is not the part itself."""
    named = [index for index in counts if set(words(subject.table.header[index])) & _WHOLE]
    if len(named) == 1:
        # Where another count stands beside it and does not agree, the share may be one of something else.
        others = [index for index in counts if index != named[0]]
        return Triple(
            share=share,
            part=None,
            whole=named[0],
            sure=not any(_mostly_shown(subject, other) for other in others),
        )
    if len(counts) != 1 or set(words(subject.table.header[counts[0]])) & _PART:
        return None
    percent = is_percent(subject, share)
    rows = []
    for row in subject.table.rows[:_SAMPLE]:
        count, shown = row[counts[0]].count, share_of(row[share], percent=percent)
        if count and shown and shown.value > 0:
            rows.append((count, shown.value))
    # Where count divided by share gives the same total row after row, the count is the part.
    totals = [count / value for count, value in rows]
    alike = sum(abs(a - b) <= 0.08 * max(a, b) for a, b in pairwise(totals))
    if len(totals) > 1 and alike * 3 >= len(totals) - 1:
        return None
    # Shares that sum to 1 are those of one whole, which is then not the count beside them.
    if len(rows) > 1 and abs(sum(value for _, value in rows) - 1) < 0.03:
        return None
    return Triple(share=share, part=None, whole=counts[0], sure=False)


def _mostly_shown(subject: Subject, index: int) -> bool:
    known = subject.table.counts(index)
    return sum(count is not None for count in known) * 2 > len(known)


def whole_interval(subject: Subject, index: int, shown: int) -> range:
    """The true counts that may stand behind a shown one, given how its column is rounded."""
    rounding = subject.roundings.get(index)
    if rounding is None or rounding.scheme is None or rounding.kept in (Kept.NONE, Kept.UNKNOWN):
        return range(shown, shown + 1)
    low, high = rounding.scheme.interval(shown)
    return range(max(1, low), high + 1)


def fit(share: Share, wholes: range) -> Fit:
    """The pairs of whole numbers that round to the share.

    >>> fit(Share(0.082, 0.0005), range(98, 103)).pairs
    ((8, 98),)
    """
    pairs = []
    slack = 1e-9
    for whole in wholes:
        least = (share.value - share.half - slack) * whole
        most = (share.value + share.half + slack) * whole
        if most - least > 60:
            return Fit(pairs=tuple((part, whole) for part in range(60)))  # too many to matter
        part = max(0, int(least))
        while part <= most and part <= whole:
            if part >= least:
                pairs.append((part, whole))
            part += 1
    return Fit(pairs=tuple(pairs))
