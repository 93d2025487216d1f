"""Findings about tables beside one another in one file: bands cut differently (D5), cells treated twice (D6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from armslength.disclosure.attack.bands import BandCount, derived_bands
from armslength.disclosure.attack.findings import rule_of
from armslength.disclosure.attack.keys import CellKey, band_of, keys_of
from armslength.disclosure.attack.reading import quantity_of
from armslength.disclosure.attack.structure import treatment_of_column
from armslength.disclosure.attack.sums import count_columns, is_hidden
from armslength.disclosure.attack.system import Quantity
from armslength.disclosure.checks import BLOCK, HUNDEPOOL, WARN, About
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

# Two tables count the same people when so many cells that both show may be the same counts, and hardly one may not.
_ENOUGH_SHARED = 3
_ALIKE = 0.9
_TOO_MANY = 9  # cells that agree make up for one that does not
_MOST_TABLES = 40

Cells = dict[CellKey, Quantity]


def _cells(subject: Subject) -> Cells:
    """The counts of a table by what they are about."""
    columns = [column for column in count_columns(subject) if subject.roles[column].role is Role.COUNT]
    found: Cells = {}
    treatments = {column: treatment_of_column(subject, column) for column in columns}
    for (row, column), key in keys_of(subject, columns).items():
        cell = subject.table.rows[row][column]
        if cell.count is not None or is_hidden(cell):
            place = (subject.table.number, row, column)
            found[key] = quantity_of(cell, treatments[column], name=key.words, place=place)
    return found


def _pairs(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Cells, Subject, Cells]]:
    """Tables of one file that count the same people, as far as the numbers say."""
    if len(subjects) < 2:
        return
    known = [(subject, _cells(subject)) for subject in subjects[:_MOST_TABLES]]
    for (first, a), (second, b) in combinations(known, 2):
        shared = [key for key in a.keys() & b.keys() if not a[key].hidden and not b[key].hidden]
        alike = sum(_overlap(a[key], b[key]) for key in shared)
        if len(shared) >= _ENOUGH_SHARED and alike >= _ALIKE * len(shared):
            yield first, a, second, b


def _agreeing_measures(a: Cells, b: Cells) -> set[str]:
    """The measures that both tables show alike: two outcomes of the same people share the size of groups only."""
    alike: Counter[str] = Counter()
    for key in a.keys() & b.keys():
        if not a[key].hidden and not b[key].hidden:
            alike[key.measure] += 1 if _overlap(a[key], b[key]) else -_TOO_MANY
    return {measure for measure, agreed in alike.items() if agreed > 0}


def _overlap(one: Quantity, other: Quantity) -> bool:
    return (other.high is None or one.low <= other.high) and (one.high is None or other.low <= one.high)


class RecodedBands:
    """D5."""

    ABOUT = About(
        code="D5",
        title="Bands cut at different points",
        verdicts=(WARN,),
        stops="two tables of one file with different age bands of the same people, whose difference is a few people",
        mend="use the same bands in every table",
        source=f"{HUNDEPOOL}, differencing of geographies and age bands",
    )

    def find(
        self, document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy
    ) -> Iterator[Finding]:
        """Yield a finding per narrow band that the tables leave between them."""
        for first, a, _, b in _pairs(subjects):
            counts: dict[CellKey, list[BandCount]] = defaultdict(list)
            for key, quantity in [*a.items(), *b.items()]:
                band = band_of(dict(key.levels).get("age", "-"))
                if band is not None:
                    rest = CellKey(key.measure, tuple(pair for pair in key.levels if pair[0] != "age"))
                    counts[rest].append(BandCount(band=band, quantity=quantity))
            for banded in counts.values():
                for band, answer in derived_bands(banded, rule=rule_of(policy)):
                    if answer.bounds.low >= 1 and answer.verdict in (Verdict.BLOCK, Verdict.WARN):
                        cells = [entry.quantity.cell for entry in banded]
                        yield first.finding(
                            "D5",
                            Verdict.WARN,
                            what=f"bands cut at different points give {answer.bounds} people aged {band}",
                            why="the bands of two tables laid over one another leave a narrow one between them",
                            fix=self.ABOUT.mend,
                            cells=[
                                cell[1:]
                                for cell in cells
                                if cell is not None and cell[0] == first.table.number
                            ],
                            value=str(answer.bounds),
                            derivation=answer.steps,
                        )


class RepeatedCells:
    """D6."""

    ABOUT = About(
        code="D6",
        title="A cell hidden in one table and shown in another",
        verdicts=(BLOCK,),
        stops="two tables of one file that count the same people, one of which shows what the other hides",
        mend="hide the cell in both",
        source=f"{HUNDEPOOL}, linked tables",
    )

    def find(
        self, document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy
    ) -> Iterator[Finding]:
        """Yield a finding per pair of tables."""
        for first, a, second, b in _pairs(subjects):
            agreeing = _agreeing_measures(a, b)
            told = [
                (key, a[key], b[key])
                for key in a
                if key in b
                and key.measure in agreeing
                and a[key].hidden != b[key].hidden
                and _overlap(a[key], b[key])
            ]
            if told:
                hidden = first if told[0][1].hidden else second
                cells = [
                    q.cell for _, *both in told for q in both if q.cell and q.cell[0] == hidden.table.number
                ]
                yield hidden.finding(
                    "D6",
                    Verdict.BLOCK,
                    what=f"{len(told)} counts are hidden in one table and shown in another",
                    why="the two tables laid side by side show what one of them hides",
                    fix=self.ABOUT.mend,
                    cells=[cell[1:] for cell in cells],
                    derivation=[
                        f"{key.words}: {one.shown} in one, {two.shown} in the other" for key, one, two in told
                    ][:8],
                )


DOCUMENT_CHECKS = (RecodedBands(), RepeatedCells())
