"""Questions for tutorials: a script compares an answer with what is expected, on tables of people who do not exist."""

from __future__ import annotations

import sys
from collections import Counter, UserDict
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from armslength.query.language.dataset import Dataset
from armslength.query.language.frames import BaseFrame
from armslength.query.language.operands import is_series
from armslength.query.language.series import DateDifference
from armslength.query.loading.dummy_rows import ROW_ID
from armslength.query.loading.showing import shown
from armslength.query.model import nodes as n
from armslength.query.model.picks import tie_breaks
from armslength.query.model.reference import look_at_one_patient

NO_ANSWER: Any = ...
ONE = "value"  # what `show()` calls the only column of a series
ADVICE = "`show(…)` prints what a table, series or dataset holds."


class Result(Enum):
    """What became of a question."""

    CORRECT = "Correct"
    INCORRECT = "Incorrect"
    UNANSWERED = "Not answered"


class Question:
    """One question. Set `expected` to the right answer, and `hint_text` to what `hint()` should say."""

    def __init__(self, prompt: str, *, hint_text: str = "") -> None:
        self.prompt = prompt
        self.hint_text = hint_text
        self.expected: Any = None
        self.index: int | None = None
        self.tables: Path | None = None  # None: the example data
        self.result = Result.UNANSWERED

    def check(self, answer: Any = NO_ANSWER) -> str:
        """Say on stderr whether an answer is right and what first differs; return what was said."""
        name = "Question" if self.index is None else f"Question {self.index}"
        if answer is NO_ANSWER:
            self.result, said = Result.UNANSWERED, "Skipped."
        else:
            difference = first_difference(answer, self.expected, self.tables)
            self.result = Result.CORRECT if difference is None else Result.INCORRECT
            said = "Correct!" if difference is None else f"Incorrect answer. {difference}"
        sys.stderr.write(f"{name}\n{said}\n\n")
        return said

    def hint(self) -> None:
        """Print the hint on stderr."""
        sys.stderr.write("\n".join(filter(None, (self.hint_text, ADVICE))) + "\n\n")


class Questions(UserDict[int, Question]):
    """Questions by number, asked of the same tables."""

    def __init__(self) -> None:
        self._tables: Path | None = None
        super().__init__()

    def __setitem__(self, index: int, question: Question) -> None:
        question.index, question.tables = index, self._tables
        super().__setitem__(index, question)

    def set_dummy_tables_path(self, path: str | Path) -> None:
        """Ask every question of the tables in a folder."""
        self._tables = Path(path)
        for question in self.values():
            question.tables = self._tables

    def summarise(self) -> None:
        """Print on stderr how many were answered rightly, wrongly, and not at all."""
        counts = Counter(question.result for question in self.values())
        lines = [f"{result.value}: {counts[result]}" for result in Result]
        sys.stderr.write("\n".join(("Summary of your results", *lines)) + "\n\n")


# --- comparing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """What an answer holds: rows of each patient, and the row of somebody who is in no table (None: no row)."""

    columns: tuple[str, ...]
    patients: dict[int, list[tuple[Any, ...]]]
    default: tuple[Any, ...] | None = field(default=None)


def first_difference(answer: Any, expected: Any, folder: Path | None) -> str | None:
    """Return in words the first thing in which an answer differs from what is expected, None when it is right."""
    if (found := kind_of(answer)) != (wanted := kind_of(expected)):
        return f"Expected {wanted}, got {found} instead."
    if isinstance(answer, Dataset) and not answer._variables and answer._population is None:
        return "The dataset is empty."
    one, other = _rows(answer, folder), _rows(expected, folder)
    return _of_columns(one, other) or _of_patients(one, other) or _of_values(one, other)


def kind_of(thing: Any) -> str:
    """What a person calls a thing that a question can be answered with, and what cannot."""
    if isinstance(thing, Dataset):
        return "a dataset"
    if isinstance(thing, BaseFrame):
        return f"a table with {_many(thing._node)}"
    if isinstance(thing, DateDifference):
        return f"a duration with {_many(thing.days._node).replace('row', 'value')}"
    if is_series(thing):
        return f"a series of type {thing._node.value_type.__name__} with {_many(thing._node).replace('row', 'value')}"
    if callable(thing):
        return f"`{getattr(thing, '__name__', thing)}`, a method that was not called: missing `()`"
    return f"a value of type {type(thing).__name__}"


def _many(node: Any) -> str:
    return "one row per patient" if node.domain is None else "many rows per patient"


def _rows(thing: Any, folder: Path | None) -> Rows:
    table = shown((thing,), folder)
    kept = [number for number, name in enumerate(table.columns) if name not in ("patient_id", ROW_ID)]
    patients: dict[int, list[tuple[Any, ...]]] = {}
    for row in table.rows:
        patients.setdefault(row[0], []).append(tuple(row[number] for number in kept))
    return Rows(tuple(table.columns[number] for number in kept), patients, _default(thing))


def _default(thing: Any) -> tuple[Any, ...] | None:
    """What a patient-level series is for somebody of whom nothing is recorded."""
    if isinstance(thing, (Dataset, BaseFrame, DateDifference)) or thing._node.domain is not None:
        return None
    node = thing._node
    nothing: dict[n.Frame, Any] = {table: [] for table in n.tables_of(node)}
    return (look_at_one_patient(n.walk(node), nothing, tie_breaks(node))[node],)


def _of_columns(answer: Rows, expected: Rows) -> str | None:
    for words, these, others in (("Missing", expected, answer), ("Extra", answer, expected)):
        if names := [name for name in these.columns if name not in others.columns]:
            return f"{words} column(s): {', '.join(names)}."
    return None


def _of_patients(answer: Rows, expected: Rows) -> str | None:
    if expected.default is not None:
        return None  # whoever is not in a table has the default
    for words, these, others in (("Missing", expected, answer), ("Extra", answer, expected)):
        if patients := sorted(set(these.patients) - set(others.patients)):
            more = ", …" if len(patients) > 5 else ""
            return f"{words} patient(s): {', '.join(map(str, patients[:5]))}{more}."
    return None


def _of_values(answer: Rows, expected: Rows) -> str | None:
    order = [answer.columns.index(name) for name in expected.columns]
    for patient in sorted(set(answer.patients) | set(expected.patients)):
        wanted = expected.patients.get(patient, [expected.default or ()])
        found = answer.patients.get(patient)
        rows = [tuple(row[place] for place in order) for row in found] if found else [answer.default or ()]
        missing, extra = Counter(wanted) - Counter(rows), Counter(rows) - Counter(wanted)
        if len(rows) != len(wanted):
            words, count = (
                ("Missing", len(wanted) - len(rows)) if missing else ("Extra", len(rows) - len(wanted))
            )
            return f"{words} row(s) of patient {patient}: {abs(count)}."
        if missing:
            one, other = next(iter(extra)), next(iter(missing))
            place = next(number for number in range(len(one)) if one[number] != other[number])
            column = expected.columns[place]
            told = f"{column if column == ONE else f'`{column}`'} of patient {patient}"
            return f"Incorrect {told}: expected {_text(other[place])}, got {_text(one[place])} instead."
    if answer.default != expected.default:
        one, other = (each.default or (None,) for each in (answer, expected))
        return f"Incorrect value for patients without records: expected {_text(other[0])}, got {_text(one[0])} instead."
    return None


def _text(value: Any) -> str:
    return "nothing" if value is None else str(value)
