"""What the checks say: findings with their place, and one verdict per file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
        return _GRAVITY[self]


_GRAVITY = {verdict: len(Verdict) - position for position, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One cell: the row as a person counts lines in the file (the header is line 1), and the column's name."""

    line: int
    column: str
    row: int  # position among the data rows of the table, from 0
    index: int  # position of the column, from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check saw.

    `what` is one sentence; `why` says how somebody could learn something from it; `fix` what to do.
    `derivation` is the reasoning in steps, for people. `places` names the first cells; `cells` is how many
    there are in all. `table` names the table (the file, and which table in it).
    """

    code: str
    verdict: Verdict
    what: str
    why: str
    fix: str
    table: str = ""
    places: tuple[Place, ...] = ()
    value: str = ""
    derivation: tuple[str, ...] = ()
    cells: int = 0
    number: int = 0  # position of the table in its file, from 0

    @property
    def where(self) -> str:
        """The places in words, the first few by name."""
        shown = [
            f"line {place.line}, `{place.column}`" if place.column else f"line {place.line}"
            for place in self.places[:3]
        ]
        more = max(self.cells, len(self.places)) - len(shown)
        return "; ".join(shown) + (f" and {more} more" if more > 0 else "")

    @property
    def key(self) -> str:
        """A stable name: the same finding about the same cells has the same key wherever it is found."""
        said = [self.code, self.table, *(f"{place.line}/{place.column}" for place in self.places[:50])]
        return hashlib.sha256(
            "\x1f".join([*said, self.what if not self.places else ""]).encode()
        ).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "key": self.key,
            "verdict": self.verdict.value,
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
            "table": self.table,
            "value": self.value,
            "derivation": list(self.derivation),
            "cells": max(self.cells, len(self.places)),
            "places": [{"line": place.line, "column": place.column} for place in self.places],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRun:
    """A check that could not run, and what it needs: never the same as one that found nothing."""

    code: str
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """Everything found in one file. `not_checked` says what could not be read, and why.

    `not_run` are the checks that need more than the file, and did not get it.
    `rows` and `columns` are those of the largest table; `roles` says what its columns show. `evidence` is what
    speaks for the file, such as claims that were verified; it changes no verdict.
    """

    name: str
    policy_version: str
    findings: tuple[Finding, ...] = ()
    not_checked: str | None = None
    not_run: tuple[NotRun, ...] = ()
    tables: int = 0
    rows: int = 0
    columns: int = 0
    roles: dict[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()

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
            "not_run": [{"code": check.code, "needs": check.needs} for check in self.not_run],
            "tables": self.tables,
            "rows": self.rows,
            "columns": self.columns,
            "roles": self.roles,
            "evidence": list(self.evidence),
            "findings": [finding.to_json() for finding in self.findings],
        }

    def with_findings(self, more: Iterable[Finding]) -> FileReport:
        """The same report with more findings, gravest first."""
        found = sorted((*self.findings, *more), key=lambda finding: -finding.verdict.gravity)
        return replace(self, findings=tuple(found))
