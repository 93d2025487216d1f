"""What the makers of released tables share: the ways in which authors make tables safe.

Each maker takes a random generator and returns (file name, text). Nothing in them discloses anything, so nothing
may be stopped.
"""

from __future__ import annotations

import csv
import importlib
import io
import math
import random
from collections.abc import Callable

Maker = Callable[[random.Random], tuple[str, str]]
MAKERS: list[Maker] = []
# The makers enter the list when their files are read.
SHAPES = tuple(
    f"released_{shape}"
    for shape in ("tables", "reports", "counts", "models", "texts", "oddities", "pages", "groups")
)
REGIONS = [
    "East",
    "East Midlands",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
]
BANDS = ["18-39", "40-49", "50-59", "60-69", "70-79", "80+"]
SNOMED = [
    "840539006",
    "195967001",
    "73211009",
    "38341003",
    "44054006",
    "13645005",
    "22298006",
    "230690007",
    "49436004",
]
TERMS = [
    "Disease caused by severe acute respiratory syndrome coronavirus 2 (disorder)",
    "Asthma",
    "Diabetes mellitus",
]


def maker(function: Maker) -> Maker:
    MAKERS.append(function)
    return function


def r5(count: float, *, least: int = 8) -> int:
    return 0 if count < least else int(5 * round(count / 5))


def mid6(count: float) -> int:
    return 6 * math.ceil(count / 6) - 3 if count > 0 else 0


def hide(count: int, marker: str = "[REDACTED]") -> int | str:
    return marker if 0 < count <= 7 else int(5 * round(count / 5))


def table(header: list[str], rows: list[list[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def corpus(seed: int, *, rounds: int = 1) -> list[tuple[str, str]]:
    """Every shape `rounds` times, the same for the same seed."""
    for shapes in SHAPES:
        importlib.import_module(shapes)
    return [
        make(random.Random(f"{seed}/{turn}/{make.__name__}")) for turn in range(rounds) for make in MAKERS
    ]
