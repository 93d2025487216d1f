"""Cells that hold clinical codes: kept as they were recorded, refused where a spreadsheet has changed them."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armslength.query.formats.store import ColumnType
from armslength.query.model.codes import BaseCode, DMDCode, SNOMEDCTCode
from armslength.query.stores.omop_cells import Refusal, typed
from armslength.query.stores.sample.codes import is_well_formed

_SCIENTIFIC = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DECIMAL = re.compile(r"[0-9]+[.,]0+")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"[0-9]{{1,2}}[-/ .]({_MONTHS})|({_MONTHS})[-/ .][0-9]{{2,4}}|[0-9]{{1,4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,4}}",
    re.I,
)
_EXACT_DIGITS = 15  # of a number in a spreadsheet


def why_not_code(text: str, system: type[BaseCode]) -> Refusal | None:
    """Return why a text cannot be a code as it was recorded, or None.

    >>> why_not_code("1.2E+17", SNOMEDCTCode).value, why_not_code("2-Mar", SNOMEDCTCode).value
    ('a number in spreadsheet notation, whose digits are lost', 'a code that a spreadsheet turned into a date')
    """
    if system.pattern.fullmatch(text):
        return Refusal.ROUNDED if _is_rounded(text, system) else None
    if _SCIENTIFIC.fullmatch(text) or _DECIMAL.fullmatch(text):
        return Refusal.MANGLED
    if _DATE.fullmatch(text):
        return Refusal.BECAME_A_DATE
    if text.isdecimal() and any(
        system.pattern.fullmatch(text.zfill(len(text) + zeros)) for zeros in (1, 2, 3)
    ):
        return Refusal.ZEROS_LOST
    return Refusal.NOT_A_CODE


def _is_rounded(text: str, system: type[BaseCode]) -> bool:
    """Whether a long number ends in zeros from its sixteenth digit on and has lost its check digit."""
    numbers = system in (SNOMEDCTCode, DMDCode)
    return (
        numbers
        and not text[_EXACT_DIGITS:].strip("0")
        and len(text) > _EXACT_DIGITS
        and not is_well_formed(text)
    )


def coded(cells: pa.StringArray, system: type[BaseCode]) -> tuple[pa.Array, dict[int, Refusal]]:
    """Return a column of codes as text, and by row why a cell is refused. Each distinct text is looked at once."""
    values, _ = typed(pc.utf8_trim(cells, " "), ColumnType.STR)
    encoded = values.dictionary_encode()
    reasons = {
        index: why
        for index, text in enumerate(encoded.dictionary.to_pylist())
        if (why := why_not_code(text, system)) is not None
    }
    if not reasons:
        return values, {}
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(np.isin(indices, list(reasons)))
    return values, {int(row): reasons[int(indices[row])] for row in rows}
