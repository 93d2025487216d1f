"""Files together: figures without their data, files twice, types that may not leave."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from armslength.disclosure.check import Examination
from armslength.disclosure.names import vocabulary
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict

Examined = tuple[str, Examination]
_FIGURES = frozenset({".png", ".jpg", ".jpeg", ".svg", ".svgz"})
_TABLES = frozenset({".csv", ".tsv", ".psv", ".json"})
_STEM_PARTS = re.compile(r"[^a-z0-9]+")
_NOISE = vocabulary("plot figure fig chart graph table data csv rounded redacted midpoint6 output")


def with_set_findings(examined: Sequence[Examined], *, policy: DisclosurePolicy) -> list[Examined]:
    """Add to each file's report what only the files together tell (F3, F10)."""
    found: dict[int, list[Finding]] = defaultdict(list)
    for position, finding in [*_lonely_figures(examined), *_twins(examined)]:
        judged = policy.judge(finding, file=examined[position][1].report.name)
        if judged is not None:
            found[position].append(judged)
    return [
        (name, _with(examination, found[position])) for position, (name, examination) in enumerate(examined)
    ]


def _with(examination: Examination, more: list[Finding]) -> Examination:
    if not more:
        return examination
    findings = sorted((*examination.report.findings, *more), key=lambda finding: -finding.verdict.gravity)
    return replace(examination, report=replace(examination.report, findings=tuple(findings)))


def _lonely_figures(examined: Sequence[Examined]) -> Iterator[tuple[int, Finding]]:
    """F3: a figure with no table that shares a word of its name."""
    if len(examined) < 2:
        return  # one file by itself may have its data elsewhere
    tables = [_words(name) for name, _ in examined if PurePath(name).suffix.lower() in _TABLES]
    for position, (name, examination) in enumerate(examined):
        if PurePath(name).suffix.lower() in _FIGURES and not any(_words(name) & words for words in tables):
            yield (
                position,
                Finding(
                    code="F3",
                    verdict=Verdict.WARN,
                    what="no table beside this figure seems to hold its data",
                    why="a figure is judged by the counts under it",
                    fix="save the rounded, redacted data of the figure under the same name",
                    table=examination.report.name,
                ),
            )


def _words(name: str) -> set[str]:
    return {part for part in _STEM_PARTS.split(PurePath(name).stem.lower()) if len(part) > 2} - _NOISE


def _twins(examined: Sequence[Examined]) -> Iterator[tuple[int, Finding]]:
    """F10: files whose tables hold the same cells."""
    first: dict[str, str] = {}
    for position, (name, examination) in enumerate(examined):
        if not examination.subjects:
            continue
        digest = hashlib.sha256()
        for subject in examination.subjects:
            digest.update(repr(subject.table.header).encode())
            for row in subject.table.rows:
                digest.update("\x1f".join([cell.raw for cell in row]).encode("utf-8", "surrogatepass"))
        key = digest.hexdigest()
        if key in first:
            yield (
                position,
                Finding(
                    code="F10",
                    verdict=Verdict.INFO,
                    what=f"it holds the same cells as `{first[key]}`",
                    why="what is the same need not be looked at twice",
                    fix="leave one of them out",
                    table=examination.report.name,
                ),
            )
        first.setdefault(key, name)
