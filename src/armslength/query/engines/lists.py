"""The lists by which a database of our own layouts holds people back, and the restrictions that they stand for.

A store, a folder of files or a database made for it may hold any of them, beside its tables. One that is there is
always kept to; which ones must be there is for the policy to say.
"""

from __future__ import annotations

import datetime

from sqlglot import exp, parse_one

from armslength.policy.data_permissions import LIFTED_BY, PopulationRule
from armslength.query.engines.mapping_files import people_listed
from armslength.query.engines.restrictions import Listed, Restriction

OPT_OUT, WITHOUT_OPT_OUT, ACTIVATED = "opt_out_type_1", "without_national_opt_out", "activated_practices"
PRACTICE = "practice"
# What each list and the table of registrations have to have, where somebody asks for columns before reading.
REGISTRATIONS = {"end_date": datetime.date, "practice_pseudo_id": int}

# Whoever was ever registered with a practice that agreed, and the last day of the records that may be seen: the end of
# the last such registration where a later one is with another practice, else no end.
WHO_AND_HOW_LONG = f"""
SELECT
    ends.patient_id,
    CASE
        WHEN ends.elsewhere > ends.activated THEN ends.activated
        ELSE CAST('9999-12-31' AS DATE)
    END AS end_date
FROM (
    SELECT
        r.patient_id,
        MAX(CASE WHEN a.{PRACTICE} IS NOT NULL THEN r.last_day END) AS activated,
        MAX(CASE WHEN a.{PRACTICE} IS NULL THEN r.last_day END) AS elsewhere
    FROM (
        SELECT
            r.patient_id,
            r.practice_pseudo_id,
            COALESCE(CAST(r.end_date AS DATE), CAST('9999-12-31' AS DATE)) AS last_day
        FROM registrations AS r
    ) AS r
    LEFT JOIN "{ACTIVATED}" AS a ON r.practice_pseudo_id = a.{PRACTICE}
    GROUP BY r.patient_id
) AS ends
WHERE ends.activated IS NOT NULL
"""  # noqa: S608 - our names


def listed_columns(person: str) -> dict[str, str]:
    """Return the column of each list; `person` is what the layout calls a person's id. Every id is a number."""
    return {OPT_OUT: person, WITHOUT_OPT_OUT: person, ACTIVATED: PRACTICE}


def opt_outs(person: str) -> tuple[Restriction, ...]:
    """Return the restrictions of the two lists of people, each of which stands where its list is there."""
    deny, allow = PopulationRule.TYPE_1_OPT_OUT, PopulationRule.NATIONAL_DATA_OPT_OUT
    return (
        Restriction(
            name=deny,
            lifted_by=LIFTED_BY[deny],
            words=f"people with a type 1 opt-out are left out (those in {OPT_OUT})",
            people=people_listed(f'SELECT l.{person} AS patient_id FROM "{OPT_OUT}" AS l'),  # noqa: S608 - our names
            listed=Listed.LEFT_OUT,
            listed_in=OPT_OUT,
        ),
        Restriction(
            name=allow,
            lifted_by=LIFTED_BY[allow],
            words=f"people with a national data opt-out are left out (those not in {WITHOUT_OPT_OUT})",
            people=people_listed(f'SELECT l.{person} AS patient_id FROM "{WITHOUT_OPT_OUT}" AS l'),  # noqa: S608
            listed=Listed.LET_IN,
            listed_in=WITHOUT_OPT_OUT,
        ),
    )


def activation(registrations: exp.Query) -> Restriction:
    """Return the restriction of the list of practices that agreed, where it is there.

    `registrations` gives `patient_id`, `end_date` and `practice_pseudo_id`. A registration without an end goes on; one
    with a practice that nobody knows is with one that did not agree.
    """
    rule = PopulationRule.GP_ACTIVATION
    people = people_listed(WHO_AND_HOW_LONG)
    for table in people.find_all(exp.Table):
        if table.name == "registrations":
            table.replace(registrations.copy().subquery("r", copy=False))
    return Restriction(
        name=rule,
        lifted_by=LIFTED_BY[rule],
        words=f"records of practices that are not in {ACTIVATED} are left out, "
        "and people who were never registered with one that is",
        people=people,
        listed=Listed.LET_IN,
        prepared_as="armslength_activated",
        until="end_date",
        practices=parse_one(f'SELECT l.{PRACTICE} FROM "{ACTIVATED}" AS l'),  # type: ignore[arg-type] # noqa: S608
        listed_in=ACTIVATED,
    )
