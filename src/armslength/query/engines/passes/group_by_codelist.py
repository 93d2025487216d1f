"""Work out what many codelists have in common once per patient and codelist, instead of once per variable.

Forty variables that each take the last date of their own codelist are one aggregate, asked of forty
groups of rows. So the rows of a scan are grouped by patient and codelist, each aggregate is worked out
once per group, and its values are then spread over the variables. A row costs as much as there are
different aggregates, however many codelists ask for them.

Variables that differ in their window of dates as well are grouped by codelist and window: the window then
travels with the codes, and a row is compared with the windows of its own codelists only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from armslength.query.engines.query_plan import (
    CodelistGroups,
    QueryPlan,
    Reduction,
    RowGroup,
    Scan,
    is_membership,
    memberships_of,
    required_codelist_column,
    shape_of,
)
from armslength.query.engines.windows import Window, compared_date, most_at_once, windows_of
from armslength.query.model.nodes import In, SelectColumn, Series

# Each group keeps a value of each aggregate, so one that only a few codelists ask for costs more than it saves.
FEWEST_CODELISTS = 4
# Putting a row into a group costs as much as testing it for about this many variables.
TESTS_PER_GROUP = 4


def group_by_codelist(
    plan: QueryPlan, *, fewest: int = FEWEST_CODELISTS, tests_per_group: int = TESTS_PER_GROUP
) -> QueryPlan:
    """Take out of the scans of a table what is asked alike of many codelists, into a scan by codelist."""
    together: dict[object, list[Scan]] = {}
    for scan in plan.scans:
        column = required_codelist_column(scan.reductions[0])
        is_alone = column is None or scan.reductions[0].is_windowed
        alone = scan.reductions[0].node if is_alone else None
        together.setdefault((scan.stage, scan.level, scan.table, column, alone), []).append(scan)
    found = []
    for scans in together.values():
        found += _parts(scans, fewest=fewest, tests_per_group=tests_per_group)
    return replace(plan, scans=tuple(found))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A reduction of rows with one codelist: what it asks of them with its window, and without."""

    reduction: Reduction
    membership: In
    windowed: Series | None
    window: Window
    shape: object
    shape_without_window: object

    @property
    def codes(self) -> frozenset[object]:
        return self.membership.rhs.value  # type: ignore[attr-defined, no-any-return]


def _parts(scans: list[Scan], *, fewest: int, tests_per_group: int) -> list[Scan]:
    reductions = [each for scan in scans for each in scan.reductions]
    memberships = ((each, only_membership(each)) for each in reductions)
    required = [(each, membership) for each, membership in memberships if membership is not None]
    dates = _date_column([each for each, _ in required])
    asked = [_asked(each, membership, dates) for each, membership in required]
    plain = _asked_of_many(asked, fewest, by_window=False)
    windowed = _asked_of_many(asked, fewest, by_window=True)
    if len(windowed) > len(plain) and _pays(windowed, tests_per_group):
        taken, by_window = windowed, True
    else:
        taken, by_window = plain, False
    if not taken:
        return scans
    nodes = {each.reduction.node for each in taken}
    rest = [(scan, tuple(each for each in scan.reductions if each.node not in nodes)) for scan in scans]
    kept = [replace(scan, reductions=reductions) for scan, reductions in rest if reductions]
    return [*kept, _by_codelist(scans[0], taken, by_window=by_window)]


def _date_column(reductions: list[Reduction]) -> str | None:
    """Return the column that most reductions have a window of."""
    named = Counter(name for each in reductions for name in windows_of(each.conditions))
    return max(sorted(named), key=lambda name: named[name], default=None)


def _asked(reduction: Reduction, membership: In, dates: str | None) -> _Asked:
    inside = [each for each in reduction.conditions if _is_window(each, dates)]
    return _Asked(
        reduction=reduction,
        membership=membership,
        windowed=inside[0] if inside else None,
        window=windows_of(inside).get(dates or "", Window()),
        shape=shape_of(reduction, without=(membership,)),
        shape_without_window=shape_of(reduction, without=(membership, *inside)),
    )


def _is_window(condition: Series, dates: str | None) -> bool:
    compared = compared_date(condition)
    return compared is not None and compared[0].name == dates


def _asked_of_many(asked: list[_Asked], fewest: int, *, by_window: bool) -> list[_Asked]:
    groups: dict[object, set[object]] = {}
    for each in asked:
        shape, group = (each.shape, each.codes) if not by_window else _windowed_key(each)
        groups.setdefault(shape, set()).add(group)
    return [
        each for each in asked if len(groups[_windowed_key(each)[0] if by_window else each.shape]) >= fewest
    ]


def _windowed_key(each: _Asked) -> tuple[object, object]:
    return each.shape_without_window, (each.codes, each.window)


def _pays(asked: list[_Asked], tests_per_group: int) -> bool:
    """Whether putting each row into its groups, some for each of its codelists, is less than testing it for all."""
    windows: dict[object, set[Window]] = {}
    for each in asked:
        windows.setdefault(each.codes, set()).add(each.window)
    groups_per_row = sum(map(most_at_once, windows.values())) / len(windows)
    return len(asked) >= groups_per_row * tests_per_group


def _by_codelist(scan: Scan, asked: list[_Asked], *, by_window: bool) -> Scan:
    numbers: dict[RowGroup, int] = {}
    of, conditions = [], []
    dates: SelectColumn | None = None
    for each in asked:
        group, own = RowGroup(codes=each.codes), list(each.reduction.conditions)
        own.remove(each.membership)
        if by_window and each.windowed is not None:
            compared = compared_date(each.windowed)
            assert compared is not None  # noqa: S101 - chosen for that
            dates = dates or compared[0]
            group = replace(group, first=each.window.first, last=each.window.last)
            own = [condition for condition in own if not _is_window(condition, dates.name)]
        of.append(numbers.setdefault(group, len(numbers)))
        conditions.append(tuple(own))
    (column, *_) = (each.membership.lhs for each in asked)
    groups = CodelistGroups(
        column=column,  # type: ignore[arg-type]
        dates=dates,
        groups=tuple(numbers),
        of=tuple(of),
        conditions=tuple(conditions),
    )
    return replace(scan, reductions=tuple(each.reduction for each in asked), groups=groups)


def only_membership(reduction: Reduction) -> In | None:
    """Return the one codelist that the rows of a reduction must be in, None when it asks for others too."""
    required = [each for each in reduction.conditions if is_membership(each)]
    everywhere = memberships_of(reduction)
    return required[0] if len(required) == 1 == len(everywhere) and not reduction.is_windowed else None  # type: ignore[return-value]
