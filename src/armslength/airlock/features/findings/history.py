"""What a content gives away beside everything that its workspace released before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction

from armslength.airlock.features.files import snapshots
from armslength.airlock.features.files.level4 import Content
from armslength.airlock.models import Check, OutboxFile, ReleaseRequest
from armslength.disclosure.check import examine
from armslength.disclosure.history.cells import Release
from armslength.disclosure.history.comparison import compare
from armslength.disclosure.history.folder import add_findings, from_examination
from armslength.disclosure.history.ledger import ReleasedFile, ReleaseLedger
from armslength.disclosure.policy import DEFAULT
from armslength.kernel.errors import Mistake

# What is kept in memory of files released before, so that a page with many files reads each of them once.
_MOST_READ = 256


@dataclass(frozen=True, order=True)
class Earlier:
    """One file as it was released."""

    on: date
    release: str
    path: str
    sha256: str


def earlier_files(workspace: str, *, before: ReleaseRequest | None) -> tuple[Earlier, ...]:
    """Return what a workspace released, oldest first; of a request that was released, what was out before it."""
    files = OutboxFile.objects.filter(release__request__workspace=workspace)
    if before is not None:
        files = files.exclude(release__request=before)
        own = OutboxFile.objects.filter(release__request=before).first()
        if own is not None:
            files = files.filter(release__created_at__lt=own.release.created_at)
    rows = files.values_list("release__created_at", "release__request_id", "path", "sha256")
    return tuple(sorted(Earlier(at.date(), str(release), path, sha) for at, release, path, sha in rows))


def history_report(content: Content, earlier: tuple[Earlier, ...], *, now: datetime) -> dict[str, Any]:
    """Return the findings of a comparison and what it covered; from memory when the same was compared before."""
    if not earlier:
        return {"findings": [], "coverage": ""}
    said = "\n".join(f"{file.release} {file.path} {file.sha256}" for file in earlier)
    state = hashlib.sha256(f"{content.path}\n{said}".encode()).hexdigest()[:24]
    suffix = PurePosixPath(content.path).suffix.lower()[:20]
    key = {"sha256": content.sha256, "suffix": suffix, "rules": f"{DEFAULT.version[:30]}/{state}"}
    known = Check.objects.filter(**key).first()
    if known:
        return dict(known.report)
    report = _compared(content, earlier, now=now)
    with transaction.atomic():
        Check.objects.get_or_create(**key, defaults={"report": report, "checked_at": now})
    return report


def _compared(content: Content, earlier: tuple[Earlier, ...], *, now: datetime) -> dict[str, Any]:
    name = PurePosixPath(content.path).name
    examination = examine(content.data, name=name)
    new = from_examination(examination, name=content.path, sha256=content.sha256)
    releases: dict[tuple[date, str], list[Earlier]] = {}
    for file in earlier:
        releases.setdefault((file.on, file.release), []).append(file)
    with ReleaseLedger() as ledger:
        for (on, identifier), files in releases.items():
            ledger.add(
                Release(id=identifier, project="", on=on),
                [_released(settings.AIRLOCK.folder, file.path, file.sha256) for file in files],
            )
        found = compare([new], ledger, release=Release(id="new", project="", on=now.date()))
    bare = replace(examination, report=replace(examination.report, findings=()))
    report = add_findings(content.path, bare, found.findings, DEFAULT).report
    return {"findings": [finding.to_json() for finding in report.findings], "coverage": str(found)}


@lru_cache(maxsize=_MOST_READ)
def _released(folder: Path, path: str, sha256: str) -> ReleasedFile:
    """The cells of a file as it was released; a copy that is gone or damaged counts as not read."""
    try:
        content = snapshots.kept(folder, path=path, sha256=sha256)
    except Mistake as mistake:
        return ReleasedFile(name=path, sha256=sha256, unread=mistake.what)
    examination = examine(content.data, name=PurePosixPath(path).name)
    return from_examination(examination, name=path, sha256=sha256)
