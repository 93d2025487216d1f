"""B2: a percentage that, with the count it is a share of, gives a count too small to show."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.shares import (
    Fit,
    Share,
    Triple,
    fit,
    is_percent,
    share_of,
    triples,
    whole_interval,
)
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="B2",
    title="A percentage that gives a small count away",
    verdicts=(BLOCK, WARN),
    stops="a percentage whose numerator, or whose remainder, must lie between 1 and the threshold, for every whole"
    " number that its digits and the rounding of its denominator leave open; asked about where the denominator is"
    " not certain, or where the numerator may itself be rounded",
    mend="hide the percentage wherever its numerator or the remainder is hidden",
    source=f"{POLICY}, rates and percentages; {HANDBOOK}, derivable frequencies",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of shares and gravity."""
    for triple in triples(subject):
        certain: list[tuple[int, int, str]] = []
        perhaps: list[tuple[int, int, str]] = []
        for row, told, sure in _small(subject, triple):
            (certain if sure and triple.sure else perhaps).append((row, triple.share, told))
        for verdict, cells in ((Verdict.BLOCK, certain), (Verdict.WARN, perhaps)):
            if cells:
                yield _finding(subject, triple, verdict, cells)


def _small(subject: Subject, triple: Triple) -> Iterator[tuple[int, str, bool]]:
    percent = is_percent(subject, triple.share)
    for row, cells in enumerate(subject.table.rows):
        total, share = cells[triple.whole].count, share_of(cells[triple.share], percent=percent)
        if not total or total <= subject.policy.threshold or share is None:
            continue
        part_shown = triple.part is not None and cells[triple.part].count is not None
        if part_shown:
            # The part is judged as a count; its share adds nothing that the two counts do not say.
            continue
        if told := _why_small(subject, triple, share, total):
            yield row, *told


def _why_small(subject: Subject, triple: Triple, share: Share, total: int) -> tuple[str, bool] | None:
    open_pairs = fit(share, whole_interval(subject, triple.whole, total))
    for what, values in (("part", open_pairs.parts), ("rest", open_pairs.rests)):
        if values and values[0] >= 1 and values[-1] <= subject.policy.threshold:
            listed = ", ".join(str(value) for value in values)
            told = f"{share.value * 100:g} % of {total:,} leaves a {what} of {listed}"
            few = len(values) < subject.policy.minimum_candidates
            return told, few and not _may_be_rounded(subject, open_pairs, what, total)
    return None


def _may_be_rounded(subject: Subject, open_pairs: Fit, what: str, total: int) -> bool:
    """True when the share may come from a rounded part of the rounded whole: then it shows no true count."""
    shown = [part if what == "part" else whole - part for part, whole in open_pairs.pairs if whole == total]
    return any(scheme.allows(count) for count in shown for scheme in subject.policy.schemes)


def _finding(
    subject: Subject, triple: Triple, verdict: Verdict, cells: list[tuple[int, int, str]]
) -> Finding:
    name, whole = subject.table.header[triple.share], subject.table.header[triple.whole]
    return subject.finding(
        ABOUT.code,
        verdict,
        what=f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'} of `{name}` give away a count of 1 to"
        f" {subject.policy.threshold} when multiplied by `{whole}`"
        + ("" if triple.sure else ", if it is a share of it"),
        why="a part or the rest of the group can be worked out and is small",
        fix="hide the percentage wherever its numerator or the remainder is small",
        cells=((row, index) for row, index, _ in cells),
        value=subject.table.rows[cells[0][0]][triple.share].raw.strip(),
        derivation=[told for _, _, told in cells[:20]],
    )
