"""Small definitions that are hard to invent patients for, each with what nobody can ever show of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from ehrql import case, create_dataset, days, maximum_of, minimum_of, months, weeks, when, years
from ehrql.tables import EventFrame, Series, core, table, table_from_rows, tpp
from ehrql.tables.tpp import addresses, clinical_events, medications, patients, practice_registrations

INDEX = "2022-03-31"
NEVER: dict[str, frozenset[str]] = {}
DEFINITIONS: dict[str, Callable[[], Any]] = {}


def hard(*never: str) -> Callable[[Callable[[Any], Any]], Callable[[], Any]]:
    """Register a definition. `never` are the targets that can be shown by nobody, as they are told."""

    def registered(define: Callable[[Any], Any]) -> Callable[[], Any]:
        def made() -> Any:
            dataset = create_dataset()
            dataset.configure_dummy_data(population_size=40)
            define(dataset)
            return dataset

        name = define.__name__.replace("_", " ")
        DEFINITIONS[name], NEVER[name] = made, frozenset(never)
        return made

    return registered


def codes(group: int, count: int = 20) -> list[str]:
    return [str(10_000_000 + group * 1_000_000 + number * 7) for number in range(count)]


def coded(group: int) -> Any:
    return clinical_events.where(clinical_events.snomedct_code.is_in(codes(group)))


def last_of(frame: Any) -> Any:
    return frame.sort_by(frame.date).last_for_patient()


def grown_up() -> Any:
    return patients.age_on(INDEX) >= 18


# --- counts -------------------------------------------------------------------------------------------------


@hard()
def exactly_three_events(dataset: Any) -> None:
    dataset.define_population(coded(1).count_for_patient() == 3)
    dataset.two = coded(2).count_for_patient() == 2


@hard()
def three_events_in_a_year_of_which_two_recent(dataset: Any) -> None:
    year = coded(1).where(clinical_events.date.is_on_or_between("2021-04-01", INDEX))
    recent = year.where(clinical_events.date.is_after("2022-01-01"))
    dataset.define_population((year.count_for_patient() == 3) & (recent.count_for_patient() == 2))
    dataset.early = case(when(last_of(year).date < "2022-02-01").then("early"), otherwise="late")


@hard()
def counts_in_bands(dataset: Any) -> None:
    dataset.define_population(grown_up())
    count = coded(1).where(clinical_events.date.is_on_or_after("2021-01-01")).count_for_patient()
    dataset.band = case(
        when(count == 0).then("none"),
        when(count == 1).then("one"),
        when((count >= 2) & (count < 6)).then("few"),
        when(count < 15).then("many"),
        otherwise="very many",
    )


@hard()
def counts_compared_with_counts(dataset: Any) -> None:
    one, other = coded(1).count_for_patient(), medications.count_for_patient()
    dataset.define_population(one > other + 2)
    dataset.twice = one >= other * 2 + 3
    dataset.total = case(when(one + other == 7).then("seven"), otherwise="not seven")


@hard()
def different_codes(dataset: Any) -> None:
    events = coded(1)
    dataset.define_population(events.snomedct_code.count_distinct_for_patient() == 3)
    dataset.repeated = events.count_for_patient() > events.snomedct_code.count_distinct_for_patient()


@hard("`negative` true")
def a_count_is_never_negative(dataset: Any) -> None:
    dataset.define_population(grown_up() & (coded(1).count_for_patient() < 3))
    dataset.negative = coded(2).count_for_patient() < 0


@hard("`more` true", "a row that passes a filter of `more`")
def a_part_is_never_more_than_the_whole(dataset: Any) -> None:
    part = coded(1).where(clinical_events.date > INDEX).where(clinical_events.date < INDEX)
    dataset.define_population(coded(1).exists_for_patient())
    dataset.more = part.exists_for_patient()


# --- dates beside other dates -------------------------------------------------------------------------------


@hard()
def a_drug_within_thirty_days_of_a_diagnosis(dataset: Any) -> None:
    diagnosis = coded(1).sort_by(clinical_events.date).first_for_patient()
    drug = medications.where(
        medications.date.is_on_or_between(diagnosis.date - days(30), diagnosis.date + days(30))
    ).where(medications.dmd_code.is_in(codes(3)))
    dataset.define_population(drug.exists_for_patient())
    first = drug.sort_by(medications.date).first_for_patient().date
    dataset.when = case(
        when(first < diagnosis.date).then("before"),
        when(first == diagnosis.date).then("same"),
        otherwise="after",
    )


@hard()
def three_dated_steps(dataset: Any) -> None:
    first = coded(1).sort_by(clinical_events.date).first_for_patient()
    second = coded(2).where(clinical_events.date > first.date + weeks(2)).sort_by(clinical_events.date)
    third = coded(3).where(clinical_events.date > second.first_for_patient().date + months(3))
    dataset.define_population(third.exists_for_patient())
    gap = (last_of(third).date - first.date).days
    dataset.slow = case(when(gap < 200).then("quick"), when(gap < 800).then("usual"), otherwise="slow")


@hard()
def registered_for_a_year_before_a_vaccination(dataset: Any) -> None:
    jab = tpp.vaccinations.where(tpp.vaccinations.target_disease == "INFLUENZA").sort_by(
        tpp.vaccinations.date
    )
    day = jab.last_for_patient().date
    registered = practice_registrations.spanning(day - months(12), day)
    dataset.define_population(
        registered.exists_for_patient()
        & day.is_on_or_between("2021-09-01", INDEX)
        & (patients.age_on(day) >= 65)
    )
    left = registered.sort_by(practice_registrations.end_date).last_for_patient().end_date
    dataset.left = case(
        when(left.is_null()).then("no"), when(left > day + days(90)).then("late"), otherwise="soon"
    )


@hard()
def died_within_28_days_of_a_test(dataset: Any) -> None:
    tests = tpp.sgss_covid_all_tests.where(tpp.sgss_covid_all_tests.is_positive)
    test = tests.sort_by(tests.specimen_taken_date).last_for_patient().specimen_taken_date
    died = tpp.ons_deaths.date
    dataset.define_population(died.is_on_or_between(test, test + days(28)))
    dataset.covid = tpp.ons_deaths.cause_of_death_is_in(["U071", "U072"])
    dataset.underlying = tpp.ons_deaths.underlying_cause_of_death.is_in(["U071", "U072"])


@hard()
def the_earliest_of_several(dataset: Any) -> None:
    one, other = last_of(coded(1)).date, last_of(coded(2)).date
    end = minimum_of(patients.date_of_death, one, other, INDEX)
    dataset.define_population(grown_up() & (end > "2021-01-01"))
    dataset.ended = case(
        when(end == one).then("one"),
        when(end == other).then("other"),
        when(end == patients.date_of_death).then("death"),
        otherwise="study end",
    )


@hard()
def months_and_years_of_dates(dataset: Any) -> None:
    day = last_of(coded(1)).date
    dataset.define_population(day.year == 2021)
    dataset.season = case(
        when(day.month.is_in([12, 1, 2])).then("winter"),
        when(day.month < 6).then("spring"),
        when(day.month < 9).then("summer"),
        otherwise="autumn",
    )
    dataset.first_day = day.day == 1
    dataset.leap = day.to_first_of_month() + years(1) == "2022-02-01"


@hard()
def a_window_that_ends_with_the_next_event(dataset: Any) -> None:
    first = coded(1).sort_by(clinical_events.date).first_for_patient().date
    again = coded(1).where(clinical_events.date > first + days(90))
    end = minimum_of(again.sort_by(clinical_events.date).first_for_patient().date, patients.date_of_death)
    between = medications.where(medications.date.is_on_or_after(first)).except_where(medications.date >= end)
    dataset.define_population(first.is_not_null() & end.is_not_null())
    dataset.treated = between.exists_for_patient()
    dataset.often = between.count_for_patient() >= 3


@hard()
def intervals_that_overlap(dataset: Any) -> None:
    stays = tpp.apcs
    first = stays.sort_by(stays.admission_date).first_for_patient()
    other = stays.where(stays.admission_date > first.admission_date)
    overlapping = other.where(other.admission_date < first.discharge_date)
    dataset.define_population(overlapping.exists_for_patient())
    dataset.long = (first.discharge_date - first.admission_date).days > 30


# --- ages ---------------------------------------------------------------------------------------------------


@hard()
def turns_fifty_in_the_study(dataset: Any) -> None:
    dataset.define_population((patients.age_on("2021-04-01") == 49) & (patients.age_on(INDEX) == 50))
    dataset.birthday = patients.date_of_birth.month == 1


@hard("`band`: branch 3 of 4 ('never')", "`band`: the default")
def bands_that_leave_nobody(dataset: Any) -> None:
    age = patients.age_on(INDEX)
    dataset.define_population((age >= 18) & (age <= 64))
    dataset.band = case(
        when(age < 40).then("18-39"),
        when(age < 60).then("40-59"),
        when(age > 64).then("never"),
        when(age >= 60).then("60-64"),
    )


@hard("`band`: the default")
def bands_that_cover_everybody(dataset: Any) -> None:
    age = patients.age_on(INDEX)
    dataset.define_population((age >= 18) & (age < 110) & patients.sex.is_in(["male", "female"]))
    dataset.band = case(
        when((age >= 18) & (age < 40)).then("18-39"),
        when((age >= 40) & (age < 65)).then("40-64"),
        when((age >= 65) & (age < 80)).then("65-79"),
        when(age >= 80).then("80+"),
    )


@hard()
def age_at_an_event(dataset: Any) -> None:
    event = last_of(coded(1))
    age = patients.age_on(event.date)
    dataset.define_population((age >= 5) & (age < 12) & (event.date >= "2020-01-01"))
    dataset.now = case(when(patients.age_on(INDEX) >= 12).then("older"), otherwise="still")


@hard("`sex`: the default ('none')")
def categories_of_a_contract(dataset: Any) -> None:
    dataset.define_population(patients.exists_for_patient())
    dataset.sex = case(
        when(patients.sex == "male").then("m"),
        when(patients.sex == "female").then("f"),
        when(patients.sex == "intersex").then("i"),
        when(patients.sex == "unknown").then("u"),
        otherwise="none",
    )


# --- places -------------------------------------------------------------------------------------------------


@hard("`imd`: the default ('unknown')")
def deprivation_known_for_all(dataset: Any) -> None:
    address = addresses.for_patient_on(INDEX)
    dataset.define_population(grown_up() & address.imd_rounded.is_not_null())
    dataset.imd = address.imd_quintile


@hard("`imd`: the default ('unknown')")
def deprivation_in_tenths_known_for_all(dataset: Any) -> None:
    address = addresses.for_patient_on(INDEX)
    dataset.define_population(grown_up() & (address.imd_rounded >= 0))
    dataset.imd = address.imd_decile


@hard()
def deprivation_by_hand(dataset: Any) -> None:
    imd = addresses.for_patient_on(INDEX).imd_rounded
    dataset.define_population(grown_up())
    dataset.imd = case(
        when((imd >= 0) & (imd < int(32844 * 1 / 5))).then("1"),
        when(imd < int(32844 * 2 / 5)).then("2"),
        when(imd < int(32844 * 3 / 5)).then("3"),
        when(imd < int(32844 * 4 / 5)).then("4"),
        when(imd < int(32844 * 5 / 5)).then("5"),
        otherwise="unknown",
    )


@hard()
def care_homes_and_regions(dataset: Any) -> None:
    address = addresses.for_patient_on(INDEX)
    practice = practice_registrations.for_patient_on(INDEX)
    dataset.define_population(practice.practice_nuts1_region_name.is_in(["London", "North East"]))
    dataset.care_home = (
        address.care_home_is_potential_match
        | address.care_home_requires_nursing
        | address.care_home_does_not_require_nursing
    )
    dataset.rural = case(
        when(address.rural_urban_classification.is_in([1, 2])).then("urban"),
        when(address.rural_urban_classification.is_in([7, 8])).then("rural"),
        otherwise="between or unknown",
    )


# --- codes and categories -----------------------------------------------------------------------------------


@hard()
def categories_of_a_codelist(dataset: Any) -> None:
    groups = {code: str(1 + number % 5) for number, code in enumerate(codes(4, 30))}
    event = last_of(clinical_events.where(clinical_events.snomedct_code.is_in(list(groups))))
    group = event.snomedct_code.to_category(groups)
    dataset.define_population(grown_up())
    dataset.ethnicity = case(
        when(group == "1").then("White"),
        when(group == "2").then("Mixed"),
        when(group.is_in(["3", "4"])).then("Asian or Black"),
        when(group == "5").then("Other"),
        otherwise="Unknown",
    )


@hard()
def diagnoses_in_a_text(dataset: Any) -> None:
    stays = tpp.apcs.where(tpp.apcs.all_diagnoses.contains_any_of(["I21", "I22"]))
    dataset.define_population(stays.exists_for_patient())
    both = stays.where(stays.all_diagnoses.contains("E11")).except_where(
        stays.primary_diagnosis.is_in(["I219"])
    )
    dataset.both = both.exists_for_patient()
    dataset.both_twice = both.count_for_patient() == 2


@hard()
def values_among_other_rows(dataset: Any) -> None:
    again = medications.where(medications.dmd_code.is_in(codes(5)))
    stopped = again.where(again.date < "2021-01-01")
    later = again.where(again.date >= "2021-01-01").where(again.dmd_code.is_in(stopped.dmd_code))
    dataset.define_population(later.exists_for_patient())
    dataset.changed = (
        again.where(again.date >= "2021-01-01")
        .except_where(again.dmd_code.is_in(stopped.dmd_code))
        .exists_for_patient()
    )


@hard()
def a_chain_of_what_is_known(dataset: Any) -> None:
    one, two, three = last_of(coded(1)), last_of(coded(2)), last_of(coded(3))
    dataset.define_population(grown_up())
    dataset.known = case(
        when(one.date.is_not_null() & two.date.is_not_null() & three.date.is_not_null()).then("three"),
        when(one.date.is_not_null() & two.date.is_not_null() & three.date.is_null()).then("two"),
        when(one.date.is_not_null() & two.date.is_null() & three.date.is_null()).then("one"),
        when(one.date.is_null() & two.date.is_null() & three.date.is_null()).then("none"),
        otherwise="other",
    )
    value = one.numeric_value.when_null_then(two.numeric_value).when_null_then(three.numeric_value)
    dataset.value = case(when(value.is_null()).then("no"), when(value > 100).then("high"), otherwise="usual")


# --- numbers ------------------------------------------------------------------------------------------------


@hard()
def a_ratio_of_two_values(dataset: Any) -> None:
    albumin, creatinine = last_of(coded(1)), last_of(coded(2))
    ratio = albumin.numeric_value / creatinine.numeric_value
    dataset.define_population(grown_up() & (creatinine.numeric_value > 0) & ratio.is_not_null())
    dataset.stage = case(when(ratio < 3).then("A1"), when(ratio <= 70).then("A2"), otherwise="A3")


@hard()
def bmi_from_height_and_weight(dataset: Any) -> None:
    weight, height = last_of(coded(1)).numeric_value, last_of(coded(2)).numeric_value
    bmi = weight / ((height / 100) * (height / 100))
    dataset.define_population((patients.age_on(INDEX) >= 16) & (height > 90) & (weight > 20))
    dataset.bmi = case(
        when((bmi >= 18.5) & (bmi < 25)).then("healthy"),
        when((bmi >= 25) & (bmi < 30)).then("overweight"),
        when((bmi >= 30) & (bmi < 70)).then("obese"),
        otherwise="other",
    )


@hard()
def means_and_sums(dataset: Any) -> None:
    values = coded(1).where(clinical_events.numeric_value > 0).numeric_value
    dataset.define_population(values.mean_for_patient() >= 140)
    dataset.much = values.sum_for_patient() > 1000
    dataset.spread = values.maximum_for_patient() - values.minimum_for_patient() > 50


@hard()
def kidney_function(dataset: Any) -> None:
    creatinine = last_of(coded(1)).numeric_value / 88.4
    low = case(when(patients.sex == "female").then(0.7), otherwise=0.9)
    least, most = minimum_of(creatinine / low, 1.0), maximum_of(creatinine / low, 1.0)
    egfr = 141 * (least**-0.4) * (most**-1.209) * (0.993 ** patients.age_on(INDEX).as_float())
    dataset.define_population(grown_up() & (creatinine > 0.2))
    dataset.stage = case(when(egfr < 30).then("4-5"), when(egfr < 60).then("3"), otherwise="1-2")


@hard()
def points_added_up(dataset: Any) -> None:
    points = (
        coded(1).exists_for_patient().as_int()
        + coded(2).exists_for_patient().as_int()
        + coded(3).exists_for_patient().as_int() * 2
        + (patients.age_on(INDEX) >= 75).as_int() * 2
    )
    dataset.define_population(grown_up())
    dataset.score = case(
        when(points == 0).then("0"), when(points == 1).then("1"), when(points < 6).then("2-5"), otherwise="6"
    )


@hard("`high`: branch 1 of 1 (True)", "`high` true")
def points_that_cannot_be_reached(dataset: Any) -> None:
    points = coded(1).exists_for_patient().as_int() + coded(2).exists_for_patient().as_int()
    dataset.define_population(grown_up())
    dataset.high = case(when(points > 2).then(True), otherwise=False)


@hard()
def episodes(dataset: Any) -> None:
    runs = coded(1).where(clinical_events.date > "2019-01-01").date.count_episodes_for_patient(days(14))
    dataset.define_population(runs >= 1)
    dataset.runs = case(when(runs == 1).then("one"), when(runs == 3).then("three"), otherwise="other")
    dataset.long = coded(1).count_for_patient() > runs + 2


@hard()
def whole_weeks(dataset: Any) -> None:
    first, last = coded(1).sort_by(clinical_events.date).first_for_patient(), last_of(coded(1))
    apart = (last.date - first.date).weeks
    dataset.define_population(apart >= 1)
    dataset.apart = case(when(apart == 4).then("four"), when(apart > 52).then("a year"), otherwise="else")


# --- contradictions -----------------------------------------------------------------------------------------


@hard("`second`: branch 2 of 2 ('b')", "`both` true")
def branches_behind_others(dataset: Any) -> None:
    value = last_of(coded(1)).numeric_value
    dataset.define_population(value.is_not_null())
    dataset.second = case(when(value > 5).then("a"), when(value > 10).then("b"), otherwise="c")
    dataset.both = (value < 5) & (value > 5)


@hard("`never`: branch 1 of 1 (True)", "`never` true", "a row that passes a filter of `population`")
def what_the_population_excludes(dataset: Any) -> None:
    dataset.define_population(grown_up() & ~coded(1).exists_for_patient() & patients.is_alive_on(INDEX))
    died = patients.date_of_death < "2021-01-01"
    dataset.never = case(when(died).then(True), otherwise=False)
    dataset.lost = last_of(coded(1)).date


@hard("`a` false")
def true_by_the_population(dataset: Any) -> None:
    dataset.define_population(coded(1).exists_for_patient() & grown_up())
    dataset.a = coded(1).exists_for_patient()
    dataset.b = coded(2).exists_for_patient()


@hard("`never` true")
def equal_and_not_equal(dataset: Any) -> None:
    one, other = last_of(coded(1)).date, last_of(coded(2)).date
    dataset.define_population(grown_up())
    dataset.same = one == other
    dataset.never = (one > other) & (one <= other)


# --- tables of one's own ------------------------------------------------------------------------------------


@hard()
def promises_of_a_table(dataset: Any) -> None:
    from ehrql.tables import Constraint

    @table
    class visits(EventFrame):
        number = Series(int, constraints=[Constraint.ClosedRange(1, 12), Constraint.NotNull()])
        kind = Series(str, constraints=[Constraint.Categorical(["a", "b", "c"])])
        place = Series(str, constraints=[Constraint.Regex("[A-Z]{2}[0-9]{3}")])
        month = Series(datetime.date, constraints=[Constraint.FirstOfMonth()])
        begin = Series(datetime.date)
        end = Series(datetime.date, constraints=[Constraint.DateAfter(["begin"])])

    last = visits.sort_by(visits.number).last_for_patient()
    dataset.define_population(visits.where(visits.kind == "c").count_for_patient() == 2)
    dataset.number = case(
        when(last.number > 11).then("twelve"), when(last.number < 3).then("low"), otherwise="mid"
    )
    dataset.london = last.place.contains("LO1")
    dataset.month = last.month.is_on_or_between("2021-02-01", "2021-02-20")
    dataset.length = case(when((last.end - last.begin).days > 20).then("long"), otherwise="short")


@hard()
def patients_of_a_file(dataset: Any) -> None:
    rows = {number: (datetime.date(2021, 1, 1 + number % 28), number % 3 == 0) for number in range(500, 560)}
    from ehrql.tables import PatientFrame

    @table_from_rows([(number, *row) for number, row in rows.items()])
    class matched(PatientFrame):
        day = Series(datetime.date)
        exposed = Series(bool)

    dataset.define_population(matched.exists_for_patient() & (patients.age_on(matched.day) >= 18))
    after = clinical_events.where(clinical_events.date.is_on_or_between(matched.day, matched.day + days(30)))
    dataset.exposed = matched.exposed
    dataset.after = after.count_for_patient() == 2


@hard()
def many_alternatives(dataset: Any) -> None:
    registered = core.practice_registrations.for_patient_on(INDEX)
    dataset.define_population(
        (patients.age_on(INDEX) > 80)
        | ((patients.age_on(INDEX) > 18) & coded(1).exists_for_patient())
        | (registered.exists_for_patient() & (last_of(coded(2)).numeric_value > 50))
        | (~registered.exists_for_patient() & patients.exists_for_patient())
    )
    dataset.why = case(when(coded(1).exists_for_patient()).then("one"), otherwise="other")
