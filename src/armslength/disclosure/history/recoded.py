"""Recoding: what bands cut at other points in an earlier release leave between them (E1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from armslength.disclosure.attack.attacker import Answer, Rule
from armslength.disclosure.attack.bands import BandCount, derived_bands
from armslength.disclosure.attack.keys import Band, CellKey
from armslength.disclosure.attack.system import Quantity
from armslength.disclosure.history.cells import Release, ReleasedCell
from armslength.disclosure.history.ledger import Earlier, ReleasedFile, ReleaseLedger
from armslength.disclosure.history.spans import Span, banded_dimensions, span_of, words_of
from armslength.disclosure.report import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A band that nobody showed, what it must hold, and the cells of the new file and of history that say so."""

    dimension: str
    words: str
    answer: Answer
    verdict: Verdict
    new: tuple[ReleasedCell, ...]
    old: Earlier


def bands_between(
    file: ReleasedFile, ledger: ReleaseLedger, release: Release, rule: Rule
) -> Iterator[Between]:
    """Yield the narrow bands that a file's bands and those of earlier releases leave open together."""
    banded: dict[tuple[str, CellKey], list[ReleasedCell]] = defaultdict(list)
    for cell in file.cells:
        for dimension in banded_dimensions(cell.key):
            banded[dimension, _rest(cell.key, dimension)].append(cell)
    for dimension in dict.fromkeys(name for name, _ in banded):
        cells = [cell for (name, _), members in banded.items() if name == dimension for cell in members]
        before: dict[CellKey, list[Earlier]] = defaultdict(list)
        for old in ledger.slices(cells, dimension, project=release.project):
            if old.release.backend == release.backend and same_people(old.release, release) is not False:
                before[_rest(old.cell.key, dimension)].append(old)
        for (name, rest), members in banded.items():
            if name == dimension and before[rest]:
                yield from _between(dimension, members, before[rest], release, rule)


def _between(
    dimension: str, cells: Sequence[ReleasedCell], before: Sequence[Earlier], release: Release, rule: Rule
) -> Iterator[Between]:
    shown = {span for cell in cells if (span := _span(cell.key, dimension))}
    # A release whose bands are all cut as here adds nothing between them, and would only widen the system.
    recoded: dict[str, list[Earlier]] = defaultdict(list)
    for old in before:
        recoded[old.release.id].append(old)
    for members in recoded.values():
        spans = {span for old in members if (span := _span(old.cell.key, dimension))}
        if spans <= shown or len({span.is_time for span in spans | shown}) != 1:
            continue
        counts = [entry for cell in cells if (entry := _count(cell, dimension, "here"))]
        counts += [
            entry for old in members if (entry := _count(old.cell, dimension, f"in `{old.release.id}`"))
        ]
        is_time = next(iter(shown)).is_time

        def naming(band: Band, *, is_time: bool = is_time) -> str:
            return words_of(Span(band.start, band.end, is_time), whole=dimension == "age")

        for band, answer in derived_bands(counts, rule=rule, naming=naming):
            if answer.verdict in (Verdict.BLOCK, Verdict.WARN) and answer.bounds.low >= 1:
                # Somebody may be counted in two weeks of one month: times are not surely parts of one another.
                sure = bool(same_people(members[0].release, release)) and not is_time
                yield Between(
                    dimension=dimension, words=naming(band), answer=answer,
                    verdict=answer.verdict if sure else Verdict.WARN,
                    new=tuple(cell for cell in cells if _overlaps(cell, dimension, band)) or tuple(cells[:1]),
                    old=members[0],
                )  # fmt: skip


def _count(cell: ReleasedCell, dimension: str, where: str) -> BandCount | None:
    span = _span(cell.key, dimension)
    if span is None:
        return None
    quantity = Quantity(
        name=f"{words_of(span, whole=dimension == 'age')} {where}",
        low=cell.low,
        high=cell.high,
        shown=cell.shown,
        hidden=cell.hidden,
    )
    return BandCount(band=span.band, quantity=quantity)


def _span(key: CellKey, dimension: str) -> Span | None:
    level = dict(key.levels).get(dimension)
    return span_of(dimension, level) if level is not None else None


def _overlaps(cell: ReleasedCell, dimension: str, band: Band) -> bool:
    span = _span(cell.key, dimension)
    return span is not None and span.start < band.end and band.start < span.end


def same_people(old: Release, new: Release) -> bool | None:
    """Whether two releases count the same people, as far as their fingerprints say; None where one has none."""
    return old.population == new.population if old.population and new.population else None


def _rest(key: CellKey, dimension: str) -> CellKey:
    return CellKey(key.measure, tuple(pair for pair in key.levels if pair[0] != dimension))
