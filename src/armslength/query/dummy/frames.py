"""Rules for rows: columns, picks, and aggregations. Rows are added, changed or taken away until they fit."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from typing import Any

from armslength.query.dummy.push import RULES, Push
from armslength.query.dummy.wants import MISSING, NOT_TRUE, PRESENT, TRUE, Want, exactly
from armslength.query.model import nodes as n

Wishes = Sequence[tuple[n.Series, Want]]
MOST_COUNTED = 40


# --- columns ------------------------------------------------------------------------------------------------


def want_column(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """A column of a row, of a patient's only row, or of the row that is picked."""
    source = series.source
    if isinstance(source, n.InlinePatientTable):
        return want.admits(push.view.value(series))
    table = push.question.name_of(source)
    if series.domain is not None:
        assert row is not None  # noqa: S101 - event series are always asked for with a row
        return push.cell(table, row, series.name, want)
    if isinstance(source, n.PickOneRowPerPatient):
        return _want_picked(push, series, table, want)
    only = push.view.row_of(source)
    if only is None or (table, only) in push.gone:
        rows = [i for i in push.draft.of(table) if (table, i) not in push.gone]
        if want.missing and not rows:
            return True
        only = rows[0] if rows else push.new_row(table)
    return only is not None and push.cell(table, only, series.name, want)


def _want_picked(push: Push, series: Any, table: str, want: Want) -> bool:
    pick = series.source
    picked = push.view.row_of(pick)
    source = pick.source
    if picked is None:
        if want.missing:
            return True
        return with_row(push, source, (), cells=[(table, series.name, want)])
    cells = [(table, series.name, want)]
    return push.one_of(
        [
            lambda: push.cell(table, picked, series.name, want) and _stay(push, source, picked),
            lambda: _overtake(push, pick, picked, cells),
            lambda: want.missing and without_rows(push, source),
            lambda: push.remove(table, picked) and with_row(push, source, (), cells=cells),
        ]
    )


def _stay(push: Push, frame: n.Frame, row: int) -> bool:
    """Keep a row in a frame."""
    return push.all_of((condition, row, TRUE) for condition in push.question.conditions_of(frame))


def _overtake(
    push: Push, pick: n.PickOneRowPerPatient, picked: int, cells: list[tuple[str, str, Want]]
) -> bool:
    """Add a row that is picked before the one that is picked now."""
    key = push.question.keys_of(pick)[0]
    now = push.view.value(key, picked)
    if pick.position is n.Position.FIRST:
        beside = MISSING if now is None else Want(high=now)
    else:
        beside = PRESENT if now is None else Want(low=now)
    return with_row(push, pick.source, [(key, beside)], cells=cells, fresh=True)


# --- rows ---------------------------------------------------------------------------------------------------


def with_row(
    push: Push,
    frame: n.Frame,
    wishes: Wishes,
    *,
    cells: Sequence[tuple[str, str, Want]] = (),
    fresh: bool = False,
) -> bool:
    """Make sure that a frame has a row for which all wishes come true: one it has, or a new one."""
    if frame.domain is None:
        return want_a_row(push, frame)
    ways = (
        []
        if fresh
        else [lambda row=row: _fit(push, frame, row, wishes, cells) for row in _likely(push, frame, wishes)]
    )
    return push.one_of([*ways, lambda: _fit(push, frame, None, wishes, cells)])


def _likely(push: Push, frame: n.Frame, wishes: Wishes) -> list[int]:
    """Rows of the frame worth trying: those for which everything is so already come first."""
    table = push.question.name_of(frame)
    rows = [row for row in push.view.rows_in(frame) if (table, row) not in push.gone]
    rows.sort(key=lambda row: not all(want.admits(push.view.value(series, row)) for series, want in wishes))
    return rows[:2]


def _fit(
    push: Push, frame: n.Frame, row: int | None, wishes: Wishes, cells: Sequence[tuple[str, str, Want]]
) -> bool:
    if any(each in push.barred for each in n.lineage(frame)):
        return False
    if row is None:
        row = push.new_row(push.question.name_of(frame))
    if row is None:
        return False
    return (
        all(push.cell(table, row, column, want) for table, column, want in cells)
        and _stay(push, frame, row)
        and push.all_of((series, row, want) for series, want in wishes)
    )


def without_rows(push: Push, frame: n.Frame) -> bool:
    """Make sure that a frame has no row."""
    push.bar(frame)
    return all(_leave(push, frame, row) for row in push.view.rows_in(frame))


def _leave(push: Push, frame: n.Frame, row: int) -> bool:
    """Take a row out of a frame: away altogether, or where a condition is not true."""
    table = push.question.name_of(frame)
    conditions = push.shuffled(push.question.conditions_of(frame))
    leave = [lambda c=condition: push.want(c, row, NOT_TRUE) for condition in conditions]
    return push.one_of([lambda: push.remove(table, row), *leave])


def want_a_row(push: Push, frame: n.Frame) -> bool:
    """A patient-level frame has a row."""
    if isinstance(frame, n.InlinePatientTable):
        return push.view.has_row(frame)
    if isinstance(frame, n.PickOneRowPerPatient):
        return with_row(push, frame.source, ())
    table = push.question.name_of(frame)
    rows = [i for i in push.draft.of(table) if (table, i) not in push.gone]
    return bool(rows) or push.new_row(table) is not None


