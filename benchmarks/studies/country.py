"""A study of a hundred variables, as large studies of a country are: who is at risk of heart disease, who is treated.

Codelists have the sizes of published ones, from one code to four thousand. Most codes of a long list are hardly
ever written down, so each list holds what the sample records of its subject, a share of its rare codes, and codes
that nobody ever used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from armslength.query.stores.sample import concepts
from armslength.query.stores.sample.codes import made_up_code
from armslength.query.stores.sample.records import TAIL_CODES, TAIL_MEDICINES

INDEX_DATE = "2023-04-01"
# How many codes published lists of each condition have, to the nearest that matters.
CONDITION_LISTS = {
    "asthma": 160, "type_1_diabetes": 60, "type_2_diabetes": 340, "hypertension": 120, "hyperlipidaemia": 90,
    "copd": 80, "coronary_heart_disease": 410, "myocardial_infarction": 140, "stroke": 170, "tia": 30,
    "atrial_fibrillation": 25, "heart_failure": 110, "ckd_stage_3": 60, "ckd_stage_4": 40, "depression": 430,
    "anxiety": 210, "schizophrenia": 520, "epilepsy": 270, "rheumatoid_arthritis": 330, "osteoporosis": 90,
    "dementia": 150, "breast_cancer": 900, "lung_cancer": 700, "colon_cancer": 4_000,
}  # fmt: skip
MEDICINE_LISTS = {
    "statin": 220, "metformin": 180, "gliclazide": 60, "insulin": 420, "calcium_channel_blocker": 310,
    "ace_inhibitor": 260, "angiotensin_blocker": 240, "antiplatelet": 150, "anticoagulant": 120,
    "reliever_inhaler": 190, "antidepressant": 640, "antipsychotic": 700,
}  # fmt: skip
CONSULTATION_CODES = 2_500
MEASUREMENTS = {
    "bmi": concepts.BODY_MASS_INDEX, "systolic": concepts.SYSTOLIC, "diastolic": concepts.DIASTOLIC,
    "hba1c": concepts.HBA1C, "cholesterol": concepts.CHOLESTEROL, "egfr": concepts.EGFR,
}  # fmt: skip
SMOKING = {
    concepts.NEVER_SMOKED.code: "never", concepts.EX_SMOKER.code: "former", concepts.SMOKER.code: "current"
}  # fmt: skip
# Of these it is asked when they began, and whether they are new after the index date.
DATED = tuple(list(CONDITION_LISTS)[:16])
OUTCOMES = ("myocardial_infarction", "stroke", "heart_failure")
REPEATED = ("statin", "metformin", "ace_inhibitor", "antidepressant")
LAST_ISSUED = (
    "statin",
    "insulin",
    "calcium_channel_blocker",
    "antiplatelet",
    "anticoagulant",
    "antipsychotic",
)
NEVER_USED = 20_000_000  # numbers of made-up codes from here on are in no sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Codelists:
    """Every codelist of the study: conditions and medicines by name, and what a consultation is."""

    conditions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    medicines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consultations: tuple[str, ...] = ()


def codelists() -> Codelists:
    """Return the codelists; the same ones always."""
    conditions = {each.name: each.code for each in concepts.CONDITIONS}
    products = {each.name: tuple(product.code for product in each.products) for each in concepts.MEDICINES}
    everyday = tuple(each.code for each in concepts.EVERYDAY)
    return Codelists(
        conditions={
            name: _long((conditions[name],), size, number, rare=0, of=TAIL_CODES, lists=len(CONDITION_LISTS))
            for number, (name, size) in enumerate(CONDITION_LISTS.items())
        },
        medicines={
            name: _long(
                products[name], size, number, rare=5_000_000, of=TAIL_MEDICINES, lists=len(MEDICINE_LISTS)
            )
            for number, (name, size) in enumerate(MEDICINE_LISTS.items())
        },
        consultations=_long(everyday, CONSULTATION_CODES, 0, rare=0, of=TAIL_CODES, lists=2),
    )


def _long(
    known: tuple[str, ...], size: int, number: int, *, rare: int, of: int, lists: int
) -> tuple[str, ...]:
    """Fill a list up to its size: a third with rare codes of the sample, a different stretch for each list."""
    # The first tenth of the tail is common; a codelist of one illness has nothing to do with it.
    stretch = range(of // 10 + number, of, lists)
    tail = [made_up_code(rare + each + 1) for each in stretch[: max(size - len(known), 0) // 3]]
    unused = size - len(known) - len(tail)
    start = NEVER_USED + rare + number * 10_000
    return (*known, *tail, *(made_up_code(start + each) for each in range(max(unused, 0))))


def study() -> Any:
    """Return the dataset, written as a researcher writes it."""
    from ehrql import create_dataset
    from ehrql.tables.core import clinical_events, medications, ons_deaths, patients, practice_registrations
    from ehrql.tables.tpp import addresses

    lists = codelists()
    dataset = create_dataset()
    age = patients.age_on(INDEX_DATE)
    registered = practice_registrations.for_patient_on(INDEX_DATE)
    dataset.define_population(
        registered.exists_for_patient()
        & (age >= 18)
        & (age <= 110)
        & patients.sex.is_in(["female", "male"])
        & patients.is_alive_on(INDEX_DATE)
    )
    _people(dataset, patients, registered, addresses.for_patient_on(INDEX_DATE), age)
    _conditions(dataset, clinical_events, lists)
    _measurements(dataset, clinical_events)
    _contacts(dataset, clinical_events, lists)
    _medicines(dataset, medications, lists)
    _treated(dataset, clinical_events, medications, lists)
    _deaths(dataset, ons_deaths)
    return dataset


def _people(dataset: Any, patients: Any, registered: Any, address: Any, age: Any) -> None:
    from ehrql import case, when

    dataset.sex = patients.sex
    dataset.age = age
    dataset.age_band = case(
        when(age < 30).then("18-29"), when(age < 45).then("30-44"), when(age < 60).then("45-59"),
        when(age < 75).then("60-74"), otherwise="75+",
    )  # fmt: skip
    dataset.practice = registered.practice_pseudo_id
    dataset.registered_since = registered.start_date
    dataset.imd_quintile = address.imd_quintile
    dataset.rurality = address.rural_urban_classification
    dataset.msoa = address.msoa_code
    dataset.in_care_home = address.care_home_is_potential_match.when_null_then(False)


def _conditions(dataset: Any, events: Any, lists: Codelists) -> None:
    """Has it been diagnosed, when first, and is it new after the index date?"""
    earlier = events.where(events.date.is_on_or_before(INDEX_DATE))
    later = events.where(events.date.is_after(INDEX_DATE))
    for name, codes in lists.conditions.items():
        diagnosed = earlier.where(earlier.snomedct_code.is_in(codes))
        dataset.add_column(f"has_{name}", diagnosed.exists_for_patient())
        if name in DATED:
            first = diagnosed.sort_by(diagnosed.date).first_for_patient()
            dataset.add_column(f"first_{name}", first.date)
        if name in OUTCOMES:
            new = later.where(later.snomedct_code.is_in(codes))
            dataset.add_column(f"new_{name}", new.sort_by(new.date).first_for_patient().date)


def _measurements(dataset: Any, events: Any) -> None:
    """The last value within five years and its day; of blood pressure and sugar also how it was over time."""
    from ehrql import years

    recent = events.where(events.date.is_on_or_between(INDEX_DATE - years(5), INDEX_DATE))
    for name, concept in MEASUREMENTS.items():
        measured = recent.where(
            recent.snomedct_code.is_in([concept.code]) & recent.numeric_value.is_not_null()
        )
        last = measured.sort_by(measured.date).last_for_patient()
        dataset.add_column(f"{name}", last.numeric_value)
        dataset.add_column(f"{name}_date", last.date)
        if name in ("systolic", "hba1c"):
            dataset.add_column(f"{name}_mean", measured.numeric_value.mean_for_patient())
            dataset.add_column(f"{name}_highest", measured.numeric_value.maximum_for_patient())
            dataset.add_column(f"{name}_times", measured.count_for_patient())


def _contacts(dataset: Any, events: Any, lists: Codelists) -> None:
    """Smoking, vaccinations and consultations."""
    from ehrql import years

    earlier = events.where(events.date.is_on_or_before(INDEX_DATE))
    year = events.where(events.date.is_on_or_between(INDEX_DATE - years(1), INDEX_DATE))
    smoking = earlier.where(earlier.snomedct_code.is_in(SMOKING))
    last = smoking.sort_by(smoking.date).last_for_patient()
    dataset.smoking = last.snomedct_code.to_category(SMOKING)
    dataset.smoking_date = last.date
    dataset.flu_vaccine = year.where(
        year.snomedct_code.is_in([concepts.FLU_VACCINE.code])
    ).exists_for_patient()
    covid = earlier.where(earlier.snomedct_code.is_in([concepts.COVID_VACCINE.code]))
    dataset.covid_vaccines = covid.count_for_patient()
    dataset.covid_vaccine_first = covid.date.minimum_for_patient()
    pneumococcal = earlier.where(earlier.snomedct_code.is_in([concepts.PNEUMOCOCCAL_VACCINE.code]))
    dataset.pneumococcal_vaccine = pneumococcal.exists_for_patient()
    seen = year.where(year.snomedct_code.is_in(lists.consultations))
    dataset.consultations = seen.count_for_patient()
    dataset.consultation_last = seen.date.maximum_for_patient()


def _medicines(dataset: Any, medications: Any, lists: Codelists) -> None:
    from ehrql import months, years

    earlier = medications.where(medications.date.is_on_or_before(INDEX_DATE))
    half = medications.where(medications.date.is_on_or_between(INDEX_DATE - months(6), INDEX_DATE))
    year = medications.where(medications.date.is_on_or_between(INDEX_DATE - years(1), INDEX_DATE))
    for name, codes in lists.medicines.items():
        dataset.add_column(f"on_{name}", half.where(half.dmd_code.is_in(codes)).exists_for_patient())
        if name in LAST_ISSUED:
            issued = earlier.where(earlier.dmd_code.is_in(codes))
            dataset.add_column(f"{name}_last", issued.date.maximum_for_patient())
        if name in REPEATED:
            dataset.add_column(f"{name}_issues", year.where(year.dmd_code.is_in(codes)).count_for_patient())


def _treated(dataset: Any, events: Any, medications: Any, lists: Codelists) -> None:
    """Events set beside events: treated after a diagnosis, measured before a treatment, ill after another illness."""
    from ehrql import days

    diabetes = events.where(events.snomedct_code.is_in(lists.conditions["type_2_diabetes"]))
    diagnosed = diabetes.date.minimum_for_patient()
    statins = medications.where(medications.dmd_code.is_in(lists.medicines["statin"]))
    after = statins.where(statins.date.is_on_or_after(diagnosed))
    dataset.statin_after_diabetes = after.date.minimum_for_patient()
    started = statins.date.minimum_for_patient()
    cholesterol = events.where(events.snomedct_code.is_in([concepts.CHOLESTEROL.code]))
    before = cholesterol.where(cholesterol.date.is_on_or_between(started - days(365), started))
    dataset.cholesterol_before_statin = before.sort_by(before.date).last_for_patient().numeric_value
    hypertension = events.where(events.snomedct_code.is_in(lists.conditions["hypertension"]))
    raised = hypertension.date.minimum_for_patient()
    attacks = events.where(events.snomedct_code.is_in(lists.conditions["myocardial_infarction"]))
    dataset.attacks_after_hypertension = attacks.where(attacks.date.is_after(raised)).count_for_patient()


def _deaths(dataset: Any, ons_deaths: Any) -> None:
    hearts = ["I219", "I259", "I500", "I64"]
    dataset.died = ons_deaths.date
    dataset.died_of = ons_deaths.underlying_cause_of_death
    dataset.died_of_heart = ons_deaths.underlying_cause_of_death.is_in(hearts)
    dataset.heart_on_certificate = ons_deaths.cause_of_death_is_in(hearts)
