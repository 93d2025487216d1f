"""Clinical codes: strings that belong to one coding system and are valid the moment they exist.

A code *is* a string (so it hashes, sorts and reaches a database as one), but a series of SNOMED CT codes is
not a series of strings, nor of dm+d codes: nodes compare value types exactly.

To add a coding system: add one class here; everything else reads `CODE_SYSTEMS`.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self


class BaseCode(str):
    """One code of one coding system. Raises ValueError when the whole text does not fit the system's pattern.

    >>> ICD10Code("A01X")
    ICD10Code('A01X')
    """

    __slots__ = ()
    system: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]

    def __new__(cls, value: str) -> Self:
        if not isinstance(value, str) or cls.pattern.fullmatch(value) is None:
            raise ValueError(f"Invalid {cls.__name__}: {value!r}")
        return str.__new__(cls, value)

    @classmethod
    def as_found(cls, text: str) -> Self:
        """Return a code as a row of somebody's table holds it, well-formed or not: data are not literals."""
        return str.__new__(cls, text)

    @property
    def value(self) -> str:
        """The code as an ordinary string."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str.__repr__(self)})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (str(self),)


class BaseMultiCodeString(str):
    """Many codes in one text, such as all diagnoses of a hospital stay. Searched, never compared."""

    __slots__ = ()
    system: ClassVar[str]
    code: ClassVar[type[BaseCode]]
    prefix: ClassVar[re.Pattern[str]]

    @classmethod
    def search_text(cls, wanted: object) -> str:
        """Return the text to look for: a code of the right system, or a valid beginning of one.

        Raises TypeError for anything else, naming the system.
        """
        if isinstance(wanted, cls.code):
            return wanted.value
        if type(wanted) is str and cls.prefix.fullmatch(wanted):
            return wanted
        raise TypeError(
            f"expected {cls.code.__name__}, or a string that begins a valid {cls.code.system} code, "
            f"but got: {wanted!r}"
        )


class SNOMEDCTCode(BaseCode):
    """SNOMED CT concept: 6 to 18 digits, not starting with 0."""

    __slots__ = ()
    system = "SNOMED-CT"
    pattern = re.compile(r"[1-9][0-9]{5,17}")


class DMDCode(BaseCode):
    """Dictionary of medicines and devices: the same shape as SNOMED CT."""

    __slots__ = ()
    system = "dm+d"
    pattern = re.compile(r"[1-9][0-9]{5,17}")


class CTV3Code(BaseCode):
    """Read version 3: five characters, filled up with dots on the right. Case matters."""

    __slots__ = ()
    system = "CTV3 (Read v3)"
    pattern = re.compile(r"[0-9A-Za-z]{5}|[0-9A-Za-z]{4}[.]|[0-9A-Za-z]{3}[.]{2}|[0-9A-Za-z]{2}[.]{3}")


class ICD10Code(BaseCode):
    """ICD-10 without the dot; hospital data fill up three characters with X."""

    __slots__ = ()
    system = "ICD-10"
    pattern = re.compile(r"[A-Z][0-9]{2}(X[0-9]?|[0-9]{0,2})?")


class OPCS4Code(BaseCode):
    """OPCS-4 procedure without the dot; no code starts with I."""

    __slots__ = ()
    system = "OPCS-4"
    pattern = re.compile(r"[A-HJ-Z][0-9]{2,3}")


class BNFCode(BaseCode):
    """Pseudo BNF: 15 characters for a drug, 11 for an appliance."""

    __slots__ = ()
    system = "Pseudo BNF"
    pattern = re.compile(r"[01][0-9]{6}[0-9A-Z]{2}([A-Z][0-9A-Z]){3}|2[0-3][0-9]{9}")


class ICD10MultiCodeString(BaseMultiCodeString):
    """All ICD-10 codes of one hospital stay, such as `||E119 ,J849 ||I801`."""

    __slots__ = ()
    system = "ICD-10 codes in one string"
    code = ICD10Code
    prefix = re.compile(r"[A-Z]([0-9]{0,4}|[0-9]{2}X[0-9]?)")


class OPCS4MultiCodeString(BaseMultiCodeString):
    """All OPCS-4 codes of one hospital stay."""

    __slots__ = ()
    system = "OPCS-4 codes in one string"
    code = OPCS4Code
    prefix = re.compile(r"[A-HJ-Z][0-9]{0,3}")


CODE_SYSTEMS: tuple[type[BaseCode], ...] = (SNOMEDCTCode, DMDCode, CTV3Code, ICD10Code, OPCS4Code, BNFCode)
MULTI_CODE_STRINGS: tuple[type[BaseMultiCodeString], ...] = (ICD10MultiCodeString, OPCS4MultiCodeString)
