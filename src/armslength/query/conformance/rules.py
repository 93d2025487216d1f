"""What is checked of a table: each rule as a condition on rows, or as a number worked out of them, in SQL."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from armslength.query.conformance.verdict import Kind, Status
from armslength.query.engines.compile.scope import quoted
from armslength.query.model import constraints as c
from armslength.query.model.codes import BaseCode, BaseMultiCodeString
from armslength.query.model.schema import Column

HELD, PATIENT = "held", "patient_id"
BORN, DIED, KNOWN = "armslength_born", "armslength_died", "armslength_known"
# The day that stands for a day nobody knows, as contracts say.
UNKNOWN_DAY = datetime.date(1900, 1, 1)
# A period may end, and an appointment may be, on a day to come.
MAY_LIE_AHEAD = re.compile(r"(end|due|target|planned|expected|booked|seen|start)_?(date)?$|end_date")
PLAINLY_SOON = re.compile(r"^date$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """From which share of rows a rule that is broken is warned about, and from which it fails. None: never."""

    warns: float | None = 0.0
    fails: float | None = 0.0

    def judge(self, broken: int, rows: int) -> Status:
        """Return what becomes of a check.

        >>> Severity(fails=0.01).judge(1, 50), Severity(fails=0.01).judge(1, 500)
        (<Status.FAILED: 'failed'>, <Status.WARNED: 'warned'>)
        """
        of = broken / rows if rows else 0.0
        if broken and self.fails is not None and of > self.fails:
            return Status.FAILED
        return Status.WARNED if broken and self.warns is not None and of > self.warns else Status.PASSED


# A promise fails with the first row that breaks it; what real records always hold a little of is warned about first.
SEVERITIES: Mapping[Kind, Severity] = {
    Kind.CONSTRAINT: Severity(),
    Kind.PATIENT: Severity(),
    Kind.CODE_FORMAT: Severity(fails=0.01),
    Kind.DUPLICATES: Severity(fails=0.10),
    Kind.ORPHANS: Severity(fails=0.01),
    Kind.IMPOSSIBLE_DATE: Severity(fails=0.10),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that is counted: `broken` is an aggregate over the rows called `held`."""

    kind: Kind
    column: str | None
    words: str
    broken: exp.Expr


def counted(condition: exp.Expr) -> exp.Expr:
    """Return an aggregate that counts rows for which a condition is true, 0 for no rows."""
    one = exp.Case(ifs=[exp.If(this=condition, true=exp.Literal.number(1))], default=exp.Literal.number(0))
    return exp.func("COALESCE", exp.Sum(this=one), exp.Literal.number(0))


def held(name: str) -> exp.Column:
    """Refer to a column of the rows that are checked."""
    return quoted(name, HELD)


def is_missing(name: str) -> exp.Expr:
    """Return the condition that a value is missing."""
    return exp.Is(this=held(name), expression=exp.Null())


def fits(column: exp.Expr, pattern: str) -> exp.Expr:
    """Return the condition that a whole text fits a pattern."""
    return exp.RegexpLike(this=column, expression=exp.Literal.string(f"^(?:{pattern})$"))


def column_rules(name: str, column: Column, *, as_of: datetime.date, in_patients: bool) -> Iterator[Rule]:
    """Yield the rules of a column whose type is as promised. `in_patients`: the table is that of all people."""
    for constraint in column.constraints:
        for condition, words in _broken(name, constraint):
            yield Rule(kind=Kind.CONSTRAINT, column=name, words=words, broken=condition)
    if issubclass(column.type, BaseCode):
        words = f"every value has the form of a {column.type.system} code"
        wrong = exp.Not(this=fits(held(name), column.type.pattern.pattern))
        yield Rule(kind=Kind.CODE_FORMAT, column=name, words=words, broken=counted(wrong))
    if issubclass(column.type, BaseMultiCodeString):
        words = f"every value holds {column.type.system} and nothing else"
        wrong = exp.Not(this=fits(held(name), r"[A-Z0-9|, ]*"))
        yield Rule(kind=Kind.CODE_FORMAT, column=name, words=words, broken=counted(wrong))
    if column.type is datetime.date:
        yield from _date_rules(name, as_of=as_of, in_patients=in_patients)


