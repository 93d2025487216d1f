"""SARIF 2.1.0: findings in the form that code hosts and continuous integration show beside files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armslength.disclosure.catalogue import every_about
from armslength.disclosure.report import FileReport, Finding, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Verdict.BLOCK: "error", Verdict.WARN: "warning", Verdict.INFO: "note"}


def to_sarif(reports: Sequence[tuple[str, FileReport]], *, version: str) -> dict[str, Any]:
    """One run with every finding; a file that was not checked is a notification of the run, never silence."""
    rules = [
        {
            "id": about.code,
            "name": about.title,
            "shortDescription": {"text": about.title},
            "fullDescription": {"text": about.stops},
            "help": {"text": f"{about.mend}. Source: {about.source}"},
        }
        for about in every_about()
    ]
    unread = [(name, report.not_checked) for name, report in reports if report.not_checked]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "armslength check-outputs", "version": version, "rules": rules}},
                "results": [
                    _result(name, finding) for name, report in reports for finding in report.findings
                ],
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {
                                "level": "warning",
                                "message": {"text": f"not checked: {reason}"},
                                "locations": [{"physicalLocation": {"artifactLocation": {"uri": name}}}],
                            }
                            for name, reason in unread
                        ],
                    }
                ],
            }
        ],
    }


def _result(name: str, finding: Finding) -> dict[str, Any]:
    lines = [place.line for place in finding.places[:20]] or [1]
    steps = "".join(f" {step}." for step in finding.derivation[:5])
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.verdict],
        "message": {"text": f"{finding.what}: {finding.why}. Fix: {finding.fix}.{steps}"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": name}, "region": {"startLine": max(1, line)}}}
            for line in lines
        ],
        "partialFingerprints": {"armslengthFinding/v1": finding.key},
    }
