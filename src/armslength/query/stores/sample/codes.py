"""SNOMED CT identifiers: their Verhoeff check digit, and ids that are well-formed but mean nothing.

The structure is public: item number, then (for an extension) a namespace of seven digits, then two
digits of partition, then the check digit (SNOMED CT Release File Specification, "SCTID").
"""

from __future__ import annotations

_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)

# No terminology publisher holds this namespace, so a made-up id can never meet a real one.
NOBODYS_NAMESPACE = "9999999"
CONCEPT_OF_AN_EXTENSION = "10"


def _checksum(digits: str, *, first_place: int) -> int:
    """Return the Verhoeff checksum of digits whose last one stands at `first_place`."""
    total = 0
    for place, digit in enumerate(reversed(digits), start=first_place):
        value = int(digit)
        for _ in range(place % 8):
            value = _TURN[value]
        total = _TIMES[total][value]
    return total


def check_digit(digits: str) -> str:
    """Return the Verhoeff check digit that completes an id.

    >>> check_digit("4405400")
    '6'
    """
    return str(_INVERSE[_checksum(digits, first_place=1)])


def is_well_formed(code: str) -> bool:
    """Say whether a text has the shape and the check digit of a SNOMED CT id.

    >>> is_well_formed("44054006"), is_well_formed("44054060"), is_well_formed("4.4E+7")
    (True, False, False)
    """
    plain = code.isascii() and code.isdigit() and code[0] != "0"
    return plain and 6 <= len(code) <= 18 and _checksum(code, first_place=0) == 0


def made_up_code(number: int) -> str:
    """Return a well-formed concept id that means nothing anywhere.

    >>> is_well_formed(made_up_code(1)), made_up_code(1)[:-1]
    (True, '1999999910')
    """
    digits = f"{number}{NOBODYS_NAMESPACE}{CONCEPT_OF_AN_EXTENSION}"
    return digits + check_digit(digits)
