"""The verdict on a database, as a versioned message: every check, and what was found of every table.

No count in it is below the threshold of the disclosure policy, and all are rounded: it may be shown to researchers.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from armslength.disclosure.policy import DEFAULT
from armslength.disclosure.study.counts import rate, round_counts
from armslength.kernel.errors import Mistake
from armslength.wire.message import Message, Moment

VERSION: Literal[1] = 1
THRESHOLD = DEFAULT.threshold


class Status(StrEnum):
    """What became of a check, the gravest last."""

    PASSED = "passed"
    SKIPPED = "skipped"  # it could not be looked at; the words say why
    WARNED = "warned"
    FAILED = "failed"

    @property
    def gravity(self) -> int:
        return list(Status).index(self)


class Kind(StrEnum):
    """What a check is about."""

    PRESENCE = "presence"
    TYPE = "type"
    CONSTRAINT = "constraint"
    CODE_FORMAT = "code format"
    PATIENT = "patient"  # one row for each, none without an id
    DUPLICATES = "duplicates"
    ORPHANS = "orphans"
    IMPOSSIBLE_DATE = "impossible date"
    FRESHNESS = "freshness"
    DRIFT = "drift"


class Check(Message):
    """One check. `broken` is how many rows break it: None where they are few, or where rows are not what is counted."""

    table: str
    column: str | None
    kind: Kind
    words: str
    status: Status
    broken: int | None = None
    few: bool = False  # there are some, no more than the threshold
    share: float | None = None

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


class Bar(Message):
    """One value of a distribution and its rows, rounded."""

    label: str
    rows: int


class Shape(StrEnum):
    """What the values of a distribution are."""

    MONTHS = "months"
    CATEGORIES = "categories"
    CODES = "codes"
    NUMBERS = "numbers"


class Distribution(Message):
    """How often each value of a column occurs. `others` are rows with a value that is rare or not among the first."""

    column: str
    shape: Shape
    bars: tuple[Bar, ...]
    others: int = 0


class ColumnFound(Message):
    """A column as it was found. `missing` is a share of the rows, None where it cannot be shown."""

    name: str
    promised: str
    found: str
    missing: float | None = None


class TableFound(Message):
    """A table as it was found. `rows` is None where there are few. `latest` is the newest month on record."""

    table: str
    also: tuple[str, ...] = ()  # other contracts under whose names the same rows are offered
    rows: int | None
    columns: tuple[ColumnFound, ...]
    latest: str | None = None
    distributions: tuple[Distribution, ...] = ()


class Verdict(Message):
    """All that was found of a database."""

    format: Literal["armslength.conformance"] = "armslength.conformance"
    version: Literal[1] = VERSION
    backend: str
    made_at: Moment
    as_of: datetime.date
    held_back: tuple[str, ...] = ()
    checks: tuple[Check, ...]
    tables: tuple[TableFound, ...]

    @property
    def status(self) -> Status:
        """The gravest status of any check; what was skipped does not count."""
        told = [each.status for each in self.checks if each.status is not Status.SKIPPED]
        return max(told, key=lambda status: status.gravity, default=Status.PASSED)

    def with_status(self, status: Status) -> Iterator[Check]:
        """Yield the checks that ended so."""
        return (each for each in self.checks if each.status is status)


def shown(count: int) -> int | None:
    """Round a count as the policy says; None for few.

    >>> shown(0), shown(7), shown(13)
    (0, None, 15)
    """
    rounded = round_counts(count, threshold=THRESHOLD)
    return rounded if isinstance(rounded, int) else None


def share(part: int, whole: int) -> float | None:
    """Return a share that tells no small number, None where there is none.

    >>> share(0, 1000), share(500, 1000), share(3, 1000)
    (0.0, 0.5, None)
    """
    return rate(part, whole, threshold=THRESHOLD)


def read_verdict(path: Path) -> Verdict:
    """Read a verdict from its file. Raises Mistake Q290."""
    hint = "make it with `armslength contracts check … --json FILE`"
    try:
        return Verdict.model_validate_json(path.read_bytes())
    except OSError as error:
        what = f"the verdict cannot be read: {error.strerror or error}"
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole file"
        what = f"this is not a verdict of version {VERSION}: {field}: {first['msg']}"
    raise Mistake("Q290", what, where=str(path), hint=hint)
