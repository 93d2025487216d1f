"""SMOKETEST: the least any provider must offer, to prove that a query works from end to end."""

from __future__ import annotations

import datetime

from armslength.query.language.frames import PatientFrame
from armslength.query.language.tables import Constraint, Series, table

NAMESPACE = "smoketest"

__all__ = ["patients"]


@table
class patients(PatientFrame):
    """Patients and their month of birth, nothing else."""

    date_of_birth = Series(
        datetime.date,
        description="Date of birth, given as the first day of the month.",
        constraints=[Constraint.FirstOfMonth(), Constraint.NotNull()],
    )
