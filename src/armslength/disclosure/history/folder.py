"""A folder of earlier releases read into a ledger: what `--history DIR` compares with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from armslength.disclosure.check import Examination, examine_file
from armslength.disclosure.history.about import ABOUTS
from armslength.disclosure.history.cells import Release, cells_of
from armslength.disclosure.history.comparison import HistoryReport, compare
from armslength.disclosure.history.ledger import ReleasedFile, ReleaseLedger
from armslength.disclosure.history.record import Record, files_of, read_record
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.disclosure.report import Finding, NotRun
from armslength.kernel.errors import Mistake
from armslength.kernel.files import sha256_of

PROJECT = "this study"
Examined = tuple[str, Examination]


def released_file(path: Path, *, name: str, policy: DisclosurePolicy = DEFAULT) -> ReleasedFile:
    """Read one file as released cells; one that cannot be opened is `unread`."""
    try:
        return from_examination(examine_file(path, policy=policy), name=name, sha256=sha256_of(path))
    except OSError as error:
        return ReleasedFile(name=name, unread=f"it cannot be opened: {error.strerror}")


def from_examination(examination: Examination, *, name: str, sha256: str = "") -> ReleasedFile:
    """The released cells of a file that was read already."""
    reading = cells_of(examination.subjects, file=name)
    return ReleasedFile(
        name=name,
        sha256=sha256,
        cells=reading.cells,
        unread=(examination.report.not_checked or "") if not examination.subjects else "",
        unnamed=reading.unnamed,
    )


def read_history(folder: Path, *, policy: DisclosurePolicy = DEFAULT) -> ReleaseLedger:
    """A ledger of a folder: each folder in it is one release, files beside them are one more.

    What `release.json` says of a release holds; without it, its day is that of its newest file, and the folders'
    names put releases in order. A file that is not the one recorded is not compared with, and counts as not read.
    Raises Mistake C013 when there is no such folder, C017 when a record cannot be read.
    """
    if not folder.is_dir():
        raise Mistake("C013", "there is no folder of earlier releases here", where=str(folder))
    ledger = ReleaseLedger()
    for root in (*_release_folders(folder), folder):
        paths = files_of(root, deep=root != folder)
        record = read_record(root)
        if paths or record:
            name = root.name if root != folder else "."
            ledger.add(_release(name, paths, record), _files(root, paths, record, policy))
    return ledger


def _release_folders(folder: Path) -> list[Path]:
    """The releases of a folder. A name that starts with a point is a release that is still being written."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    ]


def _release(name: str, paths: Sequence[Path], record: Record | None) -> Release:
    if record is not None:
        return replace(record.release, id=name, project=PROJECT)
    day = datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), tz=UTC).date()
    return Release(id=name, project=PROJECT, on=day)


def _files(
    root: Path, paths: Sequence[Path], record: Record | None, policy: DisclosurePolicy
) -> Iterator[ReleasedFile]:
    recorded = dict(record.files) if record else {}
    for path in paths:
        name = path.relative_to(root).as_posix()
        file = released_file(path, name=name, policy=policy)
        if recorded.pop(name, file.sha256) != file.sha256:
            file = ReleasedFile(name=name, unread="it is not the file that was recorded")
        yield file
    for name in recorded:
        yield ReleasedFile(name=name, unread="it is missing")


def with_history(
    examined: Sequence[Examined],
    paths: Sequence[Path],
    history: Path,
    *,
    release: Release,
    policy: DisclosurePolicy = DEFAULT,
) -> tuple[list[Examined], HistoryReport]:
    """Add to each file's report what a folder of earlier releases tells, and say what was compared.

    `paths` are those of the examined files, in their order. Raises what `read_history` raises.
    """
    files = [
        from_examination(examination, name=name, sha256=_digest(path))
        for (name, examination), path in zip(examined, paths, strict=True)
    ]
    with read_history(history, policy=policy) as ledger:
        report = compare(files, ledger, release=replace(release, project=PROJECT), policy=policy)
    return [(name, add_findings(name, one, report.findings, policy)) for name, one in examined], report


def without_history(examined: Sequence[Examined]) -> list[Examined]:
    """Say of each file that was read that no earlier release was compared with it."""
    missing = tuple(NotRun(code=about.code, needs=about.needs) for about in ABOUTS)
    return [
        (name, replace(one, report=replace(one.report, not_run=(*one.report.not_run, *missing))))
        if one.document is not None
        else (name, one)
        for name, one in examined
    ]


def add_findings(
    name: str, examination: Examination, findings: Iterable[Finding], policy: DisclosurePolicy
) -> Examination:
    """Add to one file's report those findings of a comparison that are about it, at their cells."""
    tables = {subject.table.number: subject for subject in examination.subjects}
    more = []
    for finding in findings:
        if finding.table != name:
            continue
        subject = tables.get(finding.number)
        if subject is not None and finding.places:
            places = tuple(subject.place(place.row, place.index) for place in finding.places)
            finding = replace(finding, table=subject.table.name, places=places)
        else:
            finding = replace(finding, table=examination.report.name)
        judged = policy.judge(finding, file=examination.report.name)
        if judged is not None:
            more.append(judged)
    return replace(examination, report=examination.report.with_findings(more)) if more else examination


def _digest(path: Path) -> str:
    try:
        return sha256_of(path) if path.is_file() and not path.is_symlink() else ""
    except OSError:
        return ""


def compare_with_folder(
    paths: Iterable[tuple[str, Path]], history: Path, *, policy: DisclosurePolicy = DEFAULT
) -> HistoryReport:
    """Judge files, each with the name to show, against a folder of earlier releases."""
    with read_history(history, policy=policy) as ledger:
        files = [released_file(path, name=name, policy=policy) for name, path in paths]
        today = datetime.now(tz=UTC).date()
        return compare(files, ledger, release=Release(id="new", project=PROJECT, on=today), policy=policy)


def digest_of(data: bytes) -> str:
    """The digest under which a file's bytes are recorded."""
    return hashlib.sha256(data).hexdigest()
