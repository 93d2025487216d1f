"""Explaining a failure: everything that is known of why an action did not succeed, and what to do."""

from __future__ import annotations

import json
import re
import signal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from armslength.runner.lifecycle.records import JobRecord
from armslength.runner.lifecycle.states import QUERY_EXIT_WORDS
from armslength.runner.local.study import Study
from armslength.runner.logs import MARKER

SHOWN_LINES = 12
MOST_NAMED = 8
# A traceback's place in Python, R and Stata, as far as it is in a file of the study.
PYTHON_PLACE = re.compile(r'^\s*File "(?:/workspace/)?([^"/<][^"]*|[^"/<]*)", line (\d+)')
R_PLACE = re.compile(r"\bat ([\w./-]+\.[Rr])[#:](\d+)|\(from ([\w./-]+\.[Rr])#(\d+)\)")
MEBIBYTE = 1 << 20


def explain(study: Study, job: JobRecord) -> tuple[str, ...]:
    """Return what is known of a failed job, in lines for the person who wrote the action."""
    record = _record(study, job)
    if record is None:
        return (f"nothing more is known; its message was: {job.message}",)
    said = _said(study.log(job.plan.action))
    lines = [
        *_how_it_ended(job, record["result"]),
        *_own_line(study, said),
        *_missing(record),
        *_refused(record),
    ]
    tail = [line for line in said.rstrip().splitlines() if line.strip()][-SHOWN_LINES:]
    if tail:
        lines += ["it said last:", *(f"  | {line[:200]}" for line in tail)]
    log = study.log(job.plan.action)
    return (*lines, f"the whole log: {log.relative_to(study.folder)}")


def _record(study: Study, job: JobRecord) -> dict[str, Any] | None:
    path = study.roots.high / "logs" / job.id / f"attempt-{job.attempt}.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _said(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8").partition(MARKER)[0]
    except (OSError, UnicodeDecodeError):
        return ""


def _how_it_ended(job: JobRecord, result: dict[str, Any]) -> list[str]:
    status, peak = result["exit_status"], result["peak_memory_bytes"] or 0
    limit = job.plan.memory_megabytes
    lines = []
    if result["timed_out"]:
        lines.append(
            f"it was stopped after {job.plan.minutes:,} minutes, the most one action may run (--minutes)"
        )
    elif result["out_of_memory"]:
        lines.append(
            f"it was ended because it needed more than {limit:,} MiB of memory: give it more with --memory, or read "
            "fewer columns, or a part of the rows at a time"
        )
    elif result["over_limit"]:
        lines.append(f"it was ended because it made {result['over_limit']}")
    elif status < 0:
        lines.append(f"signal {-status} ({_signal_name(-status)}) ended it")
        if -status == signal.SIGKILL:
            lines.append(
                "somebody or something outside killed it; most often the machine was short of memory"
            )
    elif status:
        known = QUERY_EXIT_WORDS.get(status) if job.plan.reads_database else None
        lines.append(f"exit status {status}" + (f": {known}" if known else ""))
    if peak and not result["out_of_memory"]:
        lines.append(f"it used at most {peak // MEBIBYTE:,} of {limit:,} MiB of memory")
    return lines


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _own_line(study: Study, said: str) -> list[str]:
    """Find the last place in the study's own code that the log names, and show that line."""
    found: tuple[str, int] | None = None
    for line in said.splitlines():
        python = PYTHON_PLACE.match(line)
        place = (python[1], python[2]) if python else None
        if place is None and (r := R_PLACE.search(line)):
            place = (r[1] or r[3], r[2] or r[4])
        if place and not place[0].startswith("/") and (study.folder / place[0]).is_file():
            found = place[0], int(place[1])
    if found is None:
        return []
    path, number = found
    lines = [f"in your code: {path}:{number}"]
    try:
        text = (study.folder / path).read_text(encoding="utf-8", errors="replace").splitlines()
        lines.append(f"  {number:>5} | {text[number - 1].rstrip()[:200]}")
    except (OSError, IndexError):
        pass
    return lines


def _missing(record: dict[str, Any]) -> list[str]:
    """Name outputs that were declared and not made, with what was made under a similar name."""
    if record["result"]["exit_status"]:
        return []
    made = [*record["undeclared"], *(output["path"] for output in record["outputs"])]
    lines = []
    for pattern in record["unmatched_patterns"]:
        line = f"it did not make `{pattern}`"
        close = get_close_matches(pattern, made, n=1, cutoff=0.5) or [
            path for path in made if path.rpartition("/")[2] == pattern.rpartition("/")[2]
        ]
        lines.append(line + (f"; did you mean `{close[0]}`, which it made?" if close else ""))
    if record["undeclared"] and lines:
        named = ", ".join(f"`{path}`" for path in record["undeclared"][:MOST_NAMED])
        lines.append(f"it made and project.yaml does not declare: {named}")
    elif lines:
        lines.append("it made no other file")
    return lines


def _refused(record: dict[str, Any]) -> list[str]:
    return [f"`{path}` is not taken: {why}" for path, why in record["refused"][:MOST_NAMED]]
