"""Check a file: read its tables, run every check, say what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from armslength.disclosure.attack.findings import undecided
from armslength.disclosure.catalogue import DOCUMENT_CHECKS, TABLE_CHECKS
from armslength.disclosure.checks import kind_of_file
from armslength.disclosure.extract.reading import read_document
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.disclosure.report import FileReport, Finding
from armslength.disclosure.roles import roles_of
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document, Table, Unreadable


@dataclass(frozen=True, kw_only=True)
class Examination:
    """A file read and checked: its report, and what the report was made from."""

    report: FileReport
    document: Document | None = None
    subjects: tuple[Subject, ...] = ()


def check_file(path: Path, *, policy: DisclosurePolicy = DEFAULT) -> FileReport:
    """Check one file on disk. A file that is too large or cannot be read is `not checked`, never clear.

    Raises OSError when the file cannot be opened.
    """
    return examine_file(path, policy=policy).report


def check_bytes(data: bytes, *, name: str, policy: DisclosurePolicy = DEFAULT) -> FileReport:
    """Check the content of one file; `name` tells its kind by the suffix."""
    return examine(data, name=name, policy=policy).report


def examine_file(path: Path, *, policy: DisclosurePolicy = DEFAULT) -> Examination:
    """Read and check one file on disk, keeping what was read. Raises OSError when it cannot be opened."""
    with path.open("rb") as file:
        data = file.read(policy.maximum_bytes + 1)
    return examine(data, name=path.name, policy=policy)


def examine(data: bytes, *, name: str, policy: DisclosurePolicy = DEFAULT) -> Examination:
    """Read and check the content of one file, keeping what was read."""
    judged = (policy.judge(finding, file=name) for finding in kind_of_file.find(name, len(data), policy))
    found = [finding for finding in judged if finding is not None]
    try:
        document = read_document(data, name=name, policy=policy)
    except Unreadable as reason:
        report = FileReport(
            name=name, policy_version=policy.version, findings=tuple(found), not_checked=str(reason)
        )
        return Examination(report=report)
    return _with_findings(examine_document(document, policy=policy), found)


def _with_findings(examination: Examination, more: list[Finding]) -> Examination:
    if not more:
        return examination
    found = sorted((*more, *examination.report.findings), key=lambda finding: -finding.verdict.gravity)
    return replace(examination, report=replace(examination.report, findings=tuple(found)))


def examine_document(document: Document, *, policy: DisclosurePolicy = DEFAULT) -> Examination:
    """Run every check over a document that was read."""
    subjects = tuple(Subject(table=table, roles=roles_of(table), policy=policy) for table in document.tables)
    found: list[Finding] = []
    unread = list(document.unread)
    for subject in subjects:
        found += [finding for check in TABLE_CHECKS for finding in check.find(subject)]
        # What a budget cut short is not checked, whatever was found before that.
        unread += filter(None, [undecided(subject)])
    for look in DOCUMENT_CHECKS:
        found += look.find(document, subjects, policy)
    return Examination(
        report=_report(document, subjects, found, unread, policy), document=document, subjects=subjects
    )


def check_table(table: Table, *, policy: DisclosurePolicy = DEFAULT) -> FileReport:
    """Run every check over one table."""
    return examine_document(Document(name=table.name, tables=(table,)), policy=policy).report


def _report(
    document: Document,
    subjects: tuple[Subject, ...],
    found: list[Finding],
    unread: list[str],
    policy: DisclosurePolicy,
) -> FileReport:
    judged = [policy.judge(finding, file=document.name) for finding in found]
    kept = [finding for finding in judged if finding is not None]
    largest = max(subjects, key=lambda subject: len(subject.table.rows) * len(subject.roles), default=None)
    return FileReport(
        name=document.name,
        policy_version=policy.version,
        findings=tuple(sorted(kept, key=lambda finding: -finding.verdict.gravity)),
        not_checked="; ".join(unread) or None,
        tables=len(subjects),
        rows=len(largest.table.rows) if largest else 0,
        columns=len(largest.table.header) if largest else 0,
        roles={}
        if largest is None
        else {
            name: column.role.value for name, column in zip(largest.table.header, largest.roles, strict=True)
        },
    )
