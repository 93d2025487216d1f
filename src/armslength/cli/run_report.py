"""The end of a run, told: outputs by level, what the checks say of them, what failed and what is known of why."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from armslength.cli.run_display import elapsed_of, in_words
from armslength.kernel.clock import from_text
from armslength.pipeline.model import PrivacyLevel
from armslength.wire.jobs import JobState

if TYPE_CHECKING:
    from armslength.runner.lifecycle.records import FileRecord, JobRecord
    from armslength.runner.local.planning import Planned
    from armslength.runner.local.running import StudyRun

NOT_RUN = ("unchanged", "dependency_failed", "not_started")


def show_report(run: StudyRun, planned: tuple[Planned, ...], *, explain: bool, as_json: bool) -> int:
    """Print the report; return the exit status: 0 when everything asked for is done."""
    from armslength.runner.local.explaining import explain as explain_failure

    jobs = list(run.jobs.values())
    wanted = {one.action.id for one in planned}
    files = [record for record in run.outputs() if record.action in wanted]
    failed = [job for job in jobs if job.state is JobState.FAILED and job.reason not in NOT_RUN]
    explanations = {job.plan.action: explain_failure(run.study, job) for job in failed if explain}
    complete = all(job.state is JobState.SUCCEEDED or job.reason == "unchanged" for job in jobs)
    findings = _findings(run, files)
    if as_json:
        stale = [one.action.id for one in run.stale()]
        _print_json(jobs, planned, files, findings, explanations, complete=complete, stale=stale)
        return 0 if complete else 1
    if not jobs:
        print("everything is done already and nothing it is made from changed; --force runs it again")
    _print_outputs(files, findings)
    for job in failed:
        print(f"\nfailed: {job.plan.action} after {elapsed_of(job)}: {job.message}")
        for line in explanations.get(job.plan.action, ()):
            print(f"  {line}")
    for one in run.stale():
        print(f"\nstale: {one.action.id}: {'; '.join(one.reasons)}")
    print("\n" + _in_a_line(jobs, planned))
    return 0 if complete else 1


def _print_outputs(files: list[FileRecord], findings: dict[str, list[str]]) -> None:
    for level in PrivacyLevel:
        here = [record for record in files if record.level is level]
        if not here:
            continue
        print(f"\n{level.value}: {len(here)} {'file' if len(here) == 1 else 'files'}")
        for record in here:
            rows = "" if record.row_count is None else f", {record.row_count:,} rows"
            print(f"  {record.path}  ({_size(record.size)}{rows})")
            if record.excluded:
                print(f"      held back from reviewers: {record.excluded}")
            for line in findings.get(record.path, ()):
                print(f"      {line}")


def _findings(run: StudyRun, files: list[FileRecord]) -> dict[str, list[str]]:
    """Return what the disclosure check finds in the files that a reviewer would be shown."""
    from armslength.disclosure.check import examine_file
    from armslength.disclosure.policy import DEFAULT

    found = {}
    for record in files:
        if record.level is PrivacyLevel.MODERATELY_SENSITIVE and not record.excluded:
            report = examine_file(run.study.folder / record.path, policy=DEFAULT).report
            lines = [f"{one.code} {one.verdict.value}: {one.what}" for one in report.findings]
            if report.not_checked:
                lines.append(f"not checked: {report.not_checked}")
            if lines:
                found[record.path] = lines
    return found


def _print_json(
    jobs: list[JobRecord],
    planned: tuple[Planned, ...],
    files: list[FileRecord],
    findings: dict[str, list[str]],
    explanations: dict[str, tuple[str, ...]],
    *,
    complete: bool,
    stale: list[str],
) -> None:
    report = {
        "event": "report",
        "complete": complete,
        "stale": stale,
        "jobs": [
            _described(job) | {"explanation": list(explanations.get(job.plan.action, ()))} for job in jobs
        ],
        "kept": [one.action.id for one in planned if one.verdict.value == "keep"],
        "outputs": [
            {
                "path": record.path,
                "action": record.action,
                "level": record.level.value,
                "size": record.size,
                "sha256": record.sha256,
                "held_back": record.excluded,
                "findings": findings.get(record.path, []),
            }
            for record in files
        ],
    }
    print(json.dumps(report), flush=True)


def _described(job: JobRecord) -> dict[str, object]:
    """Return one job for programs."""
    return {
        "action": job.plan.action,
        "state": job.state.value,
        "reason": job.reason,
        "message": job.message,
        "seconds": _seconds(job),
        "peak_memory_bytes": job.facts["peak_memory_bytes"],
    }


def _in_a_line(jobs: list[JobRecord], planned: tuple[Planned, ...]) -> str:
    counts = Counter(job.state.value for job in jobs if job.reason not in NOT_RUN)
    told = [f"{count} {state}" for state, count in sorted(counts.items())]
    kept = sum(one.verdict.value == "keep" for one in planned) + sum(
        job.reason == "unchanged" for job in jobs
    )
    not_run = sum(job.reason in ("dependency_failed", "not_started") for job in jobs)
    told += [f"{kept} kept"] if kept else []
    told += [f"{not_run} not run"] if not_run else []
    return f"{', '.join(told) or 'nothing to do'}{_took(jobs)}"


def _took(jobs: list[JobRecord]) -> str:
    starts = [from_text(job.facts["queued_at"]) for job in jobs]
    ends = [from_text(job.facts["finished_at"]) for job in jobs if job.facts["finished_at"]]
    return f" in {in_words((max(ends) - min(starts)).total_seconds())}" if starts and ends else ""


def _seconds(job: JobRecord) -> float | None:
    started, finished = job.facts["started_at"], job.facts["finished_at"]
    if not started or not finished:
        return None
    return round((from_text(finished) - from_text(started)).total_seconds(), 3)


def _size(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
