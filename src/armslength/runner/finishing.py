"""Finishing a job: judge how it ended, collect its outputs, write its logs. Safe to do again from the start."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from armslength.kernel import clock, files
from armslength.pipeline.model import PrivacyLevel
from armslength.runner import outputs
from armslength.runner.admission import admit
from armslength.runner.executor import Executor, JobLimits, Result
from armslength.runner.levels import Roots
from armslength.runner.lifecycle.records import FileRecord, JobRecord, LogRecord
from armslength.runner.lifecycle.states import QUERY_EXIT_WORDS, Reason
from armslength.runner.logs import Summary, write_logs
from armslength.wire.jobs import JobRequest, JobState

GIVEN = "it was given to the job, not made by it"


@dataclass(frozen=True)
class Finished:
    """What finishing a job gave, for the database."""

    state: JobState
    reason: Reason
    message: str | None
    records: tuple[FileRecord, ...]
    log: LogRecord
    output_count: int
    peak_memory_bytes: int | None


def finish(
    job: JobRecord, request: JobRequest, *, executor: Executor, roots: Roots, now: datetime
) -> Finished:
    """Finish a job whose program has ended. Raises OSError when something cannot be stored."""
    result = executor.result(job.id)
    work, owner = executor.work(job.id), executor.owner(job.id)
    limits = JobLimits(work_bytes=job.plan.disk_megabytes << 20)
    found = outputs.collect(
        work, patterns=job.plan.patterns, given=executor.given(job.id), owner=owner, limits=limits
    )
    reason = judge(result, found)
    state = JobState.SUCCEEDED if reason is Reason.SUCCEEDED else JobState.FAILED
    root = (
        roots.level3(job.workspace)
        if state is JobState.SUCCEEDED
        else roots.quarantine(job.id, attempt=job.attempt)
    )
    # First all copies, then all renames: a full disk leaves the workspace as it was.
    incoming = roots.high / "incoming" / job.id
    try:
        stored = [outputs.store(work, one, owner=owner, root=incoming) for one in found.outputs]
        for one in stored:
            outputs.promote(incoming, one.path, root=root)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    records: tuple[FileRecord, ...] = ()
    if state is JobState.SUCCEEDED:
        records = tuple(
            _show(one, job, roots, all_paths={one.path for one in stored}, now=now) for one in stored
        )
        if any(record.excluded for record in records):
            reason = Reason.SUCCEEDED_HELD_BACK
    message = _words(reason, result, job)
    summary = Summary(job, request, result, state, message or reason.words, found, tuple(stored), records)
    log = write_logs(executor.log(job.id), summary, roots=roots, now=now)
    shown = sum(1 for one in records if one.level is PrivacyLevel.MODERATELY_SENSITIVE and not one.excluded)
    return Finished(state, reason, message, records, log, shown, result.peak_memory_bytes)


def judge(result: Result, found: outputs.Collection) -> Reason:
    """Say how a job ended."""
    if result.timed_out:
        return Reason.TIMED_OUT
    if result.over_limit:
        return Reason.OVER_LIMIT
    if result.exit_status and result.out_of_memory:
        return Reason.OUT_OF_MEMORY
    if result.exit_status:
        return Reason.NONZERO_EXIT
    if any(why != GIVEN for _, why in found.refused):
        return Reason.OUTPUTS_REFUSED
    return Reason.UNMATCHED_PATTERNS if found.unmatched_patterns else Reason.SUCCEEDED


def _words(reason: Reason, result: Result, job: JobRecord) -> str | None:
    """Return better words than the reason's own, where the exit status says more. Never study output."""
    if reason is Reason.NONZERO_EXIT:
        known = QUERY_EXIT_WORDS.get(result.exit_status) if job.plan.reads_database else None
        return known or f"{reason.words} (exit status {result.exit_status})"
    if reason is Reason.OUT_OF_MEMORY:
        return f"{reason.words} ({job.plan.memory_megabytes:,} MiB)"
    return None


def _show(
    stored: outputs.Stored, job: JobRecord, roots: Roots, *, all_paths: set[str], now: datetime
) -> FileRecord:
    """Put one output, or the note in its place, where approved people look; return its record."""
    level4 = roots.level4(job.workspace)
    note = f"{stored.path}.txt"
    record = FileRecord(
        path=stored.path,
        job=job.id,
        action=job.plan.action,
        level=stored.level,
        size=stored.size,
        sha256=stored.sha256,
        created_at=clock.to_text(now),
    )
    if stored.level is not PrivacyLevel.MODERATELY_SENSITIVE:
        # An earlier run may have had it at level 4.
        outputs.remove(level4, stored.path)
        return record
    source = roots.level3(job.workspace) / stored.path
    verdict = admit(source, name=stored.path)
    if verdict.reason:
        size, digest = _hold_back(level4, stored.path, verdict.reason, write_note=note not in all_paths)
    else:
        if note not in all_paths:
            outputs.remove(level4, note)
        outputs.make_folder(level4, (level4 / stored.path).parent)
        _copy(source, level4 / stored.path)
        size, digest = stored.size, stored.sha256
    return replace(
        record,
        excluded=verdict.reason,
        shown_size=size,
        shown_sha256=digest,
        row_count=verdict.row_count,
        column_count=verdict.column_count,
    )


def _hold_back(level4: Path, path: str, reason: str, *, write_note: bool) -> tuple[int, str]:
    """Take a file away from level 4 and say why in its place; return size and hash of what is shown instead.

    The note gives way to an output that has its name.
    """
    outputs.remove(level4, path)
    text = _note(path, reason)
    if write_note:
        shown = level4 / f"{path}.txt"
        outputs.make_folder(level4, shown.parent)
        files.write_text(shown, text)
    return len(text.encode()), hashlib.sha256(text.encode()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    if target.is_symlink() or target.is_dir():
        raise IsADirectoryError(f"{target} is not a file")
    with files.atomic_writer(target) as file:
        file.write(source.read_bytes())


def _note(path: str, reason: str) -> str:
    return (
        f"{path} is not shown here, because {reason}.\n\n"
        "The file is kept at level 3. Change the action so that the file passes, and run it again.\n"
    )
