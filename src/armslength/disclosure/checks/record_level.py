"""A2: a table whose rows are people, not groups."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.checks.identifier_columns import is_opaque
from armslength.disclosure.names import vocabulary, words
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import AGGREGATES, Role
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="A2",
    title="A table whose rows are people",
    verdicts=(BLOCK, WARN),
    stops="a count that is 1 on every row beside columns about people; or 20 rows and more that count nothing and"
    " describe people: opaque numbers, many different days, yes and no, sex, age, measurements, rows that repeat. A"
    " number for each combination of groups is none",
    mend="group and count before writing an output, and mark patient-level files highly_sensitive",
    source=f"{POLICY}, patient-level rows; {HANDBOOK}",
)
_GROUPS = (Role.DIMENSION, Role.ATTRIBUTE, Role.DATE, Role.PERHAPS_COUNT, Role.CODE)
_BLOCKS_AT, _ASKS_AT = 4, 3
_PERSONAL = vocabulary(
    "sex gender age dob birth ethnicity ethnic postcode imd bmi smoking smoker height weight died death "
    "region msoa lsoa sbp dbp hba1c cholesterol"
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield one finding when the table has the shape of records."""
    rows = len(subject.table.rows)
    if rows < subject.policy.record_level_rows:
        return
    if reason := _single_people(subject):
        yield _finding(subject, Verdict.BLOCK, (reason,))
        return
    if _counts_something(subject) or _is_grid(subject):
        return
    evidence = list(_evidence(subject))
    points = sum(weight for weight, _ in evidence)
    if points >= _ASKS_AT:
        verdict = Verdict.BLOCK if points >= _BLOCKS_AT else Verdict.WARN
        yield _finding(subject, verdict, tuple(reason for _, reason in evidence))


def _single_people(subject: Subject) -> str | None:
    """A count of 1 on every row, beside at least one column about people."""
    about = [*subject.columns(Role.ATTRIBUTE, Role.IDENTIFIER)] or [
        index for index, name in enumerate(subject.table.header) if set(words(name)) & _PERSONAL
    ]
    for index in subject.columns(Role.COUNT):
        if about and all(cell.count == 1 for cell in subject.table.columns[index]):
            return f"column `{subject.table.header[index]}` is 1 on every row, so each row is one person"
    return None


def _counts_something(subject: Subject) -> bool:
    """True when a column is surely a statistic of a group: then rows are groups."""
    for index, column in enumerate(subject.roles):
        if column.role not in AGGREGATES or not column.certain:
            continue
        if set(words(subject.table.header[index])) & _PERSONAL and column.role is Role.ESTIMATE:
            continue  # `weight` and `height` are measurements of a person as well
        counts = [cell.count for cell in subject.table.shown(index)]
        if column.role is Role.COUNT and counts and all(count in (0, 1) for count in counts):
            continue  # a flag such as `covid_events`, not a count
        return True
    return False


def _is_grid(subject: Subject) -> bool:
    """True when each combination of groups has one row, nearly all have one, and each row says a number about it.

    People do not come one of each kind.
    """
    levels = [
        index
        for index, column in enumerate(subject.roles)
        if column.role in _GROUPS and len({cell.raw for cell in subject.table.columns[index]}) > 1
    ]
    told = [index for index in subject.columns(Role.ESTIMATE) if subject.table.has(index, Kind.DECIMAL)]
    if len(levels) < 2 or not told:
        return False
    rows = set(
        zip(*(tuple(cell.raw for cell in subject.table.columns[index]) for index in levels), strict=True)
    )
    if len(rows) < len(subject.table.rows):
        return False
    possible = prod(len({cell.raw for cell in subject.table.columns[index]}) for index in levels)
    return len(rows) * 2 >= possible


def _evidence(subject: Subject) -> Iterator[tuple[int, str]]:
    """Yield what speaks for rows being people, each with its weight."""
    table, flags, personal = subject.table, list[str](), list[str]()
    keys = [
        index
        for index in range(len(table.header))
        if subject.roles[index].role is Role.IDENTIFIER or is_opaque(subject, index)
    ]
    for index in keys:
        yield 3, f"`{table.header[index]}` is another number or hash on every row"
    for index, name in enumerate(table.header):
        shown = table.shown(index)
        if index in keys or not shown:
            continue
        if subject.roles[index].role is Role.DATE and _many_days(subject, index):
            yield 2, f"`{name}` holds many different days in no order"
        elif _is_flag(subject, index):
            flags.append(name)
        elif set(words(name)) & _PERSONAL:
            personal.append(name)
    if flags:
        yield (
            min(2, len(flags)),
            f"{_quoted(flags)} {'is' if len(flags) == 1 else 'are'} yes or no on every row",
        )
    if personal:
        yield (
            min(3, len(personal)),
            f"{_quoted(personal)} {'describes' if len(personal) == 1 else 'describe'} people",
        )
    if _rows_repeat(subject, keys) and (flags or personal):
        yield 2, "rows repeat, as those of groups never do"


def _many_days(subject: Subject, index: int) -> bool:
    days = [cell.raw.strip()[:10] for cell in subject.table.shown(index)]
    # A calendar rises; what happened to people is in no order. First days of months are periods.
    if days == sorted(days) or days == sorted(days, reverse=True) or all(day.endswith("-01") for day in days):
        return False
    return len(set(days)) * 2 >= len(days)


def _is_flag(subject: Subject, index: int) -> bool:
    shown = subject.table.shown(index)
    if subject.roles[index].role in (Role.ROW_INDEX, Role.DATE, Role.CODE):
        return False
    return all(cell.kind is Kind.BOOLEAN or cell.count in (0, 1) for cell in shown)


def _rows_repeat(subject: Subject, keys: list[int]) -> bool:
    left_out = {*keys, *subject.columns(Role.ROW_INDEX)}
    columns = [column for index, column in enumerate(subject.table.columns) if index not in left_out]
    rows = list(zip(*([cell.raw for cell in column] for column in columns), strict=True))
    return len(rows) - len(set(rows)) >= max(2, len(rows) // 20)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:4]) + (" and more" if len(names) > 4 else "")


def _finding(subject: Subject, verdict: Verdict, reasons: tuple[str, ...]) -> Finding:
    return subject.finding(
        ABOUT.code,
        verdict,
        what=f"the table of {len(subject.table.rows):,} rows looks like one row per person",
        why="; ".join(reasons) + ("" if len(reasons) == 1 else "; and no column counts anything"),
        fix="group and count before writing an output, and mark patient-level files highly_sensitive",
        value=f"{len(subject.table.rows)} rows",
        derivation=reasons,
    )
