"""An imported OMOP CDM database: lower-case names of the model, each row belongs to `person_id`."""

from __future__ import annotations

from sqlglot import exp

from armslength.query.contracts import omop
from armslength.query.engines.backend import Backend, PhysicalColumn, TableMapping

PERSON = "person_id"

# The contract speaks of days; the model keeps the moment of birth only as a timestamp.
DIFFERENT: dict[str, dict[str, PhysicalColumn]] = {
    "person": {"birth_datetime": exp.Cast(this=exp.column("birth_datetime"), to=exp.DataType.build("DATE"))},
}

BACKEND = Backend(
    name="omop",
    title="An imported OMOP CDM 5.4 database",
    tables={
        (omop.NAMESPACE, name): TableMapping(table=name, patient_id=PERSON, columns=DIFFERENT.get(name, {}))
        for name in omop.__all__
    },
)
