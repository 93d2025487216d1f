"""What disclosure control says about a content. The one place where the airlock meets `armslength.disclosure`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from armslength.airlock.features.files.level4 import Content
from armslength.airlock.features.findings.history import earlier_files, history_report
from armslength.airlock.models import Check, FindingAnswer, RequestFile
from armslength.disclosure.check import check_bytes
from armslength.disclosure.policy import DEFAULT

NEEDS_ANSWER = frozenset({"block"})
GRAVITY = ["block", "warn", "not_checked", "info", "clear"]


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """One finding as the pages show it, with its author's answer if there is one."""

    key: str
    code: str
    verdict: str
    what: str
    why: str
    fix: str
    value: str
    places: tuple[tuple[int, str], ...]  # (line, column's name)
    answer: FindingAnswer | None = None

    @property
    def needs_answer(self) -> bool:
        return self.verdict in NEEDS_ANSWER and self.answer is None

    @property
    def where(self) -> str:
        shown = "; ".join(
            f"line {line}, {column}" if column else f"line {line}" for line, column in self.places[:3]
        )
        more = len(self.places) - 3
        return shown + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, kw_only=True)
class ShownReport:
    """What disclosure control says about one content. `not_checked` is never to be read as passed."""

    verdict: str
    findings: tuple[ShownFinding, ...]
    not_checked: str
    policy: str
    history: str = ""  # what a comparison with earlier releases of the workspace covered

    @property
    def counts(self) -> list[tuple[str, int]]:
        found = [finding.verdict for finding in self.findings]
        return [(verdict, found.count(verdict)) for verdict in GRAVITY if verdict in found]

    @property
    def unanswered(self) -> tuple[ShownFinding, ...]:
        return tuple(finding for finding in self.findings if finding.needs_answer)


def check_content(content: Content, *, now: datetime) -> dict[str, Any]:
    """Return the report on a content, from memory when the same bytes were checked by the same rules."""
    suffix = PurePosixPath(content.path).suffix.lower()
    key = {"sha256": content.sha256, "suffix": suffix[:20], "rules": DEFAULT.version}
    known = Check.objects.filter(**key).first()
    if known:
        return dict(known.report)
    report = check_bytes(content.data, name=PurePosixPath(content.path).name).to_json()
    with transaction.atomic():
        Check.objects.get_or_create(**key, defaults={"report": report, "checked_at": now})
    return report


def finding_key(finding: dict[str, Any]) -> str:
    """Return what identifies a finding about a content: the same finding found again has the same key."""
    said = json.dumps(
        [finding["code"], finding["what"], finding.get("table", ""), finding["places"]], sort_keys=True
    )
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def report_on(
    content: Content, *, now: datetime, file: RequestFile | None = None, workspace: str = ""
) -> ShownReport:
    """Return the report on a content; with its author's answers when it is a file of a request.

    It is compared with what the request's workspace, or the one named, released before.
    """
    report = check_content(content, now=now)
    request = file.request if file is not None else None
    earlier = earlier_files(request.workspace if request else workspace, before=request)
    beside = history_report(content, earlier, now=now)
    answers = {}
    if file is not None:
        answers = {answer.finding: answer for answer in file.answers.filter(sha256=content.sha256)}
    findings = [_shown(finding, answers) for finding in [*report["findings"], *beside["findings"]]]
    findings.sort(key=lambda finding: GRAVITY.index(finding.verdict) if finding.verdict in GRAVITY else 0)
    return ShownReport(
        verdict=min([report["verdict"].replace(" ", "_"), *(f.verdict for f in findings)], key=GRAVITY.index),
        findings=tuple(findings),
        not_checked=report.get("not_checked") or "",
        policy=report.get("policy", ""),
        history=beside["coverage"],
    )


def _shown(finding: dict[str, Any], answers: dict[str, FindingAnswer]) -> ShownFinding:
    key = finding_key(finding)
    return ShownFinding(
        key=key,
        code=finding["code"],
        verdict=finding["verdict"].replace(" ", "_"),
        what=finding["what"],
        why=finding.get("why", ""),
        fix=finding.get("fix", ""),
        value=str(finding.get("value", "")),
        places=tuple((place["line"], place.get("column", "")) for place in finding["places"]),
        answer=answers.get(key),
    )
