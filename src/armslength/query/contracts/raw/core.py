"""RAW CORE: tables that several backends offer almost as supplied."""

from __future__ import annotations

import datetime

from armslength.query.language.frames import EventFrame
from armslength.query.language.tables import Series, table
from armslength.query.model.codes import ICD10Code

NAMESPACE = "raw.core"

__all__ = ["ons_deaths"]

ON_CERTIFICATE = "One of up to fifteen conditions on the certificate."


@table
class ons_deaths(EventFrame):
    """Registered deaths as supplied: a person may have several rows. `core.ons_deaths` has one.

    In EMIS only the newest delivery is kept, and only people whose registration number is theirs alone.
    """

    class _meta:
        table_name = "ons_deaths_raw"

    date = Series(datetime.date, description="Date of death.")
    underlying_cause_of_death = Series(
        ICD10Code, description="The cause that started the chain leading to death."
    )
    # The position of a cause has no meaning: look at all fifteen.
    cause_of_death_01 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_02 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_03 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_04 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_05 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_06 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_07 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_08 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_09 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_10 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_11 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_12 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_13 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_14 = Series(ICD10Code, description=ON_CERTIFICATE)
    cause_of_death_15 = Series(ICD10Code, description=ON_CERTIFICATE)
