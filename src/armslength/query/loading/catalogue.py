"""The classes of mistakes in a definition: a code each, how one is recognised, and the fix when the message has none.

Recognition is by what the language says, in order: the first entry that fits speaks. A test holds programs for
every class and fails when a message no longer leads to its code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeClass:
    """One class: the errors it covers by kind (any when empty) and message, and what usually repairs it."""

    code: str
    message: str
    kinds: tuple[str, ...] = ()
    fix: str | None = None

    def covers(self, kind: str, message: str) -> bool:
        return (not self.kinds or kind in self.kinds) and re.search(self.message, message, re.S) is not None


def class_of(error: BaseException) -> MistakeClass | None:
    """Return the class of an error that a definition raised, or None for errors of its own."""
    kind = type(error).__name__
    try:
        message = str(error)
    except Exception:  # the study's own class may fail at anything
        return None
    return next((each for each in CATALOGUE if each.covers(kind, message)), None)


SERIES = r"'\w*(Patient|Event)Series'"
DURATION = r"'(days|weeks|months|years)'"

CATALOGUE: tuple[MistakeClass, ...] = (
    MistakeClass(
        code="Q230",
        kinds=("FileValidationError",),
        message="",
        fix="make the file as the definition describes it, or describe it as it is",
    ),
    MistakeClass(
        code="Q231",
        kinds=("CodelistError",),
        message="",
        fix="paths count from the study's folder; look at the file's first line for the names of its columns",
    ),
    MistakeClass(code="Q232", kinds=("ParameterError",), message=""),
    MistakeClass(code="Q201", message="has no single truth value"),
    MistakeClass(
        code="Q226",
        message=rf"unsupported operand.*({DURATION}|'Date\w+Series')|takes a whole number",
        fix="write one duration, as in `date + months(3)`: units cannot be mixed, nor durations multiplied",
    ),
    MistakeClass(code="Q202", message=r"unsupported operand type\(s\) for [&|]|bad operand type for unary ~"),
    MistakeClass(
        code="Q221",
        message="^invalid variable",
        fix="give it one value per patient: a column of a patient table, an aggregate, or a column of a picked row",
    ),
    MistakeClass(code="Q204", message="note the trailing comma", fix="take the comma away from the end"),
    MistakeClass(
        code="Q223",
        message="`INTERVAL`",
        fix="write a date; people are chosen anew for each interval only in measures",
    ),
    MistakeClass(
        code="Q223",
        message=r"the population|a population",
        fix='give a condition, for example `patients.age_on("2024-01-31") >= 18`',
    ),
    MistakeClass(
        code="Q224",
        message="event table|Columns of other rows|is always a column",
        fix="give it a name of its own and columns of one event table",
    ),
    MistakeClass(
        code="Q222",
        kinds=("AttributeError",),
        message="`population` cannot|is already|is not allowed|names start with",
        fix="choose another name",
    ),
    MistakeClass(
        code="Q222",
        kinds=("AttributeError",),
        message="has been added",
        fix="look for a typing error: it must be the name of a variable defined further up",
    ),
    MistakeClass(code="Q205", message="whole table"),
    MistakeClass(code="Q206", message="mentioned but not called"),
    MistakeClass(
        code="Q225",
        message=r"numerator|denominator|group_by|^group |a group|interval|measure|`defaults|^defaults",
        kinds=("Error",),
        fix="`measures.define_measure(…)` takes a name, `numerator`, `denominator`, `group_by` and `intervals`",
    ),
    MistakeClass(
        code="Q225",
        message="`numerator`|`denominator`|^group `",
        fix="a condition such as `events.exists_for_patient()`, or a count, has one value per patient",
    ),
    MistakeClass(
        code="Q227",
        message=r"(starting_on|ending_on)\(\)` needs",
        fix='intervals are the same for every patient: write `months(12).starting_on("2024-01-01")`',
    ),
    MistakeClass(
        code="Q228", message="maximum_gap", fix="write `.count_episodes_for_patient(days(14))`, with a number"
    ),
    MistakeClass(code="Q203", message="needs a condition that is true or false"),
    MistakeClass(
        code="Q220",
        message=r"`case\(\)`|`when\(\)`|duplicate condition|mapping",
        fix="give each case its own",
    ),
    MistakeClass(code="Q207", message="is not complete"),
    MistakeClass(
        code="Q219",
        message="string of many codes|contains_any_of|string that begins a valid",
        fix="write codes as the classification does, without a dot: `A011`, or the beginning `A01`",
    ),
    MistakeClass(code="Q209", message="different event rows|about other rows|value of other rows"),
    MistakeClass(
        code="Q210",
        message="sort by a constant|column to sort by",
        fix="name columns of the rows being sorted: `events.sort_by(events.date)`",
    ),
    MistakeClass(code="Q211", message="sort by the name"),
    MistakeClass(
        code="Q212", message="orderable type", fix="turn true and false into 1 and 0 with `.as_int()`"
    ),
    MistakeClass(code="Q214", message="`is_in` needs an event series"),
    MistakeClass(
        code="Q213",
        message="`is_in` expects a list|expected a list of",
        fix="write the values in square brackets, all of the type of the series: `.is_in([1, 2])`",
    ),
    MistakeClass(code="Q215", message=r"`abs\(\)`"),
    MistakeClass(
        code="Q216",
        message=rf"unhashable type: {SERIES}",
        fix="use names as keys, or a list of pairs: `==` between series makes a new series, so a dict cannot find one",
    ),
    MistakeClass(
        code="Q217",
        kinds=("ValueError",),
        message=r"^dates are written|in '\d{4}-\d\d-\d\d'$",
        fix='write year, month and day with zeros: "2024-01-31"',
    ),
    MistakeClass(
        code="Q218",
        kinds=("ValueError",),
        message=r"^Invalid \w+Code",
        fix="look for a typing error, a code of another system, or a code that a spreadsheet has changed",
    ),
    MistakeClass(
        code="Q229",
        message=r"must derive from|cannot be declared|a column cannot be|an inline row|only class inside|_meta`",
        fix="a table is a class of `Series(type)` columns; types are bool, int, float, str, datetime.date and codes",
    ),
    MistakeClass(
        code="Q208",
        kinds=("TypeError",),
        message="not a valid ehrQL type: (?!datetime)|`None` cannot be used",
        fix="compare with a value of the series' type or another series; several values go into `.is_in([…])`",
    ),
    MistakeClass(
        code="Q203",
        kinds=("TypeError",),
        message=rf"expected .* but got|not supported between instances|a moment|unsupported operand.*{SERIES}",
        fix="both sides must be of one type: `.as_int()` and `.as_float()` turn numbers into each other, "
        'dates are written "2024-01-31"',
    ),
)
