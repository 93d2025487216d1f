"""C4: a ratio worked out from raw counts beside rounded ones."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.rounding import Kept
from armslength.disclosure.shares import Share, Triple, fit, is_percent, share_of, triples, whole_interval
from armslength.disclosure.subject import Subject

ABOUT = About(
    code="C4",
    title="A ratio from raw counts beside rounded counts",
    verdicts=(BLOCK, WARN),
    stops="a proportion that its rounded numerator and denominator cannot give at its number of digits: it was worked"
    " out before rounding. Where its digits leave a single pair of true counts, or a single small numerator, the"
    " rounding is undone",
    mend="work ratios out from the rounded counts, or show fewer digits: no more than log10 of the denominator less 1",
    source=f"{POLICY}, order of redaction and rounding; {HANDBOOK}; reconstruction by continued enumeration",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Yield a finding per column of ratios and gravity."""
    for triple in triples(subject):
        if not triple.sure or not _is_rounded(subject, triple.whole):
            continue
        undone: list[tuple[int, int, str]] = []
        raw: list[tuple[int, int, str]] = []
        percent = is_percent(subject, triple.share)
        for row, cells in enumerate(subject.table.rows):
            share, whole = share_of(cells[triple.share], percent=percent), cells[triple.whole].count
            if share is None or not whole:
                continue
            part = cells[triple.part].count if triple.part is not None else None
            told = _undo(subject, triple, share, part, whole)
            if told:
                (undone if told[1] else raw).append((row, triple.share, told[0]))
        if undone:
            yield _finding(subject, triple, Verdict.BLOCK, undone)
        if raw and triple.part is not None:
            yield _finding(subject, triple, Verdict.WARN, raw)


def _is_rounded(subject: Subject, index: int) -> bool:
    return subject.roundings[index].kept in (Kept.PERMITTED, Kept.REGULAR, Kept.DERIVED)


def _undo(
    subject: Subject, triple: Triple, share: Share, part: int | None, whole: int
) -> tuple[str, bool] | None:
    """What a ratio says about the true counts, and whether that is all of it. None when rounded counts give it."""
    if _given_by_rounded(subject, share, part, whole):
        return None
    pairs = fit(share, whole_interval(subject, triple.whole, whole)).pairs
    if part is not None and triple.part is not None:
        near = whole_interval(subject, triple.part, part)
        pairs = tuple(
            pair for pair in pairs if pair[0] in near or (part == 0 and pair[0] <= subject.policy.threshold)
        )
    if not pairs:
        return None  # another denominator, another moment: nothing follows
    numerators = {pair[0] for pair in pairs}
    small = len(numerators) == 1 and 1 <= min(numerators) <= subject.policy.threshold
    shown = f"{share.value * 100:.6g} % beside {whole:,}"
    if len(pairs) == 1 or small:
        return f"{shown} is {pairs[0][0]:,} of {pairs[0][1]:,} and nothing else" if len(pairs) == 1 else (
            f"{shown} is {min(numerators)} of " + " or ".join(str(pair[1]) for pair in pairs)
        ), True
    return f"{shown} leaves {len(pairs)} pairs of true counts", False


def _given_by_rounded(subject: Subject, share: Share, part: int | None, whole: int) -> bool:
    # A unit of the last digit either way: languages disagree on how halves are rounded.
    slack = 2 * share.half + 1e-7
    if part is not None:
        return abs(part / whole - share.value) <= slack
    return any(
        scheme.allows(count)
        for count in range(max(0, int((share.value - slack) * whole)), int((share.value + slack) * whole) + 2)
        if abs(count / whole - share.value) <= slack
        for scheme in subject.policy.schemes
    )


def _finding(
    subject: Subject, triple: Triple, verdict: Verdict, cells: list[tuple[int, int, str]]
) -> Finding:
    name, whole = subject.table.header[triple.share], subject.table.header[triple.whole]
    undone = verdict is Verdict.BLOCK
    return subject.finding(
        ABOUT.code,
        verdict,
        what=f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'} of `{name}` were worked out from raw counts"
        + (", and undo the rounding" if undone else ""),
        why=f"with `{whole}` rounded, the digits of the ratio leave few true counts, or one",
        fix="work the ratio out from the rounded counts, or show fewer digits",
        cells=((row, index) for row, index, _ in cells),
        value=subject.table.rows[cells[0][0]][triple.share].raw.strip(),
        derivation=[told for _, _, told in cells[:20]],
    )
