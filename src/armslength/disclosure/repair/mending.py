"""Mending a file: a copy without the grave findings that a copy can be without, tried out on every check."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from armslength.disclosure.attack.keys import CellKey, keys_of
from armslength.disclosure.attack.sums import count_columns, is_hidden
from armslength.disclosure.check import Examination, examine
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.disclosure.repair.patch import marker_of, merges_of
from armslength.disclosure.repair.places import Place, rewrite
from armslength.disclosure.repair.plan import plan
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Unreadable, decode

# Hiding cells may uncover what sums give away; more rounds than this have never changed anything.
_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell of the repaired copy that is not as it was."""

    table: str
    line: int
    row: int
    column: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A repaired copy. `left` are the findings that it still has, for people to mend; `missed` says what could
    not be written because its place in the file was not found, `unread` what no check could read.
    `merges` are categories to join instead, which loses less: (dimension, level, neighbour).
    """

    name: str
    before: bytes
    after: bytes
    changes: tuple[Change, ...]
    left: tuple[Finding, ...]
    missed: tuple[str, ...] = ()
    unread: str = ""
    tables: int = 0
    merges: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_safe(self) -> bool:
        """True when the copy's tables were read and no check stops it."""
        return self.tables > 0 and not any(finding.verdict is Verdict.BLOCK for finding in self.left)

    def diff(self, path: str) -> str:
        """The changes as a unified diff that `patch -p1` takes; nothing where there are none."""
        if self.before == self.after:
            return ""
        old, new = (decode(data).splitlines(keepends=True) for data in (self.before, self.after))
        lines = []
        for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
        return "".join(lines)


def mend(data: bytes, *, name: str, policy: DisclosurePolicy = DEFAULT) -> Mended:
    """Repair one file's tables where they stand, and examine the result as if it were new.

    Counts that must be hidden are hidden, unrounded ones rounded, totals and shares worked out from what is then
    shown, and further cells hidden until the attacker learns nothing. Deterministic, and bounded like the checks.
    """
    wide = replace(policy, maximum_places=policy.maximum_cells)
    present, after = examine(data, name=name, policy=wide), data
    first, lost, changed = present, set[Place](), dict[Place, str]()
    for _ in range(_ROUNDS):
        wanted = {place: text for place, text in _wanted(present).items() if place not in lost}
        if present.document is None or not wanted:
            break
        try:
            written = rewrite(after, present.document, wanted)
        except Unreadable:
            break
        lost |= set(written.missing)
        changed |= {place: text for place, text in wanted.items() if place not in lost}
        after = written.data
        present = examine(after, name=name, policy=wide)
    report = examine(after, name=name, policy=policy).report
    left = tuple(f for f in report.findings if f.verdict in (Verdict.BLOCK, Verdict.WARN))
    return Mended(
        name=name, before=data, after=after, left=left, unread=report.not_checked or "", tables=report.tables,
        changes=tuple(_change(first, place, text) for place, text in sorted(changed.items())),
        missed=tuple(_said(first, place) for place in sorted(lost)),
        merges=tuple(m for subject in present.subjects for m in merges_of(subject)) if changed else (),
    )  # fmt: skip


def _wanted(examination: Examination) -> dict[Place, str]:
    wanted = {
        (subject.table.number, row, column): text
        for subject in examination.subjects
        for (row, column), text in plan(subject, examination.report.findings).items()
    }
    if any(finding.code == "D6" for finding in examination.report.findings):
        wanted |= dict(_hidden_elsewhere(examination))
    return wanted


def _hidden_elsewhere(examination: Examination) -> Iterator[tuple[Place, str]]:
    """Counts that one table shows and another, under the same key, hides: they are hidden in both."""
    threshold = max(subject.policy.threshold for subject in examination.subjects)
    shown: dict[CellKey, list[tuple[Subject, int, int]]] = {}
    hidden: set[CellKey] = set()
    for subject in examination.subjects:
        for (row, column), key in keys_of(subject, count_columns(subject)).items():
            cell = subject.table.rows[row][column]
            if is_hidden(cell):
                hidden.add(key)
            # What is far above the threshold was never hidden for being small: those are other people.
            elif cell.count is not None and cell.count <= threshold + 5:
                shown.setdefault(key, []).append((subject, row, column))
    for key in hidden & shown.keys():
        for subject, row, column in shown[key]:
            yield (subject.table.number, row, column), marker_of(subject)


def _change(examination: Examination, place: Place, after: str) -> Change:
    number, row, column = place
    table = next(s.table for s in examination.subjects if s.table.number == number)
    return Change(
        table=table.name, line=table.lines[row], row=row, column=table.header[column],
        before=table.rows[row][column].raw.strip(), after=after,
    )  # fmt: skip


def _said(examination: Examination, place: Place) -> str:
    change = _change(examination, place, "")
    return f"{change.table}, line {change.line}, `{change.column}`"
