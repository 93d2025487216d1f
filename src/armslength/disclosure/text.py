"""Personal identifiers in running text: numbers with check digits, addresses, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.names import vocabulary

NHS_NUMBER = re.compile(r"(?<![\d.,-])(\d{3})([ -]?)(\d{3})\2(\d{4})(?![\d.,]\d|\d|-\d)")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{0,60}[A-Za-z]{2,}")
POSTCODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2})\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])")
MOBILE = re.compile(r"(?<![\d.,])(?:\+44 ?7\d{3}|07\d{3})[ -]?\d{3}[ -]?\d{3}(?![\d.,])")
# Royal Mail's postcode areas: what looks like a postcode elsewhere is a code of something.
_AREAS = vocabulary(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH "
    "EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M "
    "ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST "
    "SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)
# Ranges in use: England and Wales from 4, 6 and 7, Northern Ireland 3, Scotland's days of birth 0 to 3, tests 9.
_NEVER_FIRST = frozenset("58")


def is_nhs_number(digits: str) -> bool:
    """Check ten digits by the modulus 11 rule of the NHS Data Dictionary.

    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    check = 11 - remainder
    return check != 10 and int(digits[9]) == (0 if check == 11 else check)


_VERHOEFF_TIMES = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_PLACES = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_snomed_id(digits: str) -> bool:
    """Check a SNOMED CT identifier: 6 to 18 digits, its partition and its Verhoeff digit.

    >>> is_snomed_id("840539006"), is_snomed_id("840539007")
    (True, False)
    """
    if not 6 <= len(digits) <= 18 or digits[-3:-1] not in {"00", "01", "02", "10", "11", "12"}:
        return False
    checked = 0
    for position, digit in enumerate(reversed(digits)):
        checked = int(_VERHOEFF_TIMES[checked][int(_VERHOEFF_PLACES[position % 8][int(digit)])])
    return checked == 0


def identifiers_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield (kind of identifier, position) for each personal identifier met in a text."""
    if not any(character.isdigit() or character == "@" for character in text):
        return
    for match in NHS_NUMBER.finditer(text):
        digits = match[1] + match[3] + match[4]
        if digits[0] not in _NEVER_FIRST and is_nhs_number(digits):
            yield "NHS number", match.start()
    for match in EMAIL.finditer(text):
        if not match[0].startswith(("git@", "noreply@", "no-reply@")):  # addresses of machines
            yield "e-mail address", match.start()
    for match in POSTCODE.finditer(text):
        if match[1] in _AREAS:
            yield "postcode", match.start()
    for match in MOBILE.finditer(text):
        yield "telephone number", match.start()