def _broken(name: str, constraint: c.AnyConstraint) -> Iterator[tuple[exp.Expr, str]]:
    """Yield the count of rows that break a promise, with the promise in words. A missing value breaks only NotNull."""
    value, words = held(name), constraint.description
    words = words[:1].lower() + words[1:]
    match constraint:
        case c.NotNull():
            yield counted(is_missing(name)), words
        case c.Categorical(values=values):
            known = [exp.convert(each) for each in values if each is not None]
            if known:
                yield counted(exp.Not(this=exp.In(this=value, expressions=known))), words
        case c.Unique():
            different = exp.Count(this=exp.Distinct(expressions=[value.copy()]))
            yield exp.Sub(this=exp.Count(this=value), expression=different), words
        case c.FirstOfMonth():
            day = exp.Extract(this=exp.var("DAY"), expression=value)
            yield counted(exp.NEQ(this=day, expression=exp.Literal.number(1))), words
        case c.Regex(regex=regex):
            yield counted(exp.Not(this=fits(value, regex))), words
        case c.ClosedRange(minimum=minimum, maximum=maximum, step=step):
            tests = [
                exp.LT(this=value, expression=_literal(minimum)),
                exp.GT(this=value.copy(), expression=_literal(maximum)),
            ]
            if step != 1:
                steps = exp.Paren(this=exp.Sub(this=value.copy(), expression=_literal(minimum)))
                rest = exp.Mod(this=steps, expression=_literal(step))
                tests.append(exp.NEQ(this=rest, expression=exp.Literal.number(0)))
            yield counted(either(tests)), words
        case c.GeneralRange():
            yield counted(either(list(_outside(value, constraint)))), words
        case c.DateAfter(column_names=earlier):
            later = [exp.LT(this=value.copy(), expression=held(each)) for each in earlier]
            yield counted(either(later)), words


def _outside(value: exp.Expr, bounds: c.GeneralRange) -> Iterator[exp.Expr]:
    if bounds.minimum is not None:
        below = exp.LT if bounds.includes_minimum else exp.LTE
        yield below(this=value.copy(), expression=_literal(bounds.minimum))
    if bounds.maximum is not None:
        above = exp.GT if bounds.includes_maximum else exp.GTE
        yield above(this=value.copy(), expression=_literal(bounds.maximum))


def _date_rules(name: str, *, as_of: datetime.date, in_patients: bool) -> Iterator[Rule]:
    value = held(name)
    if PLAINLY_SOON.search(name) or not MAY_LIE_AHEAD.search(name):
        ahead = exp.GT(this=value, expression=_literal(as_of))
        words = "no day lies in the future"
        yield Rule(kind=Kind.IMPOSSIBLE_DATE, column=name, words=words, broken=counted(ahead))
    if in_patients and name == "date_of_birth":
        return
    early = exp.LT(this=value.copy(), expression=held(BORN))
    real = exp.NEQ(this=value.copy(), expression=_literal(UNKNOWN_DAY))
    before = exp.And(this=early, expression=real)
    yield Rule(
        kind=Kind.IMPOSSIBLE_DATE,
        column=name,
        words="no day is before the person was born",
        broken=counted(before),
    )
    if not in_patients and PLAINLY_SOON.search(name):
        after = exp.GT(this=value.copy(), expression=held(DIED))
        words = "no day is after the person died"
        yield Rule(kind=Kind.IMPOSSIBLE_DATE, column=name, words=words, broken=counted(after))


def table_rules(*, one_row_each: bool, row_key: exp.Expr | None, knows_people: bool) -> Iterator[Rule]:
    """Yield the rules of a table as a whole."""
    words = "every row belongs to somebody"
    yield Rule(kind=Kind.PATIENT, column=None, words=words, broken=counted(is_missing(PATIENT)))
    if one_row_each:
        different = exp.Count(this=exp.Distinct(expressions=[held(PATIENT)]))
        twice = exp.Sub(this=exp.Count(this=held(PATIENT)), expression=different)
        yield Rule(kind=Kind.PATIENT, column=None, words="nobody has more than one row", broken=twice)
    elif row_key is not None:
        different = exp.Count(this=exp.Distinct(expressions=[row_key]))
        same = exp.Sub(this=exp.Count(this=exp.Star()), expression=different)
        yield Rule(kind=Kind.DUPLICATES, column=None, words="no row is there twice", broken=same)
    if knows_people:
        nobody = exp.And(this=exp.Not(this=is_missing(PATIENT)), expression=is_missing(KNOWN))
        words = "everybody with a row is among the patients"
        yield Rule(kind=Kind.ORPHANS, column=None, words=words, broken=counted(nobody))


def either(tests: Sequence[exp.Expr]) -> exp.Expr:
    """Join conditions of which one is enough."""
    joined: exp.Expr = exp.false()
    for test in tests:
        joined = exp.Or(this=joined, expression=test)
    return joined


def _literal(value: object) -> exp.Expr:
    if isinstance(value, datetime.date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=exp.DataType.build("DATE"))
    return exp.convert(value)
