"""Rounding: which scheme a column of counts keeps to, and which of its cells do not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from armslength.disclosure.names import normal
from armslength.disclosure.policy import DisclosurePolicy, RoundingScheme


class Kept(StrEnum):
    """What a column keeps to."""

    PERMITTED = "permitted"  # a scheme of the policy
    DERIVED = "derived"  # sums or differences of counts rounded to a scheme of the policy
    REGULAR = "regular"  # every count leaves the same remainder, but the policy does not name the scheme
    NONE = "none"
    UNKNOWN = "unknown"  # there is nothing to judge by


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRounding:
    """What one column of counts keeps to. `outside` are the positions (in the given counts) that do not.

    `sure` is True where enough different counts agree for chance to be out of the question, or the header
    declares the scheme; `declared` is the scheme that the header names.
    """

    kept: Kept
    scheme: RoundingScheme | None
    outside: tuple[int, ...] = ()
    distinct: int = 0
    sure: bool = False
    declared: RoundingScheme | None = None

    @property
    def is_midpoint(self) -> bool:
        return self.scheme is not None and self.scheme.remainder > 0


# With this many different counts that agree on base 5 or 6, chance is below one in a hundred.
ENOUGH = 3
# Schemes that the policy does not name but that are plainly rounding are told apart only by more counts.
ENOUGH_FOR_UNKNOWN = 5
_OTHER = re.compile(
    r"(?:^|[\s,(;:\[])(?:median|mean|average|iqr|sd|std|q1|q3|minimum|maximum|min|max|range|p-value|p value|bmi"
    r"|years? of age|follow-up|duration|days|percentile|quantile|score|standard deviation)(?:$|[\s,);:(\]])",
    re.IGNORECASE,
)


def says_other_than_count(label: str) -> bool:
    """True when a row's label says that the row shows a position or a spread, not a count."""
    return bool(_OTHER.search(label))


def rounding_of(
    columns: Mapping[int, Sequence[int]], header: Sequence[str], policy: DisclosurePolicy
) -> dict[int, ColumnRounding]:
    """Say of each column of counts what it keeps to; where one column says too little, the table decides."""
    pool = {count for counts in columns.values() for count in counts if count > 0}
    preferred = sorted(policy.schemes, key=lambda scheme: -_fitting(scheme, pool))
    midpoint = next((scheme for scheme in policy.schemes if scheme.remainder), None)
    shows_midpoint = midpoint is not None and (
        any("midpoint" in normal(name) or "mid6" in normal(name) for name in header)
        or any(_is_wholly(midpoint, counts) for counts in columns.values())
        or _are_differences(pool)
    )
    regular = _regular(pool)
    return {
        index: _column_rounding(
            counts, header[index], preferred, midpoint if shows_midpoint else None, regular
        )
        for index, counts in columns.items()
    }


def _are_differences(counts: set[int]) -> bool:
    # Differences of midpoint 6 labels, as in the steps of a survival curve, are multiples of 6 and nothing else.
    return len(counts) > ENOUGH and all(count % 6 == 0 for count in counts)


def _is_wholly(scheme: RoundingScheme, counts: Sequence[int]) -> bool:
    distinct = {count for count in counts if count > 0}
    return len(distinct) >= ENOUGH and all(scheme.allows(count) for count in distinct)


def _fitting(scheme: RoundingScheme, counts: set[int]) -> int:
    base, remainder = scheme.base, scheme.remainder
    return sum([count % base == remainder for count in counts])


def _column_rounding(
    counts: Sequence[int],
    name: str,
    schemes: Sequence[RoundingScheme],
    midpoint: RoundingScheme | None,
    whole_table: RoundingScheme | None,
) -> ColumnRounding:
    distinct = {count for count in counts if count > 0}
    declared = declared_scheme(name, schemes)
    if not distinct:
        return ColumnRounding(kept=Kept.UNKNOWN, scheme=None, declared=declared)
    # What the header declares is tried first, so that it is named when several schemes fit.
    order = ([declared] if declared else []) + [scheme for scheme in schemes if scheme is not declared]
    scheme = max(order, key=lambda scheme: _fitting(scheme, distinct))
    sure = len(distinct) >= ENOUGH or (declared is scheme)
    if _fitting(scheme, distinct) == len(distinct):
        return _rounding(Kept.PERMITTED, scheme, distinct, declared, sure)
    if midpoint is not None and all(count % 3 == 0 for count in distinct):
        # Sums and differences of midpoint 6 labels are multiples of 3.
        derived = RoundingScheme(name="derived from midpoint 6", base=3)
        return _rounding(Kept.DERIVED, derived, distinct, declared, sure)
    if regular := whole_table or _regular(distinct):
        return _rounding(Kept.REGULAR, regular, distinct, declared, True)
    base, remainder = scheme.base, scheme.remainder
    outside = tuple(
        [position for position, count in enumerate(counts) if count and count % base != remainder]
    )
    return ColumnRounding(
        kept=Kept.NONE, scheme=scheme, outside=outside, distinct=len(distinct), sure=sure, declared=declared
    )


def _rounding(
    kept: Kept, scheme: RoundingScheme, distinct: set[int], declared: RoundingScheme | None, sure: bool
) -> ColumnRounding:
    return ColumnRounding(kept=kept, scheme=scheme, distinct=len(distinct), sure=sure, declared=declared)


def declared_scheme(name: str, schemes: Sequence[RoundingScheme]) -> RoundingScheme | None:
    """The scheme that a column's name declares: `n_midpoint6`, `N_roundmid6`, `events_round5`."""
    said = normal(name)
    for scheme in schemes:
        if scheme.remainder and re.search(rf"(mid|midpoint|roundmid)_?{scheme.base}(_|$)", said):
            return scheme
        if not scheme.remainder and re.search(rf"round(ed)?_?(to_?)?{scheme.base}(_|$)", said):
            return scheme
    return None


def _regular(distinct: set[int]) -> RoundingScheme | None:
    if len(distinct) < ENOUGH_FOR_UNKNOWN:
        return None
    first = min(distinct)
    for base in (10, 9, 8, 7, 6, 5):
        remainder = first % base
        if all(count % base == remainder for count in distinct):
            name = f"multiples of {base}" + (f" and {remainder} more" if remainder else "")
            return RoundingScheme(name=name, base=base, remainder=remainder)
    return None
