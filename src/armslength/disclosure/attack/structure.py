"""Structure: a table as a system of quantities, with the sums and percentages that tie its cells together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from armslength.disclosure.attack.reading import Treatment, quantity_of, share_relations, treatment_of
from armslength.disclosure.attack.sums import (
    Line,
    column_lines,
    count_columns,
    dimensions_of,
    is_hidden,
    row_lines,
)
from armslength.disclosure.attack.system import Quantity, Relation, System, Target, total_of
from armslength.disclosure.cells import Kind
from armslength.disclosure.names import normal
from armslength.disclosure.roles import Role
from armslength.disclosure.shares import is_percent, share_of, triples
from armslength.disclosure.subject import Subject

Position = tuple[int, int]  # (row, column)
# More sums than this are more than anybody derives by hand, and would take seconds.
MOST_SUMS = 20_000
_N_IN_HEADER = re.compile(r"\bn\s*=\s*([\d, ]*\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One total cell and its part cells."""

    total: Position
    parts: tuple[Position, ...]
    line: Line


@dataclass(frozen=True, kw_only=True)
class TableSystem:
    """A table's system: its hidden cells, the rests of its totals and its series are what there is to learn.

    `rests` are totals minus everything that is shown of them; `changes` neighbours in a cumulative series.
    `left_out` counts the sums beyond the limit, which were not looked at.
    """

    system: System
    hidden: tuple[int, ...]
    rests: tuple[Target, ...]
    changes: tuple[Target, ...]
    left_out: int = 0


@dataclass(slots=True)
class _Builder:
    subject: Subject
    treatments: dict[int, Treatment]
    dimensions: list[int]
    quantities: list[Quantity] = field(default_factory=list)
    places: dict[Position, int] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)

    def quantity(self, position: Position) -> int:
        """The number of the quantity of a cell, made when first asked for."""
        if position not in self.places:
            row, column = position
            table = self.subject.table
            self.places[position] = len(self.quantities)
            self.quantities.append(
                quantity_of(
                    table.rows[row][column],
                    self.treatments[column],
                    name=self.name(position),
                    place=(table.number, row, column),
                )
            )
        return self.places[position]

    def name(self, position: Position) -> str:
        row, column = position
        said = [self.subject.table.rows[row][d].raw.strip() for d in self.dimensions]
        label = ", ".join(text for text in said if text) or f"line {self.subject.table.lines[row]}"
        return f"{label} (`{self.subject.table.header[column]}`)" if len(self.treatments) > 1 else label

    def interval(self, position: Position) -> tuple[int, int | None]:
        """The bounds of a cell that shows a count, without making a quantity of it."""
        count = self.subject.table.rows[position[0]][position[1]].count
        return (0, None) if count is None else self.treatments[position[1]].interval(count)


def table_system(subject: Subject) -> TableSystem | None:
    """The system of one table, or None where nothing is hidden, exact or cumulative."""
    columns = count_columns(subject)
    treatments = {column: treatment_of_column(subject, column) for column in columns}
    telling = {
        column
        for column in columns
        if treatments[column].scheme is None or any(is_hidden(c) for c in subject.table.columns[column])
    }
    builder = _Builder(subject, treatments, dimensions_of(subject))
    changes = tuple(_changes(builder))
    sums, left_out = _sums(subject, telling) if telling else ([], 0)
    rests = _relate(builder, sums)
    _relate_shares(builder, sums)
    if not builder.relations and not rests and not changes:
        return None
    related = {position for relation in builder.relations for position, _ in relation.terms}
    return TableSystem(
        system=System(quantities=tuple(builder.quantities), relations=tuple(builder.relations)),
        hidden=tuple(
            n for n, q in enumerate(builder.quantities) if q.hidden and q.high is not None and n in related
        ),
        rests=tuple(rests),
        changes=changes,
        left_out=left_out,
    )


def treatment_of_column(subject: Subject, column: int) -> Treatment:
    """How one column of counts was treated."""
    may_hide = subject.table.has(column, Kind.REDACTED, Kind.INEQUALITY)
    hides = may_hide and any(is_hidden(cell) for cell in subject.table.columns[column])
    return treatment_of(subject.roundings.get(column), hides=hides, threshold=subject.policy.threshold)


