"""OMOP: an imported OMOP CDM database, 5.3 or 5.4: the model's own tables, and the core contract where it is honest.

The importer gives 5.3 the names of 5.4. A table of the core contract is offered only when its rows mean what the
contract says; the SQL files say what was decided, and `REFUSED` why the rest is not offered. A list of people or
practices (care sites) that lies beside the tables is kept to; see `armslength.query.engines.lists`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlglot import exp

from armslength.query.contracts import core, omop, smoketest
from armslength.query.engines.backend import Backend, PhysicalColumn, TableMapping
from armslength.query.engines.lists import activation, opt_outs
from armslength.query.engines.mapping_files import read_mapping, read_query

PERSON = "person_id"
DIALECT = "duckdb"
HERE = Path(__file__).parent
CORE = ("clinical_events", "patients", "practice_registrations")
REFUSED = {
    (
        core.NAMESPACE,
        "medications",
    ): "drugs of the model are RxNorm concepts, and nothing says which dm+d product one "
    "was. Use `ehrql.tables.omop.drug_exposure`, or the backend `omop-uk` where the source codes are dm+d",
    (core.NAMESPACE, "ons_deaths"): "deaths of the model need not come from civil registration. Use "
    "`patients.date_of_death`, or `ehrql.tables.omop.death` for causes",
}

# The contract speaks of days; the model keeps the moment of birth only as a timestamp.
DIFFERENT: dict[str, dict[str, PhysicalColumn]] = {
    "person": {"birth_datetime": exp.Cast(this=exp.column("birth_datetime"), to=exp.DataType.build("DATE"))},
}
# The day on which a row was written down, as far as the model says it. Who a person is, and the time of observation,
# are about the person as such.
DAYS = {
    "condition_occurrence": "condition_start_date",
    "device_exposure": "device_exposure_start_date",
    "drug_exposure": "drug_exposure_start_date",
    "measurement": "measurement_date",
    "observation": "observation_date",
    "procedure_occurrence": "procedure_date",
    "visit_occurrence": "visit_start_date",
}
CORE_DAYS = {"clinical_events": "date", "medications": "date"}
CORE_PRACTICES = {"practice_registrations": "practice_pseudo_id"}


def _tables(offered: tuple[str, ...]) -> dict[tuple[str, str], TableMapping]:
    tables = {
        (omop.NAMESPACE, name): TableMapping(
            table=name, patient_id=PERSON, columns=DIFFERENT.get(name, {}), day=DAYS.get(name)
        )
        for name in omop.__all__
    }
    made = {
        name: read_mapping(
            HERE, name, dialect=DIALECT, day=CORE_DAYS.get(name), practice=CORE_PRACTICES.get(name)
        )
        for name in offered
    }
    tables |= {(core.NAMESPACE, name): mapping for name, mapping in made.items()}
    return tables | {(smoketest.NAMESPACE, "patients"): made["patients"]}


BACKEND = Backend(
    name="omop",
    title="An imported OMOP CDM database, 5.3 or 5.4",
    tables=_tables(CORE),
    refused=REFUSED,
    dialect=DIALECT,
    where_listed=(
        *opt_outs(PERSON),
        activation(read_query(HERE / "practice_registrations.sql", dialect=DIALECT)),
    ),
)
UK = replace(
    BACKEND,
    name="omop-uk",
    title="An imported OMOP CDM database whose drugs were recorded as dm+d products",
    tables=_tables((*CORE, "medications")),
    refused={name: why for name, why in REFUSED.items() if name[1] != "medications"},
)
