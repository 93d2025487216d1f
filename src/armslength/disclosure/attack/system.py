"""What an attacker knows: numbers between bounds, and sums that tie them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

Terms = tuple[tuple[int, int], ...]  # (position of a quantity, whole coefficient)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A whole number that an output shows, blurs or hides, with what its text alone says about it.

    `low` and `high` are people or events, inclusive; `high` is None where nothing bounds it. `hidden` cells
    may have been hidden to protect another one: their `high` is then not to be trusted (`may_exceed`).
    """

    name: str
    low: int = 0
    high: int | None = None
    shown: str = ""
    hidden: bool = False
    may_exceed: bool = False
    cell: tuple[int, int, int] | None = None  # (table, row, column) in the file

    def __post_init__(self) -> None:
        if self.high is not None and self.high < self.low:
            raise ValueError(f"{self.name}: no number is at least {self.low} and at most {self.high}")

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """low ≤ Σ coefficient · quantity ≤ high. `words` say why it holds; `sure` is False for a guess from labels."""

    terms: Terms
    low: int | None
    high: int | None
    words: str
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something an attacker would like to know: a sum or difference of quantities, under a name."""

    terms: Terms
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Everything known at once. Relations and targets name quantities by position."""

    quantities: tuple[Quantity, ...]
    relations: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        for relation in self.relations:
            for position, _ in relation.terms:
                if not 0 <= position < len(self.quantities):
                    raise ValueError(f"`{relation.words}` names quantity {position}, which does not exist")

    def target(self, position: int) -> Target:
        """One quantity as a target."""
        return Target(terms=((position, 1),), name=self.quantities[position].name)


def total_of(
    total: int, parts: Iterable[int], *, words: str, sure: bool = True, complete: bool = True
) -> Relation:
    """A total and its parts; where the parts are not all there is, the total is at least their sum.

    >>> total_of(2, [0, 1], words="sex").terms
    ((2, 1), (0, -1), (1, -1))
    """
    terms = ((total, 1), *((part, -1) for part in parts))
    return Relation(terms=terms, low=0, high=0 if complete else None, words=words, sure=sure)


def ratio_of(
    part: int, whole: int, *, shown: Fraction, half: Fraction, words: str
) -> tuple[Relation, Relation]:
    """|part / whole - shown| ≤ half, written with whole coefficients.

    >>> [relation.terms for relation in ratio_of(0, 1, shown=Fraction(1, 4), half=Fraction(1, 20), words="")]
    [((0, 10), (1, -3)), ((0, 5), (1, -1))]
    """
    most, least = shown + half, max(Fraction(0), shown - half)
    return (
        Relation(terms=((part, most.denominator), (whole, -most.numerator)), low=None, high=0, words=words),
        Relation(terms=((part, least.denominator), (whole, -least.numerator)), low=0, high=None, words=words),
    )
