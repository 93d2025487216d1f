"""Reading: which true counts may stand behind a shown cell, given how its column was treated."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from armslength.disclosure.attack.system import Quantity, Relation, ratio_of
from armslength.disclosure.cells import Cell, Kind
from armslength.disclosure.policy import RoundingScheme
from armslength.disclosure.rounding import ColumnRounding, Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What was done to a count before it was shown.

    `scheme` is None for exact counts. `suppressed`: counts from 1 to `threshold` were hidden first. In
    `zeros_true` columns 0 means nobody; in others a suppressed count may be shown as 0, as measures do.
    `unknown` treatments bound nothing.
    """

    scheme: RoundingScheme | None = None
    suppressed: bool = False
    zeros_true: bool = False
    threshold: int = 7
    unknown: bool = False

    def interval(self, shown: int) -> tuple[int, int | None]:
        """The least and greatest true count behind a shown one.

        >>> nearest = RoundingScheme(name="nearest 5", base=5)
        >>> Treatment(scheme=nearest, suppressed=True).interval(10), Treatment(scheme=nearest).interval(10)
        ((8, 12), (8, 12))
        >>> Treatment(scheme=nearest, suppressed=True).interval(0)
        (0, 7)
        """
        if self.unknown:
            return 0, None
        if shown == 0 and self.zeros_true:
            return 0, 0
        if self.scheme is None:
            return shown, shown
        low, high = self.scheme.interval(shown)
        if not self.suppressed or self.scheme.remainder:
            return low, high
        if shown == 0:
            return 0, self.threshold
        above = self.threshold + 1
        # A 5 cannot come from suppressed counts rounded to 5: then nothing was suppressed here.
        return (max(low, above), high) if high >= above else (low, high)

    def hidden(self, cell: Cell) -> tuple[int, int | None]:
        """The counts a marker stands for: `[REDACTED]` 1 to the threshold, `<8` what it says.

        >>> Treatment().hidden(Cell(Kind.REDACTED, "<=5", value=5.0, sign="<="))
        (0, 5)
        """
        lowest = 1 if self.zeros_true else 0
        if cell.value is None or not cell.sign:
            return 1, self.threshold
        value = int(cell.value)
        if cell.sign in ("<", "<="):
            return lowest, max(lowest, value - (cell.sign == "<"))
        return value + (cell.sign == ">"), None


def treatment_of(rounding: ColumnRounding | None, *, hides: bool, threshold: int) -> Treatment:
    """How a column of counts was treated. `hides`: redaction markers stand among its cells."""
    if rounding is None or rounding.scheme is None or rounding.kept in (Kept.NONE, Kept.UNKNOWN):
        return Treatment(zeros_true=True, suppressed=hides, threshold=threshold)
    if rounding.kept in (Kept.DERIVED, Kept.REGULAR):
        # Sums of rounded counts, or rounding whose direction is not known: any bound would be a guess.
        return Treatment(unknown=True, threshold=threshold)
    scheme = rounding.scheme
    return Treatment(
        scheme=scheme, suppressed=True, zeros_true=hides or scheme.remainder > 0, threshold=threshold
    )


def quantity_of(
    cell: Cell, treatment: Treatment, *, name: str, place: tuple[int, int, int] | None = None
) -> Quantity:
    """A cell as a quantity between bounds; a missing cell may be anything."""
    shown = cell.raw.strip()
    if cell.kind in (Kind.REDACTED, Kind.INEQUALITY):
        low, high = treatment.hidden(cell)
        marker = cell.kind is Kind.REDACTED
        return Quantity(
            name=name,
            low=low,
            high=high,
            shown=shown,
            hidden=True,
            may_exceed=marker and not cell.sign,
            cell=place,
        )
    count = cell.count
    if count is None or count < 0:
        return Quantity(name=name, shown=shown, hidden=True, cell=place)
    low, high = treatment.interval(count)
    return Quantity(name=name, low=low, high=high, shown=f"{count:,}", cell=place)


def share_relations(
    part: int, whole: int, *, percent: float, decimals: int, words: str
) -> tuple[Relation, Relation]:
    """A percentage shown with so many decimals ties its numerator to its denominator."""
    scale = 10**decimals
    shown = Fraction(round(percent * scale), 100 * scale)
    return ratio_of(part, whole, shown=shown, half=Fraction(1, 200 * scale), words=words)
