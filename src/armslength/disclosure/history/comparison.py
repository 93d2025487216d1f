"""Comparison: what a new output gives away beside everything its project released before (E1 to E7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from armslength.disclosure.attack.attacker import Rule, judge
from armslength.disclosure.attack.exact import Bounds
from armslength.disclosure.attack.findings import rule_of
from armslength.disclosure.attack.keys import CellKey
from armslength.disclosure.history.cells import Release, ReleasedCell
from armslength.disclosure.history.codelists import changed_codelists
from armslength.disclosure.history.ledger import Coverage, Earlier, ReleasedFile, ReleaseLedger
from armslength.disclosure.history.recoded import bands_between
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict

# Without a fingerprint, cells are of the same people when nearly all that two outputs share agree.
_ENOUGH_SHARED = 4
_ALIKE = 0.75
_MOST_NAMED = 40


@dataclass(frozen=True, kw_only=True)
class HistoryReport:
    """What was found against history, and how much of history, and of the new files, could be looked at.

    `cells` are the counts that the new files show, `compared` those that were released before under the same key,
    `unnamed` those that no key tells apart; `unread` are the new files that could not be read.
    """

    findings: tuple[Finding, ...]
    coverage: Coverage
    cells: int = 0
    compared: int = 0
    unnamed: int = 0
    unread: int = 0

    def __str__(self) -> str:
        if not self.coverage.files:
            return str(self.coverage)
        fresh = self.cells - self.compared - self.unnamed
        told = (
            f"{self.coverage}. Of {self.cells:,} counts here, {self.compared:,} were released before and were compared,"
            f" {fresh:,} were not released before"
        )
        if self.unnamed:
            told += f", {self.unnamed:,} could not be compared because nothing tells them apart from others"
        if self.unread:
            told += f"; {self.unread} of the new files could not be read, and were not compared"
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    new: ReleasedCell
    old: Earlier
    related: bool  # the two count the same people, or one the people of the other with more


def compare(
    files: Sequence[ReleasedFile],
    ledger: ReleaseLedger,
    *,
    release: Release,
    policy: DisclosurePolicy = DEFAULT,
) -> HistoryReport:
    """Judge the files of a release that is not out yet against what is. `release` says whose they are."""
    found: list[Finding] = []
    compared = 0
    known = ledger.same_files([file.sha256 for file in files if file.sha256], project=release.project)
    for file in files:
        if file.sha256 in known:
            found.append(_identical(file, known[file.sha256]))
            compared += len(file.cells)
            continue
        earlier = ledger.earlier(file.cells, project=release.project)
        compared += sum(cell.key in earlier for cell in file.cells)
        found += _against(file, earlier, release, policy)
        found += _recoded(file, ledger, release, policy)
    return HistoryReport(
        findings=tuple(found), coverage=ledger.coverage(project=release.project), compared=compared,
        cells=sum(len(file.cells) + file.unnamed for file in files),
        unnamed=sum(file.unnamed for file in files), unread=sum(bool(file.unread) for file in files),
    )  # fmt: skip


def _against(
    file: ReleasedFile, earlier: dict[CellKey, list[Earlier]], release: Release, policy: DisclosurePolicy
) -> Iterator[Finding]:
    """What the cells of one file give away beside those released before under the same keys."""
    plain = [
        _Pair(new=cell, old=old, related=False) for cell in file.cells for old in earlier.get(cell.key, ())
    ]
    pairs, rule = _with_relation(plain, release), rule_of(policy)
    same_backend = [pair for pair in pairs if pair.old.release.backend == release.backend]
    yield from _shown_and_hidden(file, same_backend, release, policy)
    yield from _differences(file, same_backend, policy, rule)
    yield from _newer(file, same_backend, release, policy)
    yield from _two_treatments(file, same_backend, release, policy)
    yield from _other_codelists(file, same_backend, release, policy, rule)
    yield from _backends(file, pairs, release, policy, rule)


def _with_relation(pairs: list[_Pair], release: Release) -> list[_Pair]:
    """Say of each pair whether it counts the same people: by fingerprint, else by the numbers themselves."""
    by_release: dict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        by_release[pair.old.release.id].append(pair)
    result = []
    for members in by_release.values():
        old = members[0].old.release
        if release.population and old.population:
            related = release.population == old.population
        else:
            shown = [pair for pair in members if not pair.new.hidden and not pair.old.cell.hidden]
            close = sum(_close(pair.new, pair.old.cell) for pair in shown)
            related = len(shown) >= _ENOUGH_SHARED and close >= _ALIKE * len(shown)
        result += [_Pair(new=pair.new, old=pair.old, related=related) for pair in members]
    return result


def _close(new: ReleasedCell, old: ReleasedCell) -> bool:
    """True when two shown counts may be one count, or one that a newer refresh moved by a twentieth."""
    if new.high is None or old.high is None:
        return False
    slack = max(new.high, old.high) // 20
    return new.low - slack <= old.high and old.low - slack <= new.high


def _same_data(pair: _Pair, release: Release) -> bool:
    """True unless the two releases say that their data went up to different days."""
    return not (release.refresh and pair.old.release.refresh) or release.refresh == pair.old.release.refresh


def _shown_and_hidden(
    file: ReleasedFile, pairs: list[_Pair], release: Release, policy: DisclosurePolicy
) -> Iterator[Finding]:
    told = []
    for pair in pairs:
        if pair.new.hidden == pair.old.cell.hidden or not _same_data(pair, release):
            continue
        # What is shown must be able to be the hidden count, or near it: 500 was never hidden as 1 to 7.
        shown = pair.old.cell if pair.new.hidden else pair.new
        if pair.related or shown.low <= policy.threshold + 5:
            told.append(pair)
    certain = [pair for pair in told if pair.related]
    for verdict, members in ((Verdict.BLOCK, certain), (Verdict.WARN, [p for p in told if not p.related])):
        if members:
            first = members[0]
            before, now = ("shown", "hidden") if first.new.hidden else ("hidden", "shown")
            yield _finding(
                "E3", verdict, file, members,
                what=f"{_several(len(members), 'count')} {before} in release `{first.old.release.id}`: {now} here",
                why="the two outputs laid side by side show what one of them hides",
                fix="treat the cell as it was treated before",
                steps=[_side_by_side(pair) for pair in members[:8]], policy=policy,
            )  # fmt: skip


def _differences(
    file: ReleasedFile, pairs: list[_Pair], policy: DisclosurePolicy, rule: Rule
) -> Iterator[Finding]:
    narrow: list[tuple[_Pair, Bounds]] = []
    bounded: list[tuple[_Pair, Bounds]] = []
    for pair in pairs:
        bounds = _difference(pair)
        if bounds is None or bounds.high == 0:
            continue
        verdict = judge(bounds, rule=rule)
        if verdict in (Verdict.BLOCK, Verdict.WARN):
            narrow.append((pair, bounds))
        elif verdict is Verdict.INFO and bounds.high is not None and bounds.high <= policy.threshold:
            bounded.append((pair, bounds))
    certain = [entry for entry in narrow if entry[0].related]
    for verdict, members in (
        (Verdict.BLOCK, certain),
        (Verdict.WARN, [n for n in narrow if not n[0].related]),
    ):
        if members:
            pair, bounds = members[0]
            yield _finding(
                "E1", verdict, file, [entry for entry, _ in members],
                what=f"{_several(len(members), 'count')} {'differs' if len(members) == 1 else 'differ'} from release"
                f" `{pair.old.release.id}` by so few people that"
                f" subtraction shows them, first by {bounds}",
                why="the difference of two nested groups is a small count that nobody meant to show",
                fix="leave the cell as it was released, or wait until more people have joined",
                steps=[f"{_side_by_side(entry)}; the difference is {gap}" for entry, gap in members[:8]], policy=policy,
            )  # fmt: skip
    moved = [entry for entry in bounded if entry[0].related and entry[0].new.shown != entry[0].old.cell.shown]
    shared = len({pair.new.key for pair in pairs})
    if moved:
        yield _finding(
            "E2", Verdict.INFO, file, [entry for entry, _ in moved],
            what=f"{len(moved)} of {shared} counts released before changed by at most {policy.threshold}",
            why="each change is bounded, though rounding leaves several candidates",
            fix="nothing, unless the same table is released many times over",
            steps=[f"{_side_by_side(entry)}; the difference is {gap}" for entry, gap in moved[:8]], policy=policy,
        )  # fmt: skip


def _newer(
    file: ReleasedFile, pairs: list[_Pair], release: Release, policy: DisclosurePolicy
) -> Iterator[Finding]:
    shared = len({pair.new.key for pair in pairs})
    if newer := [
        pair for pair in pairs if not _same_data(pair, release) and pair.new.shown != pair.old.cell.shown
    ]:
        yield _finding(
            "E5", Verdict.INFO, file, newer,
            what=f"{len(newer)} of {shared} counts released before are shown again on newer data and have changed",
            why="what changed is what a reviewer needs to look at", fix="nothing; the changes are listed",
            steps=[_side_by_side(pair) for pair in newer[:12]], policy=policy,
        )  # fmt: skip


def _difference(pair: _Pair) -> Bounds | None:
    """The bounds of how far two shown counts are apart, or None where one is hidden or unbounded."""
    new, old = pair.new, pair.old.cell
    if new.hidden or old.hidden or new.high is None or old.high is None:
        return None
    low = max(0, new.low - old.high, old.low - new.high)
    return Bounds(low=low, high=max(new.high - old.low, old.high - new.low))


def _two_treatments(
    file: ReleasedFile, pairs: list[_Pair], release: Release, policy: DisclosurePolicy
) -> Iterator[Finding]:
    told, steps = [], []
    for pair in pairs:
        new, old = pair.new, pair.old.cell
        differs = new.treatment != old.treatment and "unknown" not in (new.treatment, old.treatment)
        if not differs or not pair.related or new.hidden or old.hidden or not _same_data(pair, release):
            continue
        if new.high is None or old.high is None:
            continue
        both = (max(new.low, old.low), min(new.high, old.high))
        width = both[1] - both[0] + 1
        if 1 <= width < min(policy.minimum_candidates, old.high - old.low + 1):
            told.append(pair)
            steps.append(f"{_side_by_side(pair)}; both are true of {Bounds(low=both[0], high=both[1])} only")
    if told:
        yield _finding(
            "E1", Verdict.WARN, file, told,
            what=f"{len(told)} counts were released under another rounding; the two together undo most of it",
            why="the true count lies in both intervals, and they overlap little",
            fix="round as in the earlier release", steps=steps[:8], policy=policy,
        )  # fmt: skip


def _recoded(
    file: ReleasedFile, ledger: ReleaseLedger, release: Release, policy: DisclosurePolicy
) -> Iterator[Finding]:
    for band in bands_between(file, ledger, release, rule_of(policy)):
        people = {"age": "aged", "period": "from"}.get(band.dimension, f"with {band.dimension}")
        yield _finding(
            "E1", band.verdict, file, [_Pair(new=cell, old=band.old, related=True) for cell in band.new],
            what=f"bands cut differently give {band.answer.bounds} people {people} {band.words}",
            why="the bands of two outputs laid over one another leave a narrow band between them",
            fix="keep the bands that were released before", steps=band.answer.steps, policy=policy,
        )  # fmt: skip


def _other_codelists(
    file: ReleasedFile, pairs: list[_Pair], release: Release, policy: DisclosurePolicy, rule: Rule
) -> Iterator[Finding]:
    """E4: a codelist has changed since, so that the two outputs together count those whom the change moved."""
    by_release: dict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        by_release[pair.old.release.id].append(pair)
    for identifier, members in by_release.items():
        told = changed_codelists(members[0].old.release.codelists, release.codelists)
        if not told:
            continue
        steps, narrow = [], False
        for pair in members:
            bounds = _difference(pair)
            if bounds is not None and bounds.high and pair.new.shown != pair.old.cell.shown:
                narrow |= judge(bounds, rule=rule) in (Verdict.BLOCK, Verdict.WARN)
                steps.append(f"{_side_by_side(pair)}; the change moved {bounds}")
        yield _finding(
            "E4", Verdict.WARN if narrow else Verdict.INFO, file, members,
            what=f"{_several(len(told), 'codelist')} changed since release `{identifier}`: {'; '.join(told[:3])}",
            why="the difference of the two outputs counts the people whom the changed codes brought in or left out",
            fix="use the codes of the earlier release, or release one of the two only",
            steps=[*told[:8], *steps[:8]], policy=policy,
        )  # fmt: skip


def _backends(
    file: ReleasedFile, pairs: list[_Pair], release: Release, policy: DisclosurePolicy, rule: Rule
) -> Iterator[Finding]:
    """A count over several backends minus that of one of them: `a+b` minus `a` is `b`."""
    told, steps = [], []
    for pair in pairs:
        ours, theirs = set(release.backend.split("+")), set(pair.old.release.backend.split("+"))
        if not (ours < theirs or theirs < ours) or pair.new.hidden or pair.old.cell.hidden:
            continue
        bounds = _difference(pair)
        if bounds and judge(bounds, rule=rule) in (Verdict.BLOCK, Verdict.WARN):
            told.append(pair)
            steps.append(f"{_side_by_side(pair)}; {', '.join(sorted(ours ^ theirs))} alone has {bounds}")
    if told:
        yield _finding(
            "E6", Verdict.WARN, file, told,
            what=f"{len(told)} counts minus those of another backend give a small count",
            why="the total over backends minus one of them is the other",
            fix="release the backends apart, or hide the cell in the total", steps=steps[:8], policy=policy,
        )  # fmt: skip


def _identical(file: ReleasedFile, release: str) -> Finding:
    return Finding(
        code="E7", verdict=Verdict.INFO, what=f"this file was released before, byte for byte, in `{release}`",
        why="it needs no second review", fix="nothing", table=file.name,
    )  # fmt: skip


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _side_by_side(pair: _Pair) -> str:
    return f"{pair.new.key.words}: {pair.old.cell.shown} in `{pair.old.release.id}`, {pair.new.shown} here"


def _finding(
    code: str, verdict: Verdict, file: ReleasedFile, pairs: Sequence[_Pair], *,
    what: str, why: str, fix: str, steps: Sequence[str], policy: DisclosurePolicy,
) -> Finding:  # fmt: skip
    cells = list(
        dict.fromkeys((pair.new.table, pair.new.row, pair.new.column, pair.new.key.measure) for pair in pairs)
    )
    # Places are of one table; those in others of the file are told by their number only.
    places = tuple(
        Place(line=row + 2, column=measure, row=row, index=column)
        for table, row, column, measure in cells[: min(_MOST_NAMED, policy.maximum_places)]
        if table == cells[0][0]
    )
    return Finding(
        code=code, verdict=verdict, what=what, why=why, fix=fix, table=file.name, places=places,
        value=pairs[0].new.shown if pairs else "", derivation=tuple(steps), cells=len(cells),
        number=cells[0][0] if cells else 0,
    )  # fmt: skip
