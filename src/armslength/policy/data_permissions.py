"""Data permissions: what a project may see beyond the default. The default is always the narrowest.

They are given inside, in the policy file, and applied by the engine; study code can neither give nor see them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DataPermission(StrEnum):
    """One widening of what a project may see. FACTS says what happens with and without it."""

    INCLUDE_T1OO = "include_t1oo"
    INCLUDE_NDOO = "include_ndoo"
    INCLUDE_GP_UNACTIVATED = "include_gp_unactivated"
    APPOINTMENTS = "appointments"
    COVID_THERAPEUTICS = "covid_therapeutics"
    ICNARC = "icnarc"
    ISARIC = "isaric"
    OCCUPATION_ON_COVID_VACCINE_RECORD = "occupation_on_covid_vaccine_record"
    OPEN_PROMPT = "open_prompt"
    SGSS_COVID_ALL_TESTS = "sgss_covid_all_tests"
    UKRR = "ukrr"
    WAITING_LIST = "waiting_list"
    EVENT_LEVEL_DATA = "event_level_data"
    SQLRUNNER = "sqlrunner"


class PopulationRule(StrEnum):
    """A rule about who is in the data at all. LIFTED_BY says which permission lifts it."""

    TYPE_1_OPT_OUT = "type_1_opt_out"
    NATIONAL_DATA_OPT_OUT = "national_data_opt_out"
    GP_ACTIVATION = "gp_activation"


class Opens(StrEnum):
    """What a data permission widens."""

    POPULATION = "population"  # who is in the data at all
    TABLE = "table"  # which restricted tables may be read
    FEATURE = "feature"  # which parts of the platform may be used


@dataclass(frozen=True, kw_only=True)
class DataPermissionFacts:
    """What a permission opens, and what holds without it."""

    opens: Opens
    without: str
    tables: tuple[str, ...] = ()  # as NAMESPACE.TABLE, by the name under which a backend is asked for it


def _table(*tables: str) -> DataPermissionFacts:
    return DataPermissionFacts(
        opens=Opens.TABLE, without="a query that reads the table is refused", tables=tables
    )


FACTS: dict[DataPermission, DataPermissionFacts] = {
    DataPermission.INCLUDE_T1OO: DataPermissionFacts(
        opens=Opens.POPULATION, without="people with a type 1 opt-out are not in the data"
    ),
    DataPermission.INCLUDE_NDOO: DataPermissionFacts(
        opens=Opens.POPULATION, without="people with a national data opt-out are not in the data"
    ),
    DataPermission.INCLUDE_GP_UNACTIVATED: DataPermissionFacts(
        opens=Opens.POPULATION, without="records of practices that have not agreed are not in the data"
    ),
    DataPermission.APPOINTMENTS: _table("tpp.appointments"),
    DataPermission.COVID_THERAPEUTICS: _table("tpp.covid_therapeutics"),
    DataPermission.ICNARC: _table(),
    DataPermission.ISARIC: _table("raw.tpp.isaric_raw"),
    DataPermission.OCCUPATION_ON_COVID_VACCINE_RECORD: _table("tpp.occupation_on_covid_vaccine_record"),
    DataPermission.OPEN_PROMPT: _table("tpp.open_prompt"),
    DataPermission.SGSS_COVID_ALL_TESTS: _table("tpp.sgss_covid_all_tests"),
    DataPermission.UKRR: _table("tpp.ukrr"),
    DataPermission.WAITING_LIST: _table(
        "tpp.wl_clockstops",
        "tpp.wl_openpathways",
        "raw.tpp.wl_clockstops_raw",
        "raw.tpp.wl_openpathways_raw",
    ),
    DataPermission.EVENT_LEVEL_DATA: DataPermissionFacts(
        opens=Opens.FEATURE, without="a dataset holds one row for each person, never one for each event"
    ),
    DataPermission.SQLRUNNER: DataPermissionFacts(
        opens=Opens.FEATURE, without="a pipeline with an action written in SQL is refused"
    ),
}

LIFTED_BY: dict[PopulationRule, DataPermission] = {
    PopulationRule.TYPE_1_OPT_OUT: DataPermission.INCLUDE_T1OO,
    PopulationRule.NATIONAL_DATA_OPT_OUT: DataPermission.INCLUDE_NDOO,
    PopulationRule.GP_ACTIVATION: DataPermission.INCLUDE_GP_UNACTIVATED,
}

# Every table that needs a permission, and which: a table that is not named here needs none.
TABLE_NEEDS: dict[str, DataPermission] = {
    table: permission for permission, facts in FACTS.items() for table in facts.tables
}


def why_not_table(table: str, *, given: Iterable[DataPermission]) -> str | None:
    """Return why a project with these data permissions may not read NAMESPACE.TABLE, or None.

    >>> why_not_table("tpp.ukrr", given=[])
    'The table tpp.ukrr needs the data permission `ukrr`'
    """
    needed = TABLE_NEEDS.get(table)
    if needed is None or needed in set(given):
        return None
    return f"The table {table} needs the data permission `{needed}`"


def exclusions(given: Iterable[DataPermission]) -> frozenset[DataPermission]:
    """Return the population permissions that are missing: whom the engine must leave out."""
    widening = {permission for permission, facts in FACTS.items() if facts.opens is Opens.POPULATION}
    return frozenset(widening - set(given))
