"""Canonical keys: one name for one cell, however its table spells sex, age bands, dates and the order of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from armslength.disclosure.attack.sums import TOTAL, dimensions_of
from armslength.disclosure.names import normal
from armslength.disclosure.subject import Subject

_DIMENSIONS = {
    "gender": "sex", "agegroup": "age", "age_group": "age", "age_band": "age", "ageband": "age",
    "age_cat": "age", "interval_start": "period", "month": "period", "week": "period", "date": "period",
    "year": "period", "quarter": "period", "imd_quintile": "imd", "imd_quintiles": "imd", "ethnic": "ethnicity",
    "ethnic_group": "ethnicity", "ethnicity_group": "ethnicity", "nhs_region": "region",
}  # fmt: skip
_SEXES = {"m": "male", "f": "female", "men": "male", "women": "female", "males": "male", "females": "female"}
_BAND = re.compile(r"^(\d{1,3}) ?(?:-|–|to) ?(\d{1,3})(?: years| yrs)?$")  # noqa: RUF001
_HALF_OPEN = re.compile(r"^\[(\d{1,3}), ?(\d{1,3})\)$")
_OPEN_BAND = re.compile(r"^(?:>=|≥)? ?(\d{1,3}) ?(\+|and over|or over|and above)?$")
_BELOW = re.compile(r"^(?:<|under|below) ?(\d{1,3})$")
_DAY = re.compile(r"^(\d{4})-(\d{2})(?:-(\d{2}))?(?:[t ].*)?$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_TREATMENT = re.compile(r"_?(midpoint_?6|roundmid_?6|round(ed)?(_?\d+)?|redacted|derived)(?=_|$)")
# Beyond any age: the open end of `80+`.
FOREVER = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """A half-open band of whole numbers: 40 to 44 is [40, 45)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}+" if self.end == FOREVER else f"{self.start}-{self.end - 1}"


@dataclass(frozen=True, slots=True)
class CellKey:
    """What a cell is about: its measure, and one level per dimension, sorted. Totals are levels left out."""

    measure: str
    levels: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The key as one line, the same wherever the cell stands."""
        return "\x1f".join([self.measure, *(f"{dimension}={level}" for dimension, level in self.levels)])

    @property
    def words(self) -> str:
        """The key for people."""
        said = ", ".join(f"{dimension} {level}" for dimension, level in self.levels) or "everybody"
        return f"{self.measure} of {said}"


@lru_cache(maxsize=65_536)
def band_of(text: str) -> Band | None:
    """Read an age band in any usual spelling.

    >>> [str(band_of(text)) for text in ("40-44", "40 to 44", "[40, 45)", "80+", "<18")]
    ['40-44', '40-44', '40-44', '80+', '0-17']
    """
    said = text.strip().lower()
    if match := _BAND.match(said):
        start, end = int(match[1]), int(match[2]) + 1
        return Band(start, end) if start < end else None
    if match := _HALF_OPEN.match(said):
        return Band(int(match[1]), int(match[2])) if int(match[1]) < int(match[2]) else None
    if (match := _OPEN_BAND.match(said)) and (match[2] or said[0] in ">≥"):
        return Band(int(match[1]), FOREVER)
    if match := _BELOW.match(said):
        return Band(0, int(match[1])) if int(match[1]) > 0 else None
    return None


@lru_cache(maxsize=65_536)
def level_of(text: str) -> str:
    """A level in one spelling.

    >>> level_of("F"), level_of("40 to 44"), level_of("05/01/2021"), level_of("2021-01-05T00:00:00Z")
    ('female', '40-44', '2021-01-05', '2021-01-05')
    """
    said = " ".join(text.strip().lower().split())
    if said in _SEXES:
        return _SEXES[said]
    if band := band_of(said):
        return str(band)
    if match := _DAY.match(said):
        return f"{match[1]}-{match[2]}" + (f"-{match[3]}" if match[3] else "")
    if match := _SLASHED.match(said):
        return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    return said


def dimension_of(header: str) -> str:
    """The name of a dimension in one spelling.

    >>> dimension_of("Gender"), dimension_of("ageGroup"), dimension_of("IMD quintile")
    ('sex', 'age', 'imd')
    """
    said = normal(header)
    return _DIMENSIONS.get(said, said)


def measure_of(header: str) -> str:
    """What a column counts, without how it was rounded.

    >>> measure_of("n_events_midpoint6"), measure_of("Count (rounded 5)")
    ('n_events', 'count')
    """
    return _TREATMENT.sub("", normal(header)).strip("_") or "n"


def keys_of(subject: Subject, columns: list[int]) -> dict[tuple[int, int], CellKey]:
    """The key of each cell of these columns. Cells whose keys are not unique in their table have none."""
    dimensions = [column for column in dimensions_of(subject) if column not in columns]
    names = {column: dimension_of(subject.table.header[column]) for column in dimensions}
    measures = {column: measure_of(subject.table.header[column]) for column in columns}
    found: dict[tuple[int, int], CellKey] = {}
    twice: set[CellKey] = set()
    seen: set[CellKey] = set()
    for row, cells in enumerate(subject.table.rows):
        levels = []
        for column, name in names.items():
            text = cells[column].raw.strip()
            if text and not TOTAL.match(text):
                levels.append((name, level_of(text)))
        ordered = tuple(sorted(levels))
        for column, measure in measures.items():
            key = CellKey(measure, ordered)
            (twice if key in seen else seen).add(key)
            found[row, column] = key
    return {place: key for place, key in found.items() if key not in twice}
