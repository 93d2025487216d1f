"""The tables of the specification. A column's letter is its type, so that examples need no legend.

b bool, i int, f float, s str, d date, c SNOMED CT code, m string of many ICD-10 codes.
"""

from __future__ import annotations

import datetime

from ehrql.codes import (
    BNFCode,
    CTV3Code,
    DMDCode,
    ICD10Code,
    ICD10MultiCodeString,
    OPCS4Code,
    OPCS4MultiCodeString,
    SNOMEDCTCode,
)
from ehrql.tables import EventFrame, PatientFrame, Series, table


@table
class p(PatientFrame):
    """One row per patient."""

    b1 = Series(bool)
    b2 = Series(bool)
    i1 = Series(int)
    i2 = Series(int)
    f1 = Series(float)
    f2 = Series(float)
    s1 = Series(str)
    s2 = Series(str)
    d1 = Series(datetime.date)
    d2 = Series(datetime.date)
    d3 = Series(datetime.date)
    c1 = Series(SNOMEDCTCode)
    m1 = Series(ICD10MultiCodeString)


class Events(EventFrame):
    """Many rows per patient."""

    b1 = Series(bool)
    i1 = Series(int)
    i2 = Series(int)
    i3 = Series(int)
    f1 = Series(float)
    s1 = Series(str)
    d1 = Series(datetime.date)
    c1 = Series(SNOMEDCTCode)
    m1 = Series(ICD10MultiCodeString)


@table
class e(Events):
    """Many rows per patient."""


@table
class e2(Events):
    """Many rows per patient, of another kind."""


@table
class coded(PatientFrame):
    """One row per patient, with a column for each coding system."""

    snomed = Series(SNOMEDCTCode)
    dmd = Series(DMDCode)
    ctv3 = Series(CTV3Code)
    icd10 = Series(ICD10Code)
    opcs4 = Series(OPCS4Code)
    bnf = Series(BNFCode)
    diagnoses = Series(ICD10MultiCodeString)
    operations = Series(OPCS4MultiCodeString)


TABLES = {"p": p, "e": e, "e2": e2, "coded": coded}