def _no_row(push: Push, frame: n.Frame) -> bool:
    if isinstance(frame, n.InlinePatientTable):
        return not push.view.has_row(frame)
    if isinstance(frame, n.PickOneRowPerPatient):
        return without_rows(push, frame.source)
    table = push.question.name_of(frame)
    return all(push.remove(table, row) for row in list(push.draft.of(table)))


def want_exists(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """A frame has rows, or none."""
    frame = series.source
    if want == MISSING:
        return False
    if want == TRUE:
        return with_row(push, frame, ())
    return _no_row(push, frame) if frame.domain is None else without_rows(push, frame)


def want_count(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """A frame has so many rows."""
    frame = series.source
    if frame.domain is None:
        if want.admits(int(push.view.has_row(frame))):
            return True
        return want_a_row(push, frame) if want.admits(1) else want.admits(0) and _no_row(push, frame)
    rows = push.view.rows_in(frame)
    target = _nearest(want, len(rows))
    if target is None:
        return False
    if target == len(rows):
        return len(rows) > 5 or all(_stay(push, frame, each) for each in rows)
    if target < len(rows):
        return all(_leave(push, frame, each) for each in push.chance.sample(rows, len(rows) - target))
    return all(with_row(push, frame, (), fresh=True) for _ in range(target - len(rows)))


def _nearest(want: Want, now: int) -> int | None:
    """The count nearest to what it is now that will do, None when none does."""
    return min(
        (count for count in range(MOST_COUNTED) if want.admits(count)),
        key=lambda c: abs(c - now),
        default=None,
    )


def want_distinct(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """So many different values."""
    source = series.source
    values = push.view.values_in(source)
    different = set(values.values())
    target = _nearest(want, len(different))
    if target is None or target == len(different):
        return target is not None
    if target < len(different):
        dropped = push.chance.sample(sorted(different), len(different) - target)
        return all(_leave(push, source.domain, i) for i, value in values.items() if value in dropped)
    wish = Want(without=frozenset(different))
    return all(
        with_row(push, source.domain, [(source, wish)], fresh=True) for _ in range(target - len(different))
    )


def want_episodes(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """So many runs of dates: new ones begin far enough from all others."""
    source = series.source
    now = push.view.value(series)
    target = _nearest(want, now)
    if target is None or target == now:
        return target is not None
    values = push.view.values_in(source)
    if target < now:
        latest = max(values.values())
        return all(_leave(push, source.domain, i) for i, value in values.items() if value != latest)
    if not values:
        return with_row(push, source.domain, [(source, PRESENT)])
    far = datetime.timedelta(days=series.maximum_gap_days + 1)
    first, last = min(values.values()), max(values.values())
    steps = [far * 2 * (k + 1) for k in range(target - now)]
    ways = [[Want(high=first - step, low=first - step - far // 2) for step in steps]]
    ways.append([Want(low=last + step, high=last + step + far // 2) for step in steps])

    def runs(wishes: list[Want]) -> bool:
        return all(with_row(push, source.domain, [(source, wish)], fresh=True) for wish in wishes)

    return push.one_of([partial(runs, way) for way in ways])


def want_extreme(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """The smallest (or largest) value: one row has it, no other goes beyond."""
    source = series.source
    values = push.view.values_in(source)
    if not want.present:
        return all(push.want(source, i, MISSING) or _leave(push, source.domain, i) for i in values)
    if not values and want.missing:
        return True
    beyond = Want(low=want.low) if isinstance(series, n.Min) else Want(high=want.high)
    for i, value in values.items():
        if beyond.admits(value):
            continue
        if not push.one_of([partial(push.want, source, i, beyond), partial(_leave, push, source.domain, i)]):
            return False
    return with_row(push, source.domain, [(source, want.but_present())])


def want_total(push: Push, series: Any, row: int | None, want: Want) -> bool:
    """The sum or mean: the last row makes up the difference."""
    source = series.source
    values = push.view.values_in(source)
    if want.admits(push.view.value(series)):
        return True
    if not want.present:
        return without_rows(push, source.domain)
    bound = want.low if want.low is not None else want.high
    if bound is None:
        bound = next(iter(want.among)) if want.among else 1
    if isinstance(series, n.Mean):
        wish = Want(low=want.low, high=want.high) if want.among is None else exactly(float(bound))
        kept = [i for i, value in values.items() if not wish.admits(value)]
        return all(_leave(push, source.domain, i) for i in kept) and with_row(
            push, source.domain, [(source, wish)]
        )
    if not values:
        return with_row(push, source.domain, [(source, exactly(bound))])
    chosen = next(iter(values))
    rest = sum(value for i, value in values.items() if i != chosen)
    return push.want(source, chosen, exactly(bound - rest))


RULES |= {n.SelectColumn: want_column, n.Exists: want_exists, n.Count: want_count}
RULES |= {n.CountDistinct: want_distinct, n.CountEpisodes: want_episodes}
RULES |= {n.Min: want_extreme, n.Max: want_extreme, n.Sum: want_total, n.Mean: want_total}
