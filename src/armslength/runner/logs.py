"""Logs: what a job said, cut to a readable size, with a summary below a marker line that the airlock knows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from armslength.kernel import clock, files
from armslength.pipeline.model import PrivacyLevel
from armslength.runner import outputs
from armslength.runner.admission import IDENTIFIER_IN_TEXT
from armslength.runner.executor import Result
from armslength.runner.levels import Roots
from armslength.runner.lifecycle.records import FileRecord, JobRecord, LogRecord
from armslength.wire.jobs import JobRequest, JobState

MARKER = "=============JOB SUMMARY============="
LEVEL_4_BYTES = 256 << 10  # what a reviewer can be expected to look through, twice over
LEVEL_4_LINES = 5000
WITHHELD = "[… withheld here, because it mentions an identifier; the whole log is at level 3 …]\n"
WITHHELD_LINES = 60


@dataclass(frozen=True)
class Summary:
    """How one attempt of a job went."""

    job: JobRecord
    request: JobRequest
    result: Result
    state: JobState
    words: str
    found: outputs.Collection
    stored: tuple[outputs.Stored, ...]
    records: tuple[FileRecord, ...]


def write_logs(log: Path, summary: Summary, *, roots: Roots, now: datetime) -> LogRecord:
    """Write the log at both levels and the full record at level 3; return what the manifest says of it."""
    said = log.read_bytes().decode("utf-8", "replace") if log.exists() else ""
    said = "".join(letter for letter in said if letter.isprintable() or letter in "\n\t")
    job = summary.job
    full = f"{said.rstrip()}\n\n{MARKER}\n{_summary(summary, now=now, level4=False)}"
    shown = f"{cut(withhold(said)).rstrip()}\n\n{MARKER}\n{_summary(summary, now=now, level4=True)}"
    name = f"metadata/{job.plan.action}.log"
    for root, text in ((roots.level3(job.workspace), full), (roots.level4(job.workspace), shown)):
        outputs.make_folder(root, root / "metadata")
        files.write_text(root / name, text)
    folder = roots.high / "logs" / job.id
    outputs.make_folder(roots.high, folder)
    files.write_text(folder / f"attempt-{job.attempt}.log", full)
    files.write_text(folder / f"attempt-{job.attempt}.json", _record(summary, now=now))
    content = shown.encode()
    digest = hashlib.sha256(content).hexdigest()
    return LogRecord(job.plan.action, job.id, summary.state.value, len(content), digest)


def withhold(text: str) -> str:
    """Leave out what follows a mention of a person's identifier: most likely the rows of a table (S5).

    >>> withhold("start\\n  patient_id  age\\n0  7  50\\n")
    'start\\n[… withheld here, because it mentions an identifier; the whole log is at level 3 …]\\n'
    """
    kept: list[str] = []
    left = 0
    for line in text.splitlines(keepends=True):
        if IDENTIFIER_IN_TEXT.search(line):
            if left == 0:
                kept.append(WITHHELD)
            left = WITHHELD_LINES
        elif left:
            left -= 1
        else:
            kept.append(line)
    return "".join(kept)


def cut(text: str) -> str:
    """Keep the end of a log: at most so many lines and so many bytes.

    >>> cut("a\\nb\\n")
    'a\\nb\\n'
    """
    lines = text.splitlines(keepends=True)
    kept = lines[-LEVEL_4_LINES:]
    short = "".join(kept).encode()
    if len(kept) == len(lines) and len(short) <= LEVEL_4_BYTES:
        return text
    return "[… the beginning is left out …]\n" + short[-LEVEL_4_BYTES:].decode("utf-8", "ignore")


def _summary(summary: Summary, *, now: datetime, level4: bool) -> str:
    """Write the summary. The level 4 one names nothing of level 3 (S14)."""
    job = summary.job
    facts = {
        "job": job.id,
        "request": summary.request.id,
        "action": job.plan.action,
        "attempt": job.attempt,
        "commit": summary.request.commit,
        "environment": f"{job.plan.environment} sha256:{job.plan.environment_digest}",
        "exit_status": summary.result.exit_status,
        "state": summary.state.value,
        "status_message": summary.words,
        "stopped": summary.result.over_limit,
        "seconds": summary.result.seconds,
        "peak_memory_mib": (summary.result.peak_memory_bytes or 0) >> 20,
        "completed_at": clock.to_text(now),
    }
    lines = [f"{name}: {value}" for name, value in facts.items() if value not in ("", None)]
    visible = PrivacyLevel.MODERATELY_SENSITIVE
    named = [one for one in summary.stored if not level4 or one.level is visible]
    lines += ["", "outputs:"] if named else []
    lines += [f"  {one.path} - {one.level.value}" for one in named]
    held_back = [one for one in summary.records if one.excluded]
    lines += ["", "held back from level 4:"] if held_back else []
    lines += [f"  {one.path} - {one.excluded}" for one in held_back]
    # Patterns are public, in project.yaml; names of files found on disk are not.
    missing = summary.found.unmatched_patterns if not summary.result.exit_status else ()
    lines += ["", "declared and not made:"] if missing else []
    lines += [f"  {pattern}" for pattern in missing]
    if not level4:
        lines += ["", "not taken:"] if summary.found.refused else []
        lines += [f"  {path!a} - {why}" for path, why in summary.found.refused[:100]]
        lines += ["", "made and not declared:"] if summary.found.undeclared else []
        lines += [f"  {path!a}" for path in summary.found.undeclared]
    return "\n".join(lines) + "\n"


def _record(summary: Summary, *, now: datetime) -> str:
    described = {
        "job": summary.job.id,
        "attempt": summary.job.attempt,
        "request": summary.request.model_dump(mode="json"),
        "plan": json.loads(summary.job.plan.to_json()),
        "result": asdict(summary.result),
        "state": summary.state.value,
        "status_message": summary.words,
        "outputs": [asdict(one) for one in summary.stored],
        "refused": [list(one) for one in summary.found.refused],
        "unmatched_patterns": list(summary.found.unmatched_patterns),
        "undeclared": list(summary.found.undeclared),
        "completed_at": clock.to_text(now),
    }
    return json.dumps(described, indent=1, sort_keys=True) + "\n"
