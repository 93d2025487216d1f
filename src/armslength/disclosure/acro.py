"""ACRO: what a session of ACRO said about the outputs beside it, as evidence. Never as a reason to let one pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from armslength.disclosure.check import Examination
from armslength.disclosure.report import Finding, Verdict

ACRO_NAMES = frozenset({"results.json", "outputs.json"})
_VERDICTS = {"fail": Verdict.WARN, "review": Verdict.INFO, "pass": Verdict.INFO}
Examined = tuple[str, Examination]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcroOutput:
    """What ACRO says about one output: its status, its summary, and whether the file is still the one it saw."""

    name: str
    status: str
    summary: str
    command: str
    exception: str
    unchanged: bool | None  # None when there is no checksum to compare with


def read_session(path: Path, *, most_bytes: int = 16 * 2**20) -> dict[Path, AcroOutput]:
    """Read one `results.json`; empty when it is none of ACRO's, or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
        document = json.loads(data) if len(data) <= most_bytes else None
    except (OSError, ValueError, RecursionError):
        return {}
    results = document.get("results") if isinstance(document, dict) else None
    if not isinstance(results, dict | list):
        return {}
    found: dict[Path, AcroOutput] = {}
    for uid, entry in results.items() if isinstance(results, dict) else enumerate(results):
        if isinstance(entry, dict):
            for file_name in _file_names(entry):
                found[path.parent / file_name] = _output(
                    str(entry.get("uid", uid)), entry, path.parent, file_name
                )
    return found


def _file_names(entry: dict[str, Any]) -> list[str]:
    names = []
    for item in entry.get("files") or []:
        name = item.get("name") if isinstance(item, dict) else item
        # A name that leads out of the folder is not followed.
        if isinstance(name, str) and name and Path(name).name == name:
            names.append(name)
    return names


def _output(uid: str, entry: dict[str, Any], folder: Path, file_name: str) -> AcroOutput:
    return AcroOutput(
        name=uid,
        status=str(entry.get("status", "")).lower(),
        summary=str(entry.get("summary", ""))[:500],
        command=str(entry.get("command", ""))[:500],
        exception=str(entry.get("exception") or "")[:500],
        unchanged=_unchanged(folder, file_name),
    )


def _unchanged(folder: Path, file_name: str) -> bool | None:
    try:
        said = (folder / "checksums" / f"{file_name}.txt").read_text(encoding="utf-8").split()[0]
        return hashlib.sha256((folder / file_name).read_bytes()).hexdigest() == said
    except (OSError, IndexError, UnicodeDecodeError):
        return None


def with_acro(examined: Sequence[Examined], sessions: Sequence[Path]) -> list[Examined]:
    """Add to each file's report what ACRO says about it."""
    said: dict[Path, AcroOutput] = {}
    for session in sessions:
        said |= read_session(session)
    return [(name, _add(examination, said.get(Path(name)))) for name, examination in examined]


def _add(examination: Examination, output: AcroOutput | None) -> Examination:
    if output is None or output.status not in _VERDICTS:
        return examination
    changed = output.unchanged is False
    finding = Finding(
        code="F11",
        verdict=Verdict.WARN if changed else _VERDICTS[output.status],
        what=f"ACRO says `{output.status}` of `{output.name}`"
        + (", but the file has changed since" if changed else ""),
        why=output.summary or "ACRO checked it while the analysis ran, with the people's data at hand",
        fix="answer what ACRO found, or run the analysis again"
        if output.status == "fail" or changed
        else "read it as evidence",
        table=examination.report.name,
        derivation=tuple(
            filter(None, (output.command, output.exception and f"asked for: {output.exception}"))
        ),
    )
    report = examination.report
    findings = sorted((*report.findings, finding), key=lambda finding: -finding.verdict.gravity)
    return replace(examination, report=replace(report, findings=tuple(findings)))
