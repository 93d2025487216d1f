"""What changed between two verdicts on the same database: the data moved, or somebody moved them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from armslength.kernel.errors import Mistake
from armslength.query.conformance.verdict import (
    Check,
    Distribution,
    Kind,
    Shape,
    Status,
    TableFound,
    Verdict,
)

# Shares of rows: what is less is the usual coming and going.
FEWER_ROWS, MORE_MISSING, OTHER_SHARE = 0.05, 0.05, 0.05


def drift(old: Verdict, new: Verdict) -> tuple[Check, ...]:
    """Return what changed for the worse or may have, gravest first. Raises Mistake Q291 for two different backends."""
    if old.backend != new.backend:
        what = f"one verdict is of the backend `{old.backend}`, the other of `{new.backend}`"
        raise Mistake("Q291", what, hint="compare two verdicts on the same database")
    found = [*_broken_since(old, new), *_tables(old, new)]
    return tuple(sorted(found, key=lambda each: -each.status.gravity))


def _changed(table: str, column: str | None, words: str, *, fails: bool = False) -> Check:
    status = Status.FAILED if fails else Status.WARNED
    return Check(table=table, column=column, kind=Kind.DRIFT, words=words, status=status)


def _broken_since(old: Verdict, new: Verdict) -> Iterator[Check]:
    """Yield each check that holds less well than before."""
    before: dict[tuple[str, Kind, str], Status] = {}
    for each in old.checks:
        before[each.place, each.kind, each.words] = each.status
    for each in new.checks:
        known = before.get((each.place, each.kind, each.words))
        if each.kind is not Kind.DRIFT and known is not None and each.status.gravity > known.gravity:
            words = f"{each.words}: {known.value} before, {each.status.value} now"
            yield _changed(each.table, each.column, words, fails=each.status is Status.FAILED)


def _tables(old: Verdict, new: Verdict) -> Iterator[Check]:
    now = {each.table: each for each in new.tables}
    for before in old.tables:
        if before.table not in now:
            yield _changed(before.table, None, "the table was found before, and is not now", fails=True)
            continue
        after = now[before.table]
        yield from _rows(before, after)
        yield from _columns(before, after)
        after_shapes = {each.column: each for each in after.distributions}
        for each in before.distributions:
            if each.column in after_shapes and each.shape is Shape.CATEGORIES:
                yield from _categories(before.table, each, after_shapes[each.column])
    known = {each.table for each in old.tables}
    for table in now.keys() - known:
        yield _changed(table, None, "the table is new")


def _rows(before: TableFound, after: TableFound) -> Iterator[Check]:
    if before.rows and (after.rows or 0) < before.rows * (1 - FEWER_ROWS):
        told = "a few" if after.rows is None else f"{after.rows:,}"
        words = f"there are fewer rows: {before.rows:,} before, {told} now"
        yield _changed(before.table, None, words, fails=(after.rows or 0) < before.rows / 2)
    if before.latest and after.latest and after.latest < before.latest:
        words = f"the newest record is older: {before.latest} before, {after.latest} now"
        yield _changed(before.table, None, words)


def _columns(before: TableFound, after: TableFound) -> Iterator[Check]:
    now = {each.name: each for each in after.columns}
    for each in before.columns:
        other = now.get(each.name)
        if other is None:
            continue
        if each.found and other.found and each.found != other.found:
            yield _changed(
                before.table, each.name, f"the type changed: {each.found} before, {other.found} now"
            )
        was, now_missing = each.missing, other.missing
        if was is not None and now_missing is not None and now_missing - was > MORE_MISSING:
            words = f"more is missing: {was:.0%} before, {now_missing:.0%} now"
            yield _changed(before.table, each.name, words)


def _shares(found: Distribution) -> Mapping[str, float]:
    whole = sum(each.rows for each in found.bars) + found.others
    return {each.label: each.rows / whole for each in found.bars} if whole else {}


def _categories(table: str, before: Distribution, after: Distribution) -> Iterator[Check]:
    old, new = _shares(before), _shares(after)
    for value in sorted(new.keys() - old.keys()):
        yield _changed(table, before.column, f"the value `{value}` is new")
    for value in sorted(old.keys() - new.keys()):
        yield _changed(table, before.column, f"the value `{value}` no longer occurs")
    for value in sorted(old.keys() & new.keys()):
        if abs(old[value] - new[value]) > OTHER_SHARE:
            words = f"`{value}` is {new[value]:.0%} of the rows, and was {old[value]:.0%}"
            yield _changed(table, before.column, words)
