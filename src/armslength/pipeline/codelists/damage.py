"""Codes that are not what they were: what spreadsheets and careless copying do to them.

Nothing here guesses what the code should be, except where only one thing can be meant. Rounded digits and
dates cannot be turned back: the remedy is always to take the list from its source again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from armslength.pipeline.codelists.tables import Table

Systems = Mapping[str, re.Pattern[str]]  # name of a coding system: what its codes look like

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
SCIENTIFIC = re.compile(r"[+-]?\d([.,]\d+)?[eE]\+\d{1,3}|[+-]?\d[.,]\d+[eE]\d{1,3}")
DATE = re.compile(
    rf"\d{{1,2}}[-/ ]({MONTHS})([-/ ]\d{{2,4}})?|({MONTHS})[-/ ]\d{{1,4}}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}"
    r"|\d{4}-\d{2}-\d{2}([ T]00:00(:00)?)?",
    re.IGNORECASE,
)
SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|#+)")
FORMULA = re.compile(r"'.+|=\"?.+")
DECIMAL = re.compile(r"\d+\.0+")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
NO_VALUE = re.compile(r"nan|none|null|n/a", re.IGNORECASE)
INVISIBLE = {
    "\u200b": "zero-width space",
    "\ufeff": "byte order mark",
    "\u200e": "direction mark",
    "\u00ad": "soft hyphen",
}
# A spreadsheet keeps 15 digits of a number; from the sixteenth on it writes noughts.
KEPT_DIGITS = 15
LONG_ID = re.compile(r"[1-9]\d{5,17}")
# So many of a column's codes must fit a coding system before the others are measured by it.
FITS = 0.8
AGAIN = "take the list from its source again, without opening it in a spreadsheet"
AS_TEXT = f"{AGAIN}, or import the column as text"


@dataclass(frozen=True)
class Damage:
    """One damaged code: where it is, what happened to it, what to do."""

    line: int
    column: str
    code: str
    what: str
    repair: str


Rule = Callable[[str], "tuple[str, str] | None"]


def find_damage(table: Table, *, systems: Systems, named: Iterable[str] = ()) -> tuple[Damage, ...]:
    """Return every damaged code, in the order of the file. Columns named by the study count as codes, too."""
    found: list[Damage] = []
    for place in table.code_columns(named):
        cells = [(line, row[place]) for line, row in table.rows if place < len(row)]
        rules = (*RULES, *_rules_of([cell.strip() for _, cell in cells], systems))
        for line, cell in cells:
            if not cell.strip():
                continue
            told = next((told for rule in rules if (told := rule(cell)) is not None), None)
            if told is not None:
                found.append(Damage(line, table.columns[place], cell, *told))
    return tuple(sorted(found, key=lambda damage: damage.line))


def _spaces(code: str) -> tuple[str, str] | None:
    for letter, name in INVISIBLE.items():
        if letter in code:
            return f"it holds an invisible character ({name})", f"write `{code.replace(letter, '').strip()}`"
    if any(letter.isspace() and letter not in " \t" for letter in code):
        return "it holds a no-break space or a line end", f"write `{' '.join(code.split())}`"
    if code != code.strip():
        side = "starts" if code != code.lstrip() else "ends"
        return f"it {side} with a space", f"write `{code.strip()}`"
    return None


def _matches(pattern: re.Pattern[str], what: str, repair: str) -> Rule:
    return lambda code: (what, repair) if pattern.fullmatch(code) else None


def _letters(code: str) -> tuple[str, str] | None:
    strange = next((letter for letter in code if not letter.isascii()), None)
    if strange is None:
        return None
    if strange == "…":
        return (
            "dots were turned into one character",
            f"write `{code.replace('…', '...')[:5]}`, with single dots",
        )
    return f"it holds `{strange}`, which no code has", AGAIN


def _rounded(code: str) -> tuple[str, str] | None:
    """A long number whose last digits became noughts. One in ten passes the check digit by chance."""
    long = LONG_ID.fullmatch(code) and len(code) > KEPT_DIGITS
    if not long or code[KEPT_DIGITS:].strip("0") or check_digit_holds(code):
        return None
    return f"a spreadsheet kept {KEPT_DIGITS} digits and wrote noughts for the rest", AS_TEXT


RULES: Sequence[Rule] = (
    _spaces,
    _matches(SCIENTIFIC, "a spreadsheet made a number of it; its last digits are lost", AS_TEXT),
    _matches(DATE, "a spreadsheet made a date of it", AS_TEXT),
    _matches(SPREADSHEET_ERROR, "it is a spreadsheet's error, not a code", AS_TEXT),
    _matches(FORMULA, "a spreadsheet's mark for text is part of it", "remove the mark"),
    _matches(DECIMAL, "a program made a decimal number of it", AGAIN),
    _matches(THOUSANDS, "it is written with commas between the thousands", AGAIN),
    _matches(NO_VALUE, "a program wrote a missing value as a word", "leave the cell empty or delete the row"),
    _letters,
    _rounded,
)  # fmt: skip


def _rules_of(codes: Sequence[str], systems: Systems) -> tuple[Rule, ...]:
    """The rules that hold for this column only, because of what most of its codes are."""
    codes = [code for code in codes if code]
    fit = {name: _share(codes, _matching(pattern)) for name, pattern in systems.items()}
    # Only the system that fits best: codes of ICD-10 with five characters look like Read codes, too.
    best = max(fit.values(), default=0.0)
    rules = [_shortened(name, systems[name]) for name, share in fit.items() if share == best >= FITS]
    ids = [code for code in codes if LONG_ID.fullmatch(code)]
    # One digit in ten is right by chance, so a column of other numbers is not taken for SNOMED CT.
    if len(ids) >= 3 and len(ids) >= FITS * len(codes) and _share(ids, check_digit_holds) >= FITS:
        rules.append(_wrong_check_digit)
    return tuple(rules)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda code: pattern.fullmatch(code) is not None


def _share(codes: Sequence[str], condition: Callable[[str], bool]) -> float:
    return sum(map(condition, codes)) / len(codes) if codes else 0.0


def _shortened(name: str, pattern: re.Pattern[str]) -> Rule:
    """A code that fits its system again once noughts are put before it, or dots behind."""

    def told(code: str) -> tuple[str, str] | None:
        if pattern.fullmatch(code):
            return None
        for missing in range(1, 4):
            if code.isdecimal() and pattern.fullmatch("0" * missing + code):
                return (
                    f"its leading noughts are lost: {name} codes are longer",
                    f"write `{'0' * missing + code}`",
                )
            if pattern.fullmatch(code + "." * missing):
                return f"its final dots are lost: {name} codes are longer", f"write `{code + '.' * missing}`"
        return None

    return told


def _wrong_check_digit(code: str) -> tuple[str, str] | None:
    if LONG_ID.fullmatch(code) is None or check_digit_holds(code):
        return None
    return "its last digit does not agree with the others, so some digit is wrong", AGAIN


# Verhoeff's check digit, which ends every SNOMED CT and dm+d identifier.
# Source: SNOMED CT Technical Implementation Guide, "Check-digit".
TIMES = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
TURNED = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def check_digit_holds(code: str) -> bool:
    """Say whether the last digit of an identifier agrees with the others.

    >>> check_digit_holds("44054006"), check_digit_holds("44054007")
    (True, False)
    """
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = int(TIMES[check][int(TURNED[place % 8][int(digit)])])
    return check == 0
