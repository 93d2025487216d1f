"""Prove that something can never be shown: follow what must be so, until two things exclude one another.

Nothing here looks at rows. Each value of the query stands for itself; wishes for it are joined, and what follows
from them for other values is drawn (`consequences.py`). Where one of several things must be so, each is followed.
All that is left out only makes more possible than there is: a contradiction that is found is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from armslength.query.dummy.consequences import Demand, Key, follow, relation_of
from armslength.query.dummy.question import Question
from armslength.query.dummy.ranges import range_of
from armslength.query.dummy.targets import Goal
from armslength.query.dummy.values import promised
from armslength.query.dummy.wants import ANYTHING, TRUE, Want
from armslength.query.model import nodes as n
from armslength.query.model.constraints import NotNull

MOST_STEPS = 6_000
NONE: frozenset[int] = frozenset({0})
COUNTS = (n.Count, n.CountDistinct, n.CountEpisodes)


class Contradiction(Exception):
    """Two things that must be so exclude one another; the text says which."""


class TooLong(Exception):
    """No proof was found within the steps allowed."""


@dataclass
class Known:
    """What must be so, as far as it was followed."""

    wants: dict[Key, Want] = field(default_factory=dict)
    relations: dict[tuple[Any, ...], frozenset[str]] = field(default_factory=dict)
    present: set[n.Node] = field(default_factory=set)
    absent: set[n.Node] = field(default_factory=set)
    choices: list[list[list[Demand]]] = field(default_factory=list)

    def copy(self) -> Known:
        return Known(
            dict(self.wants), dict(self.relations), set(self.present), set(self.absent), list(self.choices)
        )


def why_impossible(goals: Sequence[Goal], question: Question) -> str | None:
    """Return the contradiction that keeps goals from ever coming true, or None when none was found."""
    prover = _Prover(question)
    demands: list[Demand] = []
    for goal in goals:
        if goal.frame is not None:
            demands += [(n.Exists(goal.frame), None, TRUE), *prover.row_in(goal.frame, goal)]
        demands += [
            (series, goal if series.domain is not None else None, want) for series, want in goal.wishes
        ]
    try:
        prover.follow(demands, Known())
    except Contradiction as found:
        return prover.first or str(found)
    except (TooLong, RecursionError):
        return None
    return None


class _Prover:
    def __init__(self, question: Question) -> None:
        self.question = question
        self.steps = 0
        self.first = ""

    def follow(self, demands: list[Demand], known: Known) -> None:
        """Follow demands to their ends. Raises Contradiction when no way is left."""
        todo = list(demands)
        while todo:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise TooLong
            todo += self._join(todo.pop(), known)
        self._check_ranges(known)
        if not known.choices:
            return
        known.choices.sort(key=len, reverse=True)
        ways = known.choices.pop()
        clash = ""
        for way in ways:
            try:
                self.follow(way, known.copy())
            except Contradiction as found:
                clash = clash or str(found)
            else:
                return
        raise Contradiction(clash or "its conditions exclude one another")

    def _join(self, demand: Demand, known: Known) -> list[Demand]:
        series, row, want = demand
        if self.question.is_constant(series):
            value = self.question.constant(series)
            if not want.admits(value):
                raise self._clash(f"its conditions ask {value!r} to be {want}")
            return []
        row = row if series.domain is not None else None
        key = key_of(series, row)
        before = known.wants.get(key)
        if before is None:
            before = _usual(series)
        both = before.and_also(want)
        if not both.possible:
            raise self._clash(self._told(series, want, before))
        if both == before and key in known.wants:
            return []
        known.wants[key] = both
        found = self._rows(series, both, known)
        relation = relation_of(series, both, self.question)
        if relation is not None:
            self._relate(series, row, relation, known)
        more, choices = follow(series, row, both, self.question)
        known.choices += choices
        return found + more

    def _told(self, series: n.Series, want: Want, before: Want) -> str:
        called = self.question.called(series)
        if series.value_type is not bool:
            return f"{called} would have to be {want} and {before}"
        if isinstance(series, n.Exists):
            return f"a row of `{self.question.name_of(series.source)}` is needed where there must be none"
        return f"a condition on {called} would have to be both true and not true".replace(
            "a value computed from ", ""
        )

    def _relate(self, series: Any, row: Any, allowed: frozenset[str], known: Known) -> None:
        """Join what is demanded of the order of two values."""
        pair, mirrored = (series.lhs, series.rhs), (series.rhs, series.lhs)
        if (*mirrored, row) in known.relations:
            pair, allowed = mirrored, frozenset({"<": ">", ">": "<"}.get(each, each) for each in allowed)
        before = known.relations.get((*pair, row), frozenset("<=>?"))
        if pair[0] == pair[1]:
            before &= frozenset("=?")
        if not before & allowed:
            names = " and ".join(self.question.called(each) for each in pair)
            raise self._clash(f"{names} cannot be in two orders at once")
        known.relations[*pair, row] = before & allowed

    def _rows(self, series: n.Series, want: Want, known: Known) -> list[Demand]:
        """What a demand says of there being rows."""
        if isinstance(series, (n.Exists, n.Count)):
            none = False if isinstance(series, n.Exists) else 0
            if not want.admits(none):
                return self._some(series.source, known)
            some = True if isinstance(series, n.Exists) else 1
            if not want.admits(some) and (
                isinstance(series, n.Exists) or want.high == 0 or want.among == NONE
            ):
                self._none(series.source, known)
        elif isinstance(series, n.SelectColumn) and series.domain is None and not want.missing:
            return self._some(series.source, known)
        elif (
            isinstance(series, n.Aggregation) and not isinstance(series, n.CombineAsSet) and not want.missing
        ):
            source: Any = series.source  # type: ignore[attr-defined]
            if not isinstance(series, COUNTS) or not want.admits(0):
                return self._some(source.domain, known)
        return []

    def _some(self, frame: Any, known: Known) -> list[Demand]:
        """A frame has a row: so has each it was made from, and it passes every filter on the way."""
        if isinstance(frame, n.PickOneRowPerPatient):
            new = frame not in known.present
            known.present.add(frame)
            return [*self._some(frame.source, known), *(self.row_in(frame.source, frame) if new else [])]
        if isinstance(frame, n.InlinePatientTable):
            return []
        if frame.domain is None:
            new = frame not in known.present
            self._present(frame, known)
            return _promises(frame, None) if new else []
        new = frame.domain not in known.present
        for each in n.lineage(frame):
            self._present(each.domain, known)
        return self.row_in(frame, frame.domain) if new else []

    def _present(self, frame: Any, known: Known) -> None:
        known.present.add(frame)
        if frame in known.absent:
            raise self._clash(f"a row of `{self.question.name_of(frame)}` is needed where there must be none")

    def _none(self, frame: Any, known: Known) -> None:
        if isinstance(frame, n.PickOneRowPerPatient):
            frame = frame.source
        domain = frame if frame.domain is None else frame.domain
        known.absent.add(domain)
        if domain in known.present:
            raise self._clash(f"a row of `{self.question.name_of(frame)}` is needed where there must be none")

    def row_in(self, frame: n.Frame, row: Any) -> list[Demand]:
        """What must be so for a row to be in a frame."""
        needed = [(condition, row, TRUE) for condition in self.question.conditions_of(frame)]
        return [*needed, *_promises(frame, row)]

    def _check_ranges(self, known: Known) -> None:
        """Compare what is demanded of computed numbers with the range they can have."""
        for (series, row), want in known.wants.items():
            if not isinstance(series, n.Series) or series.value_type is not int or want.missing:
                continue
            low, high = range_of(series, row, known.wants, self.question)
            if not want.and_also(Want(low=low, high=high)).possible:
                span = Want(low=low, high=high)
                raise self._clash(f"{self.question.called(series)} would have to be {want} and {span}")

    def _clash(self, text: str) -> Contradiction:
        self.first = self.first or text
        return Contradiction(text)


def _promises(frame: n.Frame, row: Any) -> list[Demand]:
    """The columns that no row of a frame lacks."""
    promised_columns = (
        name
        for name in frame.schema.names
        if any(isinstance(each, NotNull) for each in frame.schema[name].constraints)
    )
    return [(n.SelectColumn(frame, name), row, Want()) for name in promised_columns]


def key_of(series: n.Series, row: Any) -> Key:
    """What stands for a value: the column of a row, else the series itself."""
    if isinstance(series, n.SelectColumn):
        if series.domain is not None:
            return (series.name, row)
        if isinstance(series.source, n.PickOneRowPerPatient):
            return (series.name, series.source)
    return (series, row if series.domain is not None else None)


def _usual(series: n.Series) -> Want:
    """What is so of a value before anything is demanded."""
    if isinstance(series, n.SelectColumn):
        return promised(series.source.schema[series.name].constraints).or_missing()
    if isinstance(series, COUNTS):
        return Want(low=0)
    if isinstance(series, (n.Exists, n.IsNull)):
        return Want(among=frozenset({True, False}))
    return ANYTHING
