"""Coding systems, and codelists read from files or lines."""

from armslength.query.language.codelists import codelist_from_csv, codelist_from_csv_lines
from armslength.query.language.errors import CodelistError
from armslength.query.model.codes import (
    BaseCode,
    BaseMultiCodeString,
    BNFCode,
    CTV3Code,
    DMDCode,
    ICD10Code,
    ICD10MultiCodeString,
    OPCS4Code,
    OPCS4MultiCodeString,
    SNOMEDCTCode,
)

__all__ = [
    "BNFCode",
    "BaseCode",
    "BaseMultiCodeString",
    "CTV3Code",
    "CodelistError",
    "DMDCode",
    "ICD10Code",
    "ICD10MultiCodeString",
    "OPCS4Code",
    "OPCS4MultiCodeString",
    "SNOMEDCTCode",
    "codelist_from_csv",
    "codelist_from_csv_lines",
]
