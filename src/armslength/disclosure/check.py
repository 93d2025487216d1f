"""Check a file: read its tables, run every check, say what could not be read."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from armslength.disclosure.checks import (
    identifier_columns,
    record_level,
    small_counts,
    small_parts,
    uneven_rows,
    unrounded_counts,
)
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.disclosure.report import FileReport, Finding
from armslength.disclosure.roles import roles_of
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Table, Unreadable, decode, read_delimited, read_records
from armslength.disclosure.text import find_in_text

# Every check, in the order its findings are told.
CHECKS = (identifier_columns, record_level, small_counts, small_parts, unrounded_counts, uneven_rows)

_DELIMITED = frozenset({".csv", ".tsv", ".psv"})
_TEXT = frozenset({".txt", ".log", ".md", ".html", ".svg"})


def check_file(path: Path, *, policy: DisclosurePolicy = DEFAULT) -> FileReport:
    """Check one file on disk. A file that is too large or cannot be read is `not checked`, never clear.

    Raises OSError when the file cannot be opened.
    """
    size = path.stat().st_size
    if size > policy.maximum_bytes:
        return _not_checked(path.name, policy, f"it is larger than {policy.maximum_bytes / 2**20:.0f} MiB")
    return check_bytes(path.read_bytes(), name=path.name, policy=policy)


def check_bytes(data: bytes, *, name: str, policy: DisclosurePolicy = DEFAULT) -> FileReport:
    """Check the content of one file; `name` tells its kind by the suffix."""
    suffix = PurePosixPath(name).suffix.lower()
    if len(data) > policy.maximum_bytes:
        return _not_checked(name, policy, f"it is larger than {policy.maximum_bytes / 2**20:.0f} MiB")
    if suffix not in _DELIMITED | _TEXT | {".json"}:
        return _not_checked(
            name,
            policy,
            f"a `{suffix or 'nameless'}` file holds no table that can be read; look at it with its data",
        )
    try:
        text = decode(data)
        found = tuple(find_in_text(text, name=name))
        if suffix in _TEXT:
            reason = "numbers in running text are not checked; read it"
            return FileReport(name=name, policy_version=policy.version, findings=found, not_checked=reason)
        read = read_records if suffix == ".json" else read_delimited
        return check_table(read(text, name=name, policy=policy), policy=policy, found=found)
    except Unreadable as reason:
        return _not_checked(name, policy, str(reason))


def check_table(
    table: Table, *, policy: DisclosurePolicy = DEFAULT, found: tuple[Finding, ...] = ()
) -> FileReport:
    """Run every check over one table."""
    roles = roles_of(table)
    subject = Subject(table=table, roles=roles, policy=policy)
    findings = found + tuple(finding for check in CHECKS for finding in check.find(subject))
    return FileReport(
        name=table.name,
        policy_version=policy.version,
        findings=tuple(sorted(findings, key=lambda finding: -finding.verdict.gravity)),
        tables=1,
        rows=len(table.rows),
        columns=len(table.header),
        roles={name: column.role.value for name, column in zip(table.header, roles, strict=True)},
    )


def _not_checked(name: str, policy: DisclosurePolicy, reason: str) -> FileReport:
    return FileReport(name=name, policy_version=policy.version, not_checked=reason)
