"""The plan of a repair: what every cell of a table should show instead, so that its grave findings go away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from armslength.disclosure.attack.sums import TOTAL, column_lines, dimensions_of, is_hidden, row_lines
from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.policy import DisclosurePolicy, RoundingScheme
from armslength.disclosure.repair.patch import marker_of, repair
from armslength.disclosure.repair.rounding import safe_decimals
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import COUNTS, Role
from armslength.disclosure.rounding import Kept
from armslength.disclosure.shares import is_percent, triples
from armslength.disclosure.subject import Subject

Position = tuple[int, int]  # row, column
# What hiding the cell itself mends; the other findings need a rounding, a sum, or the study's author.
_HIDE = frozenset({"B1", "B2", "B3", "B5", "B12"})
_DERIVED = frozenset({"D1", "D2"})
_Numbers = dict[Position, int | None]  # None hides


def plan(subject: Subject, findings: Sequence[Finding]) -> dict[Position, str]:
    """What to write into which cells of one table. `findings` are those of its file, with every place."""
    mine = [f for f in findings if f.number == subject.table.number and f.verdict is Verdict.BLOCK]
    numbers: _Numbers = {}
    if unrounded := _columns(mine, "C1"):
        for column in dict.fromkeys([*unrounded, *_by_chance(subject)]):
            numbers |= _rounded(subject, column)
    hidden = set(_places(mine, _HIDE))
    numbers |= {place: None for place in hidden if _is_count(subject, place)}
    shares = {place for place in hidden if place not in numbers}
    recount = {place[0] for place in _places(mine, frozenset({"C4"}))}
    wrong = {
        place for f in findings if f.code == "C3" and f.number == subject.table.number for place in _of(f)
    }
    if not numbers and not shares and any(finding.code in _DERIVED for finding in mine):
        numbers |= dict.fromkeys(repair(subject).cells)
    numbers |= _totals(subject, numbers, wrong)
    written = {place: _shown(subject, place, number) for place, number in numbers.items()}
    written |= dict(_shares(subject, numbers, recount))
    written |= {place: marker_of(subject) for place in shares}
    table = subject.table
    return {
        (row, column): text
        for (row, column), text in written.items()
        if text != table.rows[row][column].raw.strip()
    }


def scheme_of(policy: DisclosurePolicy) -> RoundingScheme:
    """The rounding that a repair uses: the first of the policy that rounds to multiples of a base."""
    return next((scheme for scheme in policy.schemes if not scheme.remainder), policy.schemes[0])


def nearest(count: int, scheme: RoundingScheme) -> int:
    """A count as this scheme shows it; halves go up.

    >>> nearest(12, RoundingScheme(name="nearest 5", base=5)), nearest(7, RoundingScheme(name="m", base=6, remainder=3))
    (10, 9)
    """
    if scheme.remainder:
        return 0 if count == 0 else scheme.base * ((count - 1) // scheme.base) + scheme.remainder
    return (2 * count + scheme.base) // (2 * scheme.base) * scheme.base


def _of(finding: Finding) -> Iterator[Position]:
    return ((place.row, place.index) for place in finding.places)


def _places(findings: Iterable[Finding], codes: frozenset[str]) -> Iterator[Position]:
    for finding in findings:
        if finding.code in codes:
            yield from _of(finding)


def _columns(findings: Iterable[Finding], code: str) -> list[int]:
    return list(dict.fromkeys(column for _, column in _places(findings, frozenset({code}))))


def _is_count(subject: Subject, place: Position) -> bool:
    cell = subject.table.rows[place[0]][place[1]]
    return cell.count is not None and cell.kind is not Kind.DECIMAL


def _rounded(subject: Subject, column: int) -> _Numbers:
    """Every count of a column as the policy shows it."""
    policy, scheme = subject.policy, scheme_of(subject.policy)
    certain = {count.row for count in subject.counts(column) if count.certain}
    found: _Numbers = {}
    for count in subject.counts(column):
        # In a column of counts and other statistics only what surely counts people is rounded.
        if count.row in certain or not certain:
            small = 1 <= count.count <= policy.threshold
            found[count.row, column] = None if small else nearest(count.count, scheme)
    return found


def _by_chance(subject: Subject) -> Iterator[int]:
    """Columns of an unrounded table whose few counts only happen to be round: they are rounded with the others."""
    for column in subject.columns(Role.COUNT):
        rounding = subject.roundings[column]
        if subject.roles[column].certain and not rounding.sure and rounding.kept is not Kept.UNKNOWN:
            yield column


def _ways(subject: Subject) -> dict[Position, list[list[Position]]]:
    """Each total cell with the cells that it is the sum of, for every breakdown of it."""
    found: dict[Position, list[list[Position]]] = {}
    columns = [*subject.columns(*COUNTS, Role.MIXED)]
    for line in row_lines(subject):
        for column in columns:
            found.setdefault((line.total, column), []).append([(part, column) for part in line.parts])
    for line in column_lines(subject):
        for row in range(len(subject.table.rows)):
            found.setdefault((row, line.total), []).append([(row, part) for part in line.parts])
    for total, parts in _grand_totals(subject):
        for column in columns:
            exact = _sum(subject, [(part, column) for part in parts], {})
            if exact is not None and exact == subject.table.rows[total][column].count:
                found.setdefault((total, column), []).append([(part, column) for part in parts])
    return {
        total: true
        for total, ways in found.items()
        if (true := [w for w in ways if _adds_up(subject, total, w)])
    }


def _adds_up(subject: Subject, total: Position, parts: list[Position]) -> bool:
    """False where labels alone suggest a sum that the numbers deny, by more than rounding each would."""
    whole, exact = subject.table.rows[total[0]][total[1]].count, _sum(subject, parts, {})
    if whole is None or exact is None:
        return True
    hidden = sum(is_hidden(subject.table.rows[row][column]) for row, column in parts)
    slack = 3 * (len(parts) + 1)
    return -slack <= whole - exact and (hidden > 0 or whole - exact <= slack)


def _grand_totals(subject: Subject) -> Iterator[tuple[int, list[int]]]:
    """A row that is called total and has no other label: the sum of all the others, where the numbers say so."""
    dimensions, rows = dimensions_of(subject), subject.table.rows
    if len(dimensions) < 2:
        return
    labels = [[row[d].raw.strip() for d in dimensions] for row in rows]
    totals = [n for n, said in enumerate(labels) if any(TOTAL.match(text) for text in said)]
    if len(totals) == 1 and all(not text or TOTAL.match(text) for text in labels[totals[0]]):
        yield totals[0], [n for n in range(len(rows)) if n != totals[0]]


def _totals(subject: Subject, numbers: _Numbers, wrong: set[Position]) -> _Numbers:
    """Totals worked out anew from what is shown of their parts, where a part changes or the sum is wrong.

    A total that two breakdowns would make different keeps its own rounding: it says no more than that.
    """
    sums, known, policy = _ways(subject), dict(numbers), subject.policy
    for _ in range(4):  # totals of totals: grand totals follow what is below them
        before = dict(known)
        for total, ways in sums.items():
            touched = total in wrong or total in numbers or any(p in known for parts in ways for p in parts)
            if not touched or not _is_count(subject, total):
                continue
            values = {_sum(subject, parts, known) for parts in ways}
            value = values.pop()
            if values or value is None or not any(scheme.allows(value) for scheme in policy.schemes):
                continue
            known[total] = value if value > policy.threshold or value == 0 else None
        if known == before:
            break
    return known


def _sum(subject: Subject, parts: Iterable[Position], known: _Numbers) -> int | None:
    """The sum of the parts as they will be shown; None where one of them is neither a count nor hidden."""
    total = 0
    for part in parts:
        cell = subject.table.rows[part[0]][part[1]]
        value = known.get(part, cell.count)
        if value is None and part not in known and not is_hidden(cell):
            return None
        total += value or 0
    return total


def _shown(subject: Subject, place: Position, number: int | None) -> str:
    """A count in the way that its cell shows counts, with its percentage or its whole if it has one."""
    cell = subject.table.rows[place[0]][place[1]]
    if number is None:
        return marker_of(subject)
    count = f"{number:,}" if "," in cell.raw.split("(")[0] else str(number)
    scheme = scheme_of(subject.policy)
    if cell.kind is Kind.FRACTION and cell.whole:
        whole = nearest(cell.whole, scheme)
        return f"{count}/{whole}" + (
            f" ({_percent(cell, number, whole)}%)" if cell.percent is not None else ""
        )
    if cell.kind is Kind.COUNT_WITH_PERCENT and cell.percent:
        whole = nearest(round((cell.count or 0) * 100 / cell.percent), scheme)
        return f"{count} ({_percent(cell, number, whole)}{'%' if '%' in cell.raw else ''})"
    return f"{count} (0{'%' if '%' in cell.raw else ''})" if cell.kind is Kind.COUNT_WITH_PERCENT else count


def _percent(cell: Cell, part: int, whole: int) -> str:
    decimals = min(cell.decimals, safe_decimals(whole))
    return f"{min(100.0, 100 * part / whole):.{decimals}f}" if whole else "0"


def _shares(subject: Subject, numbers: _Numbers, recount: set[int]) -> Iterator[tuple[Position, str]]:
    """The columns of shares worked out anew from what is shown of their parts and wholes."""
    known = {triple.share: triple for triple in triples(subject)}
    lines = [*((line.total, line.parts) for line in row_lines(subject)), *_grand_totals(subject)]
    wholes = {part: total for total, parts in lines for part in (total, *parts)}
    counted = sorted({column for _, column in numbers})
    for column in subject.columns(Role.PROPORTION):
        triple = known.get(column)
        for row, cells in enumerate(subject.table.rows):
            if cells[column].kind in (Kind.MISSING, Kind.REDACTED):
                continue
            if triple is not None:
                part = (row, triple.part) if triple.part is not None else None
                whole: Position | None = (row, triple.whole)
            elif len(counted) == 1 and row in wholes:
                # The count beside it is the part, the count of the total's row the whole.
                part, whole = (row, counted[0]), (wholes[row], counted[0])
            else:
                part, whole = next(((row, c) for c in counted if (row, c) in numbers), None), None
            places = [place for place in (part, whole) if place]
            if row in recount or any(place in numbers for place in places):
                yield (row, column), _share(subject, (row, column), part, whole, numbers)


def _share(
    subject: Subject, place: Position, part: Position | None, whole: Position | None, numbers: _Numbers
) -> str:
    """A share as its part and whole will be shown; hidden where one of them is hidden or not known."""
    table, cell = subject.table, subject.table.rows[place[0]][place[1]]
    shown = [
        numbers.get(of, table.rows[of[0]][of[1]].count) if of is not None else None for of in (part, whole)
    ]
    count, total = shown
    if count is None or not total:
        return marker_of(subject)
    to_hundred = is_percent(subject, place[1]) or cell.kind is Kind.PERCENT
    digits = min(cell.decimals, safe_decimals(total) + (0 if to_hundred else 2))
    sign = "%" if cell.raw.strip().endswith("%") else ""
    return f"{(100 if to_hundred else 1) * min(1.0, count / total):.{digits}f}{sign}"
