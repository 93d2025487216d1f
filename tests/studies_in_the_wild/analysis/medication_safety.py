# Hazardous prescribing: NSAID without gastroprotection and friends, one measure each
from ehrql import INTERVAL, Measures, months, days
from ehrql.measures import create_measures
from ehrql.tables.core import patients, medications, clinical_events, practice_registrations
from codelists import dmd, snomed

NUMERATOR_DENOMINATOR = {}
nsaid, ppi, warfarin, doac, methotrexate = map(dmd, ["nsaids", "ppi", "warfarin", "doac", "methotrexate"])
saba, ics = dmd("saba"), dmd("ics")


def prescribed(codes, start, end):
    return medications.where(
        medications.dmd_code.is_in(codes) & medications.date.is_on_or_between(start, end)
    )


def ever(codes):
    return (
        clinical_events.where(clinical_events.snomedct_code.is_in(codes))
        .where(clinical_events.date.is_before(INTERVAL.start_date))
        .exists_for_patient()
    )


def test(codes, lookback):
    return clinical_events.where(
        clinical_events.snomedct_code.is_in(codes)
        & clinical_events.date.is_on_or_between(INTERVAL.end_date - lookback, INTERVAL.end_date)
    ).exists_for_patient()


window = INTERVAL.start_date - months(3)
registered = practice_registrations.for_patient_on(INTERVAL.start_date).exists_for_patient()
adult = (patients.age_on(INTERVAL.start_date) >= 18) & (patients.age_on(INTERVAL.start_date) <= 120)
alive = patients.is_alive_on(INTERVAL.start_date)
base = registered & adult & alive

old_no_ppi = (
    base
    & (patients.age_on(INTERVAL.start_date) >= 65)
    & ~prescribed(ppi, window, INTERVAL.end_date).exists_for_patient()
)
NUMERATOR_DENOMINATOR["ac"] = (prescribed(nsaid, window, INTERVAL.end_date).exists_for_patient(), old_no_ppi)
NUMERATOR_DENOMINATOR["ad"] = (
    prescribed(warfarin + doac, window, INTERVAL.end_date).exists_for_patient()
    & prescribed(nsaid, window, INTERVAL.end_date).exists_for_patient(),
    base,
)
NUMERATOR_DENOMINATOR["mt"] = (
    ~test(snomed("egfr") + snomed("creatinine"), months(3)),
    base & prescribed(methotrexate, window, INTERVAL.end_date).exists_for_patient(),
)
NUMERATOR_DENOMINATOR["saba"] = (
    prescribed(saba, INTERVAL.start_date - months(12), INTERVAL.end_date).count_for_patient() >= 6,
    base & ever(snomed("asthma")) & ~ever(snomed("copd")),
)

measures = create_measures()
measures.configure_dummy_data(population_size=80, legacy=True)
measures.define_defaults(
    intervals=months(4).starting_on("2021-01-01"),
    group_by={"practice": practice_registrations.for_patient_on(INTERVAL.start_date).practice_pseudo_id},
)
for indicator, (numerator, denominator) in NUMERATOR_DENOMINATOR.items():
    measures.define_measure(name=f"indicator_{indicator}_rate", numerator=numerator, denominator=denominator)
    measures.define_measure(f"indicator_{indicator}_total", numerator, denominator, group_by={})
assert isinstance(measures, Measures)
