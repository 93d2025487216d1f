"""Tables for tests of the language."""

import datetime

from ehrql.codes import DMDCode, ICD10MultiCodeString, SNOMEDCTCode
from ehrql.tables import EventFrame, PatientFrame, Series, table


@table
class p(PatientFrame):
    """One row per patient."""

    b = Series(bool)
    i = Series(int)
    f = Series(float)
    s = Series(str)
    d = Series(datetime.date)
    c = Series(SNOMEDCTCode)
    m = Series(ICD10MultiCodeString)

    def twice(self):
        return self.i * 2


@table
class e(EventFrame):
    """Many rows per patient."""

    b = Series(bool)
    i = Series(int)
    f = Series(float)
    s = Series(str)
    d = Series(datetime.date)
    c = Series(SNOMEDCTCode)
    k = Series(DMDCode)
    m = Series(ICD10MultiCodeString)

    def true_rows(self):
        return self.where(self.b)

    @property
    def double(self):
        return self.i * 2


@table
class e2(EventFrame):
    """Many rows per patient, others."""

    i = Series(int)
    d = Series(datetime.date)
