"""The disclosure policy as data: thresholds, rounding schemes, limits. Texts and checks read it from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundingScheme:
    """One permitted way to round a count: every shown value leaves `remainder` when divided by `base`.

    >>> RoundingScheme(name="nearest 5", base=5).allows(15)
    True
    """

    name: str
    base: int
    remainder: int = 0
    suffix: str = ""  # a column whose name ends so declares this scheme

    def allows(self, count: int) -> bool:
        """True when this scheme can show this count; nought is always allowed."""
        return count == 0 or count % self.base == self.remainder


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosurePolicy:
    """What counts as too small, which rounding is permitted, how much is read. One version per change."""

    version: str = "2026-11"
    # Counts from 1 up to and including this are hidden (output checking specification, 3.2).
    threshold: int = 7
    schemes: tuple[RoundingScheme, ...] = (
        RoundingScheme(name="nearest 5", base=5, suffix="_rounded"),
        RoundingScheme(name="nearest 10", base=10),
        RoundingScheme(name="midpoint 6", base=6, remainder=3, suffix="_midpoint6"),
    )
    # A table of at least this many rows that shows no aggregate is looked at as one row per person.
    record_level_rows: int = 20
    maximum_bytes: int = 16 * 2**20
    maximum_cells: int = 2_000_000
    redaction_markers: frozenset[str] = frozenset(
        {"[redacted]", "redacted", "suppressed", "[suppressed]", "*", "<=7", "≤7", "<8", "[c]", "hidden"}
    )

    def __post_init__(self) -> None:
        if self.threshold < 1:
            raise ValueError(f"a threshold must be at least 1, not {self.threshold}")
        if not self.schemes:
            raise ValueError("a policy needs at least one rounding scheme")


DEFAULT = DisclosurePolicy()
