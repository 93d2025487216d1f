"""What the checks say: findings with their place, and one verdict per file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How grave a finding, or a whole file, is; gravest first."""

    BLOCK = "block"  # may not be submitted without an answer
    WARN = "warn"  # the author must answer
    NOT_CHECKED = "not checked"  # could not be read; never the same as passed
    INFO = "info"  # worth knowing
    CLEAR = "clear"  # read, and nothing found

    @property
    def gravity(self) -> int:
        return len(Verdict) - list(Verdict).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One cell: the row as a person counts lines in the file (the header is line 1), and the column's name."""

    line: int
    column: str
    row: int  # position among the data rows, from 0
    index: int  # position of the column, from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check saw.

    `what` is one sentence; `why` says how somebody could learn something from it; `fix` what to do.
    """

    code: str
    verdict: Verdict
    what: str
    why: str
    fix: str
    table: str = ""
    places: tuple[Place, ...] = ()
    value: str = ""

    @property
    def where(self) -> str:
        """The places in words, the first few by name."""
        shown = [f"line {place.line}, `{place.column}`" for place in self.places[:3]]
        more = len(self.places) - len(shown)
        return "; ".join(shown) + (f" and {more} more" if more > 0 else "")

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "verdict": self.verdict.value,
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
            "table": self.table,
            "value": self.value,
            "places": [{"line": place.line, "column": place.column} for place in self.places],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """Everything found in one file. `not_checked` says what could not be read, and why."""

    name: str
    policy_version: str
    findings: tuple[Finding, ...] = ()
    not_checked: str | None = None
    tables: int = 0
    rows: int = 0
    columns: int = 0
    roles: dict[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        verdicts = [finding.verdict for finding in self.findings]
        if self.not_checked:
            verdicts.append(Verdict.NOT_CHECKED)
        return max(verdicts, key=lambda verdict: verdict.gravity, default=Verdict.CLEAR)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "verdict": self.verdict.value,
            "policy": self.policy_version,
            "not_checked": self.not_checked,
            "tables": self.tables,
            "rows": self.rows,
            "columns": self.columns,
            "roles": self.roles,
            "findings": [finding.to_json() for finding in self.findings],
        }
