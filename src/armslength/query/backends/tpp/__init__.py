"""TPP: the OpenSAFELY-TPP database (SystmOne and what is linked to it), a SQL Server; one SQL file for each table."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp, parse_one

from armslength.policy.data_permissions import DataPermission
from armslength.query.contracts import core, smoketest, tpp
from armslength.query.contracts.raw import core as raw_core
from armslength.query.contracts.raw import tpp as raw_tpp
from armslength.query.engines.backend import Backend, TableMapping
from armslength.query.engines.mapping_files import read_mapping, read_query, read_tables
from armslength.query.engines.restrictions import Listed, Restriction

DIALECT = "tsql"
HERE = Path(__file__).parent
CONTRACTS = (core, tpp, raw_core, raw_tpp, smoketest)
# Hospital data are held twice, in tables that overlap in time. Both halves are read, cut at this month.
HELD_TWICE = frozenset(
    {
        "apcs",
        "apcs_cost",
        "ec",
        "ec_cost",
        "emergency_care_attendances",
        "opa",
        "opa_cost",
        "opa_diag",
        "opa_proc",
    }
)
NEEDS = {
    "appointments": DataPermission.APPOINTMENTS,
    "covid_therapeutics": DataPermission.COVID_THERAPEUTICS,
    "isaric_raw": DataPermission.ISARIC,
    "occupation_on_covid_vaccine_record": DataPermission.OCCUPATION_ON_COVID_VACCINE_RECORD,
    "open_prompt": DataPermission.OPEN_PROMPT,
    "sgss_covid_all_tests": DataPermission.SGSS_COVID_ALL_TESTS,
    "ukrr": DataPermission.UKRR,
    "wl_clockstops": DataPermission.WAITING_LIST,
    "wl_clockstops_raw": DataPermission.WAITING_LIST,
    "wl_openpathways": DataPermission.WAITING_LIST,
    "wl_openpathways_raw": DataPermission.WAITING_LIST,
}
# The column that says on which day a practice wrote a row down, in tables that practices fill. Rows end with the
# activation of the practice. Everything else is linked from elsewhere, or about the person as such.
DAYS = {
    "appointments": "booked_date",
    "clinical_events": "date",
    "clinical_events_ranges": "date",
    "medications": "date",
    "medications_raw": "date",
    "repeat_medications_raw": "date",
    "vaccinations": "date",
}
PRACTICES = {"practice_registrations": "registered_with"}

TYPE_1_OPT_OUT = Restriction(
    name="type_1_opt_out",
    lifted_by=DataPermission.INCLUDE_T1OO,
    words="people with a type 1 opt-out are left out (those in PatientsWithTypeOneDissent)",
    people=exp.select("l.Patient_ID AS patient_id").from_("PatientsWithTypeOneDissent AS l"),
    listed=Listed.LEFT_OUT,
)
NATIONAL_OPT_OUT = Restriction(
    name="national_data_opt_out",
    lifted_by=DataPermission.INCLUDE_NDOO,
    words="people with a national data opt-out are left out (those not in PatientsWithoutNDOO)",
    people=exp.select("l.Patient_ID AS patient_id").from_("PatientsWithoutNDOO AS l"),
    listed=Listed.LET_IN,
)
GP_ACTIVATION = Restriction(
    name="gp_activation",
    lifted_by=DataPermission.INCLUDE_GP_UNACTIVATED,
    words="records of practices that are not in DirectionsAcknowledged are left out, "
    "and people who were never registered with one that is",
    people=read_query(HERE / "activated.sql", dialect=DIALECT),
    listed=Listed.LET_IN,
    prepared_as="armslength_activated",
    until="end_date",
    practices=parse_one(
        "SELECT l.Organisation_ID AS practice FROM DirectionsAcknowledged AS l", read=DIALECT
    ),  # type: ignore[arg-type]
)


def _both_halves(mapping: TableMapping) -> exp.Query:
    """Return the query over current tables and, for the months before, the same over archived ones."""
    assert mapping.query is not None  # noqa: S101 - read from a file just now
    archived = mapping.query.copy()
    for table in archived.find_all(exp.Table):
        table.this.set("this", f"{table.name}_ARCHIVED")
    (since,) = archived.find_all(exp.GTE)
    since.replace(exp.LT(this=since.this, expression=since.expression))
    return exp.union(mapping.query, archived, distinct=False)


def _mapping(name: str) -> TableMapping:
    needs, day, practice = NEEDS.get(name), DAYS.get(name), PRACTICES.get(name)
    mapping = read_mapping(HERE, name, dialect=DIALECT, needs=needs, day=day, practice=practice)
    if name not in HELD_TWICE:
        return mapping
    return TableMapping(table=name, query=_both_halves(mapping), needs=needs, day=day, practice=practice)


BACKEND = Backend(
    name="tpp",
    title="OpenSAFELY-TPP: SystmOne records, with hospital, death and test data linked to them",
    tables=read_tables(HERE, contracts=CONTRACTS, dialect=DIALECT, read=_mapping),
    dialect=DIALECT,
    restrictions=(TYPE_1_OPT_OUT, NATIONAL_OPT_OUT, GP_ACTIVATION),
)
