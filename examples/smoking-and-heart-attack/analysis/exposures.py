"""What may have to do with a heart attack, as it was known before a day: smoking and other illness."""

from ehrql import case, codelist_from_csv, when
from ehrql.tables.core import clinical_events

smoking_codes = codelist_from_csv("codelists/smoking.csv", column="code", category_column="category")
diabetes_codes = codelist_from_csv("codelists/type-2-diabetes.csv", column="code")
hypertension_codes = codelist_from_csv("codelists/hypertension.csv", column="code")
smoked_codes = [code for code, status in smoking_codes.items() if status != "never"]


def events_before(day, codes):
    """Strictly before: what is written at the hospital bed is no exposure."""
    return clinical_events.where(clinical_events.date.is_before(day)).where(
        clinical_events.snomedct_code.is_in(codes)
    )


def smoking_before(day):
    """Current, former, never, or missing. Who ever smoked is never somebody who never did."""
    statuses = events_before(day, smoking_codes)
    latest = statuses.sort_by(statuses.date, statuses.snomedct_code).last_for_patient()
    status = latest.snomedct_code.to_category(smoking_codes)
    return case(
        when(status == "current").then("current"),
        when(events_before(day, smoked_codes).exists_for_patient()).then("former"),
        when(status == "never").then("never"),
    )


def diabetes_before(day):
    return events_before(day, diabetes_codes).exists_for_patient()


def hypertension_before(day):
    return events_before(day, hypertension_codes).exists_for_patient()
