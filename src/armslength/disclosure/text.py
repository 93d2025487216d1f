"""A3: personal identifiers in any text: NHS numbers, postcodes, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.report import Finding, Place, Verdict

CODE = "A3"
_NHS_NUMBER = re.compile(r"(?<![\d.])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?![\d.])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z]{2,}")
_POSTCODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])")


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


def find_in_text(text: str, *, name: str) -> Iterator[Finding]:
    """Yield a finding per kind of personal identifier met (specification 7.3, A3). Never quotes what it met."""
    kinds = (
        ("NHS number", [m for m in _NHS_NUMBER.finditer(text) if is_nhs_number("".join(m.groups()))]),
        ("e-mail address", list(_EMAIL.finditer(text))),
        ("postcode", list(_POSTCODE.finditer(text))),
    )
    for kind, matches in kinds:
        if matches:
            yield Finding(
                code=CODE,
                verdict=Verdict.BLOCK,
                what=f"{_several(len(matches), kind)} in the text",
                why="it names a person or the place where one lives",
                fix=f"remove every {kind}; nothing that identifies a person leaves",
                table=name,
                places=tuple(
                    Place(line=text.count("\n", 0, match.start()) + 1, column="", row=0, index=0)
                    for match in matches[:20]
                ),
            )


def _several(number: int, kind: str) -> str:
    plural = f"{kind}es" if kind.endswith("s") else f"{kind}s"
    return f"1 {kind}" if number == 1 else f"{number} {plural}"
