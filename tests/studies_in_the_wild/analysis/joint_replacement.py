from argparse import ArgumentParser
from ehrql import create_dataset, claim_permissions, case, when, days, months
from ehrql.tables.tpp import (
    apcs,
    opa,
    wl_clockstops,
    wl_openpathways,
    patients,
    medications,
    practice_registrations,
    addresses,
)
from ehrql import codelist_from_csv

claim_permissions("waiting_list")
parser = ArgumentParser()
parser.add_argument("--cohort", default="ortho", choices=["ortho", "all"])
parser.add_argument("--weeks", type=int, default=52)
args, _ = parser.parse_known_args()
joint = codelist_from_csv("codelists/joint-opcs4.csv", column="Code")
opioids = codelist_from_csv("codelists/opioids-dmd.csv", column="dmd_id") + codelist_from_csv(
    "codelists/high-dose-opioids.csv", column="code"
)
stops = wl_clockstops.where(
    wl_clockstops.referral_to_treatment_period_end_date.is_on_or_between("2021-05-01", "2022-04-30")
    & wl_clockstops.referral_to_treatment_period_start_date.is_on_or_before(
        wl_clockstops.referral_to_treatment_period_end_date
    )
    & wl_clockstops.week_ending_date.is_on_or_between("2021-05-01", "2022-04-30")
    & wl_clockstops.waiting_list_type.is_in(["IRTT", "ORTT", "PTLO", "PTLI", "RTTO", "RTTI"])
)
if args.cohort == "ortho":
    stops = stops.where(stops.activity_treatment_function_code.is_in(["110", "111"]))
latest = stops.sort_by(stops.referral_to_treatment_period_start_date).last_for_patient()
rtt_start, rtt_end = (
    latest.referral_to_treatment_period_start_date,
    latest.referral_to_treatment_period_end_date,
)
dataset = create_dataset()
dataset.rtt_start_date, dataset.rtt_end_date = rtt_start, rtt_end
dataset.wait = (rtt_end - rtt_start).days
dataset.wait_group = case(
    when(dataset.wait <= 18 * 7).then("<=18 weeks"),
    when(dataset.wait <= args.weeks * 7).then("19-52 weeks"),
    otherwise=">52 weeks",
)
dataset.priority = latest.priority_type_code
dataset.any_open = wl_openpathways.where(
    wl_openpathways.referral_to_treatment_period_end_date.is_null()
    | (wl_openpathways.referral_to_treatment_period_end_date > rtt_end)
).exists_for_patient()
dataset.count_rtt = stops.count_for_patient()
dataset.pathways = stops.pseudo_patient_pathway_identifier.count_distinct_for_patient()
surgery = apcs.where(apcs.admission_date.is_on_or_between(rtt_end, rtt_end + days(30))).where(
    apcs.all_procedures.contains_any_of(joint)
)
op = surgery.sort_by(surgery.admission_date).first_for_patient()
dataset.admission_date, dataset.hrg = op.admission_date, op.spell_core_hrg_sus
dataset.hip = op.all_procedures.contains("W37") | op.all_procedures.contains("W38")
dataset.not_knee = ~op.all_procedures.contains_any_of(["W40", "W41", "W42"])
periods = {
    "pre": (rtt_start - months(6), rtt_start - days(1)),
    "wait": (rtt_start, rtt_end),
    "post": (rtt_end + days(1), rtt_end + months(6)),
}
for prefix, (start, end) in periods.items():
    rx = medications.where(medications.dmd_code.is_in(opioids)).where(
        medications.date.is_on_or_between(start, end)
    )
    dataset.add_column(f"{prefix}_opioid_any", rx.exists_for_patient())
    dataset.add_column(f"{prefix}_opioid_count", rx.count_for_patient())
    dataset.add_column(f"{prefix}_opioid_last", rx.date.maximum_for_patient())
dataset.per_month = dataset.wait_opioid_count.as_float() / (dataset.wait / 30)
dataset.define_population(
    latest.exists_for_patient()
    & patients.age_on("2021-05-01").is_in(list(range(18, 111)))
    & practice_registrations.spanning(rtt_start, rtt_end).exists_for_patient()
    & patients.sex.is_not_in(["unknown", "intersex"])
)
dataset.imd10 = addresses.for_patient_on(rtt_start).imd_decile