def _sums(subject: Subject, telling: set[int]) -> tuple[list[Sum], int]:
    """Every sum that touches a telling column, and how many were left out."""
    found = [
        Sum(total=(line.total, column), parts=tuple((part, column) for part in line.parts), line=line)
        for line in row_lines(subject)
        for column in sorted(telling)
    ]
    found += [
        Sum(total=(row, line.total), parts=tuple((row, part) for part in line.parts), line=line)
        for line in column_lines(subject)
        if telling & {line.total, *line.parts}
        for row in range(len(subject.table.rows))
    ]
    shown = [item for item in found if _says_something(subject, item)]
    return shown[:MOST_SUMS], max(0, len(shown) - MOST_SUMS)


def _says_something(subject: Subject, item: Sum) -> bool:
    rows = subject.table.rows
    cells = [rows[row][column] for row, column in (item.total, *item.parts)]
    return cells[0].kind is not Kind.MISSING and not all(cell.kind is Kind.MISSING for cell in cells[1:])


def _relate(builder: _Builder, sums: list[Sum]) -> list[Target]:
    """Add the relations of the sums that hold; return the rests of totals whose parts are all shown."""
    families: dict[str, list[Sum]] = defaultdict(list)
    for item in sums:
        families[item.line.family].append(item)
    rests: list[Target] = []
    for members in families.values():
        rest_of = _rests(builder, members)
        if rest_of is None:
            continue
        adds = [number for number, (low, _) in rest_of.items() if low <= 0]
        complete = all(low <= 0 for low, _ in rest_of.values())
        for number, item in enumerate(members):
            if number in rest_of:
                if rest_of[number][0] >= 1:
                    rests.append(_rest_target(builder, item))
                continue
            if not _is_recomputed(builder.subject, item):
                sure = bool(adds) or (item.line.named and _is_exact(builder, item.total[1]))
                builder.relations.append(
                    total_of(
                        builder.quantity(item.total),
                        [builder.quantity(part) for part in item.parts],
                        words=item.line.words,
                        sure=sure and complete,
                        complete=complete,
                    )
                )
    return rests


def _rests(builder: _Builder, members: list[Sum]) -> dict[int, tuple[int, int | None]] | None:
    """What each sum without hidden parts leaves over; None where parts overlap, so that they are no breakdown."""
    found = {}
    for number, item in enumerate(members):
        if _all_shown(builder, item):
            found[number] = rest = _rest(builder, item)
            if rest[1] is not None and rest[1] < 0:
                return None
    return found


def _is_exact(builder: _Builder, column: int) -> bool:
    """True for a column of exact counts alone: that a hidden cell fits such a sum by chance is unlikely."""
    treatment = builder.treatments[column]
    is_count = builder.subject.roles[column].role is Role.COUNT
    return is_count and treatment.scheme is None and not treatment.unknown


def _all_shown(builder: _Builder, item: Sum) -> bool:
    rows = builder.subject.table.rows
    return all(rows[row][column].count is not None for row, column in (item.total, *item.parts))


def _rest(builder: _Builder, item: Sum) -> tuple[int, int | None]:
    """The least and greatest count that a total leaves beside its parts."""
    low, high = builder.interval(item.total)
    parts = [builder.interval(part) for part in item.parts]
    highest = [end for _, end in parts if end is not None]
    least = low - sum(highest) if len(highest) == len(parts) else -1
    return least, None if high is None else high - sum(start for start, _ in parts)


def _rest_target(builder: _Builder, item: Sum) -> Target:
    terms = ((builder.quantity(item.total), 1), *((builder.quantity(part), -1) for part in item.parts))
    return Target(terms=terms, name=f"whoever {item.line.words} counts and no part does")


def _is_recomputed(subject: Subject, item: Sum) -> bool:
    """True when a total is the sum of what is shown: it was worked out from that, and says nothing new."""
    rows = subject.table.rows
    shown = [rows[row][column].count for row, column in item.parts]
    total = rows[item.total[0]][item.total[1]].count
    return total is not None and total == sum(count for count in shown if count is not None)


def _relate_shares(builder: _Builder, sums: list[Sum]) -> None:
    """Tie hidden counts to the percentages shown beside them or in them."""
    subject = builder.subject
    for triple in triples(subject):
        if triple.part is None or not triple.sure or triple.part not in builder.treatments:
            continue
        percent = is_percent(subject, triple.share)
        for row, cells in enumerate(subject.table.rows):
            share, whole = share_of(cells[triple.share], percent=percent), cells[triple.whole].count
            if (
                is_hidden(cells[triple.part])
                and share is not None
                and whole
                and triple.whole in builder.treatments
            ):
                counts_to_100 = percent or cells[triple.share].kind is Kind.PERCENT
                decimals = cells[triple.share].decimals - (0 if counts_to_100 else 2)
                _tie(builder, (row, triple.part), (row, triple.whole), share.value * 100, decimals)
    totals = {part: item.total for item in sums for part in item.parts}
    hiding = [column for column in builder.treatments if subject.table.has(column, Kind.REDACTED)]
    for row, cells in enumerate(subject.table.rows if hiding else ()):
        for column in hiding:
            cell = cells[column]
            if cell.kind is not Kind.REDACTED or cell.percent is None:
                continue
            if (row, column) in totals:
                _tie(builder, (row, column), totals[row, column], cell.percent, cell.decimals)
            elif match := _N_IN_HEADER.search(subject.table.header[column]):
                _tie_to_header(builder, (row, column), int(re.sub(r"\D", "", match[1])))


def _tie(builder: _Builder, part: Position, whole: Position, percent: float, decimals: int) -> None:
    words = f"{percent:.{max(0, decimals)}f} % of {builder.name(whole)}"
    builder.relations.extend(
        share_relations(
            builder.quantity(part),
            builder.quantity(whole),
            percent=percent,
            decimals=max(0, decimals),
            words=words,
        )
    )


def _tie_to_header(builder: _Builder, part: Position, whole: int) -> None:
    row, column = part
    cell = builder.subject.table.rows[row][column]
    low, high = builder.treatments[column].interval(whole)
    builder.quantities.append(
        Quantity(name=f"N of `{builder.subject.table.header[column]}`", low=low, high=high)
    )
    builder.relations.extend(
        share_relations(
            builder.quantity(part), len(builder.quantities) - 1, percent=cell.percent or 0.0,
            decimals=cell.decimals, words=f"{cell.percent} % of the N in the header",
        )
    )  # fmt: skip


_CUMULATIVE = re.compile(r"(^|_)(cum|cumul|cumulative|cumsum|to_date|running)(_|$)")


def _changes(builder: _Builder) -> Iterator[Target]:
    """The differences of neighbours in columns called cumulative that never fall."""
    subject = builder.subject
    cumulative = [c for c in builder.treatments if _CUMULATIVE.search(normal(subject.table.header[c]))]
    times = [*subject.columns(Role.DATE)] or [d for d in builder.dimensions if _is_time(subject, d)]
    if not cumulative or len(times) != 1:
        return
    others = [d for d in builder.dimensions if d != times[0]]
    series: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(subject.table.rows):
        series[tuple(row[d].raw for d in others)].append(number)
    for column in cumulative:
        for rows in series.values():
            yield from _neighbours(builder, column, rows)


def _is_time(subject: Subject, dimension: int) -> bool:
    name = subject.table.header[dimension].lower()
    return any(word in name for word in ("date", "week", "month", "day", "year", "time", "interval"))


def _neighbours(builder: _Builder, column: int, rows: Iterable[int]) -> Iterator[Target]:
    table = builder.subject.table
    shown = [(row, table.rows[row][column].count) for row in rows]
    known = [(row, count) for row, count in shown if count is not None]
    values = [count for _, count in known]
    if len(values) < 4 or values != sorted(values) or builder.treatments[column].unknown:
        return
    for (before, a), (after, b) in pairwise(known):
        if b - a <= builder.subject.policy.threshold + 5:
            terms = ((builder.quantity((after, column)), 1), (builder.quantity((before, column)), -1))
            yield Target(terms=terms, name=f"new between {builder.name((before, column))} and the next")
