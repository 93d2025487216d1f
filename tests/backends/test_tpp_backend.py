"""The TPP backend: each contract table, row by row, from rows of the physical tables it is made of."""

from __future__ import annotations

import datetime
from typing import Any

from physical import Copy, physical_tables_of

from armslength.query.contracts import core, tpp
from armslength.query.contracts.raw import tpp as raw

DAY, MOMENT = datetime.date, datetime.datetime
NEVER = MOMENT(9999, 12, 31)
UNKNOWN = MOMENT(1900, 1, 1)
ALL = [getattr(contract, name) for contract in (core, tpp, raw) for name in contract.__all__]


def test_the_copy_has_every_table_that_the_backend_reads(tpp_copy: Copy) -> None:
    assert physical_tables_of("tpp") <= set(tpp_copy.schema)


def test_every_table_answers_on_an_empty_database(tpp_copy: Copy) -> None:
    found = {f"{each._node.namespace}.{each._node.name}": tpp_copy.rows(each) for each in ALL}
    assert found == {name: [] for name in found}


def test_patients(tpp_copy: Copy) -> None:
    born = DAY(1980, 2, 1)
    sexes = ["M", "f", "I", "U", ""]
    rows = [
        {"Patient_ID": number, "DateOfBirth": born, "Sex": sex} for number, sex in enumerate(sexes, start=1)
    ]
    rows[0]["DateOfDeath"], rows[1]["DateOfDeath"], rows[4]["DateOfBirth"] = (
        NEVER.date(),
        DAY(2020, 1, 2),
        None,
    )
    assert tpp_copy.fill(Patient=rows).rows(core.patients, "date_of_birth", "sex", "date_of_death") == [
        (1, born, "male", None),
        (2, born, "female", DAY(2020, 1, 2)),
        (3, born, "intersex", None),
        (4, born, "unknown", None),
        (5, None, "unknown", None),
    ]


def test_practice_registrations(tpp_copy: Copy) -> None:
    registered = {"Patient_ID": 1, "StartDate": UNKNOWN, "EndDate": NEVER, "Organisation_ID": 10}
    tpp_copy.fill(
        RegistrationHistory=[
            registered,
            registered
            | {"StartDate": MOMENT(2001, 2, 3, 4, 5), "EndDate": MOMENT(2005, 1, 1), "Organisation_ID": 11},
            registered | {"Patient_ID": 2, "Organisation_ID": 12},
        ],
        Organisation=[
            {
                "Organisation_ID": 10,
                "STPCode": "E54000005",
                "Region": "London",
                "GoLiveDate": MOMENT(2000, 1, 1),
            },
            {"Organisation_ID": 11, "STPCode": "", "Region": "", "GoLiveDate": MOMENT(2000, 1, 1)},
        ],
    )
    assert tpp_copy.rows(tpp.practice_registrations) == [
        (1, DAY(1900, 1, 1), None, 10, "E54000005", "London", DAY(2000, 1, 1)),
        (1, DAY(2001, 2, 3), DAY(2005, 1, 1), 11, None, None, DAY(2000, 1, 1)),
        (2, DAY(1900, 1, 1), None, None, None, None, None),
    ]
    assert [row[3] for row in tpp_copy.rows(core.practice_registrations)] == [10, 11, None]


def test_ons_deaths_keeps_the_first_death_and_the_smallest_cause(tpp_copy: Copy) -> None:
    died = {
        "Patient_ID": 1,
        "dod": DAY(2020, 1, 1),
        "icd10u": "B01",
        "ICD10015": "Z99",
        "Place_of_occurrence": "Home",
    }
    tpp_copy.fill(
        ONS_Deaths=[
            died | {"dod": DAY(2020, 1, 2), "icd10u": "A01"},
            died,
            died | {"icd10u": "A02", "ICD10001": "C34"},
            died | {"Patient_ID": 2},
            died | {"Patient_ID": 2, "icd10u": None},
            died | {"Patient_ID": 3},
            died | {"Patient_ID": 3, "dod": None, "icd10u": "Z01"},
        ]
    )
    columns = ("date", "place", "underlying_cause_of_death", "cause_of_death_01", "cause_of_death_15")
    assert tpp_copy.rows(tpp.ons_deaths, *columns) == [
        (1, DAY(2020, 1, 1), "Home", "A02", "C34", "Z99"),
        (2, DAY(2020, 1, 1), "Home", None, None, "Z99"),
        (3, None, "Home", "Z01", None, "Z99"),
    ]
    assert len(tpp_copy.rows(raw.ons_deaths)) == 7


def fill_events(copy: Copy) -> None:
    event = {
        "Patient_ID": 1,
        "ConsultationDate": MOMENT(2020, 5, 6, 7),
        "Consultation_ID": 70,
        "NumericValue": 1.5,
    }
    copy.fill(
        CodedEvent=[
            event | {"CodedEvent_ID": 1, "CTV3Code": "XE2eD"},
            event | {"CodedEvent_ID": 2, "CTV3Code": "xe2ed", "ConsultationDate": NEVER, "NumericValue": 0},
        ],
        CodedEvent_SNOMED=[
            event
            | {"CodedEvent_ID": 3, "ConceptId": "271649006", "CodeSystemId": 0, "ConsultationDate": UNKNOWN},
            event | {"CodedEvent_ID": 4, "ConceptId": "Y228a", "CodeSystemId": 2},
        ],
        CodedEventRange=[
            {"Patient_ID": 1, "CodedEvent_ID": 3, "Comparator": 5, "LowerBound": 1.0, "UpperBound": 2.0},
            {"Patient_ID": 1, "CodedEvent_ID": 3, "Comparator": 2, "LowerBound": 3.0, "UpperBound": 4.0},
        ],
    )


def test_clinical_events_are_both_coding_systems_with_letter_case_and_local_codes(tpp_copy: Copy) -> None:
    fill_events(tpp_copy)
    day = DAY(2020, 5, 6)
    assert tpp_copy.rows(tpp.clinical_events) == [
        (1, DAY(1900, 1, 1), "271649006", None, 1.5, 70),
        (1, day, "Y228a", None, 1.5, 70),
        (1, day, None, "XE2eD", 1.5, 70),
        (1, None, None, "xe2ed", 0.0, 70),
    ]
    assert tpp_copy.rows(core.clinical_events)[0] == (1, DAY(1900, 1, 1), "271649006", 1.5)


def test_clinical_events_ranges_multiply(tpp_copy: Copy) -> None:
    fill_events(tpp_copy)
    found = tpp_copy.rows(
        tpp.clinical_events_ranges, "snomedct_code", "lower_bound", "upper_bound", "comparator"
    )
    assert found[:2] == [(1, "271649006", 1.0, 2.0, ">="), (1, "271649006", 3.0, 4.0, None)]
    assert found[2:] == [(1, "Y228a", None, None, None)] + [(1, None, None, None, None)] * 2


def test_medications_use_both_dictionaries(tpp_copy: Copy) -> None:
    issue = {
        "Patient_ID": 1,
        "ConsultationDate": NEVER,
        "Consultation_ID": 7,
        "MedicationStatus": 4,
        "Quantity": "1",
    }
    names = ["known", "empty", "many", "absent", "missing", "both"]
    tpp_copy.fill(
        MedicationIssue=[issue | {"MultilexDrug_ID": name} for name in names],
        MedicationRepeat=[
            {
                "Patient_ID": 1,
                "MultilexDrug_ID": "known",
                "StartDate": UNKNOWN,
                "EndDate": NEVER,
                "Quantity": "2",
            }
        ],
        MedicationDictionary=[
            {"MultilexDrug_ID": "known", "DMD_ID": "111"},
            {"MultilexDrug_ID": "empty", "DMD_ID": ""},
            {"MultilexDrug_ID": "many", "DMD_ID": "MULTIPLE_DMD_MAPPING"},
            {"MultilexDrug_ID": "missing", "DMD_ID": None},
            {"MultilexDrug_ID": "both", "DMD_ID": "222"},
        ],
        CustomMedicationDictionary=[
            {"MultilexDrug_ID": "many", "DMD_ID": "333"},
            {"MultilexDrug_ID": "both", "DMD_ID": "444"},
            {"MultilexDrug_ID": "missing", "DMD_ID": "555"},
        ],
    )
    day = DAY(9999, 12, 31)
    codes = sorted(row[2] or "" for row in tpp_copy.rows(tpp.medications))
    assert codes == ["", "", "111", "222", "333", "555"]
    assert (1, day, "111", 7) in tpp_copy.rows(tpp.medications)
    assert (1, day, "111", 7, 4, "1", 0) in tpp_copy.rows(raw.medications)
    assert tpp_copy.rows(raw.repeat_medications) == [
        (1, DAY(2000, 1, 1), "111", 0, 0, 0, "2", DAY(1900, 1, 1), day)
    ]


def test_vaccinations_are_one_row_for_each_disease(tpp_copy: Copy) -> None:
    jab = {
        "Patient_ID": 1,
        "Vaccination_ID": 5,
        "VaccinationDate": MOMENT(2021, 1, 1),
        "VaccinationName": "Mix",
    }
    tpp_copy.fill(
        Vaccination=[jab | {"VaccinationName_ID": 1}, jab | {"VaccinationName_ID": 9, "Vaccination_ID": 6}],
        VaccinationReference=[
            {"VaccinationName_ID": 1, "VaccinationContent": "TETANUS"},
            {"VaccinationName_ID": 1, "VaccinationContent": "POLIO"},
        ],
    )
    day = DAY(2021, 1, 1)
    assert tpp_copy.rows(tpp.vaccinations) == [
        (1, 5, day, "POLIO", "Mix"),
        (1, 5, day, "TETANUS", "Mix"),
        (1, 6, day, None, "Mix"),
    ]


def test_appointments_are_told_apart_by_their_number(tpp_copy: Copy) -> None:
    booked = {
        "Patient_ID": 1,
        "Appointment_ID": 1,
        "BookedDate": NEVER,
        "StartDate": NEVER,
        "SeenDate": NEVER,
    }
    tpp_copy.fill(
        Appointment=[
            booked | {"Status": 4},
            booked | {"Status": 4},
            booked | {"Appointment_ID": 2, "Status": 4},
            booked | {"Appointment_ID": 3, "Status": 17},
        ]
    )
    day = DAY(9999, 12, 31)
    found = tpp_copy.rows(tpp.appointments)
    assert sorted(found, key=str) == [(1, day, day, None, "Finished")] * 2 + [(1, day, day, None, None)]


def test_addresses(tpp_copy: Copy) -> None:
    home = {"Patient_ID": 1, "StartDate": UNKNOWN, "EndDate": NEVER, "AddressType": 3}
    tpp_copy.fill(
        PatientAddress=[
            home
            | {
                "PatientAddress_ID": 1,
                "ImdRankRounded": -1,
                "RuralUrbanClassificationCode": -1,
                "MSOACode": "npc",
            },
            home
            | {
                "PatientAddress_ID": 2,
                "ImdRankRounded": 500,
                "RuralUrbanClassificationCode": 4,
                "MSOACode": "E02000001",
            },
            home | {"PatientAddress_ID": 3, "MSOACode": ""},
        ],
        PotentialCareHomeAddress=[
            {"PatientAddress_ID": 2, "LocationRequiresNursing": "y", "LocationDoesNotRequireNursing": "N"},
            {"PatientAddress_ID": 3, "LocationRequiresNursing": "?", "LocationDoesNotRequireNursing": "Y"},
        ],
    )
    old = DAY(1900, 1, 1)
    assert tpp_copy.rows(tpp.addresses) == [
        (1, 1, old, None, 3, None, None, None, False, False, None, None),
        (1, 2, old, None, 3, 4, 500, "E02000001", True, True, True, False),
        (1, 3, old, None, 3, 0, 0, None, False, True, None, True),
    ]


def test_households(tpp_copy: Copy) -> None:
    tpp_copy.fill(
        HouseholdMember=[{"Patient_ID": n, "Household_ID": h} for n, h in ((1, 5), (2, 0), (3, 9))],
        Household=[{"Household_ID": 5, "HouseholdSize": 3}, {"Household_ID": 0, "HouseholdSize": 0}],
    )
    assert tpp_copy.rows(tpp.household_memberships_2020) == [(1, 5, 3), (2, None, None), (3, None, None)]


def test_parents_are_told_from_either_side_where_there_is_one_mother(tpp_copy: Copy) -> None:
    def said(who: int, kind: str, whom: int, **more: Any) -> dict[str, Any]:
        return {"Patient_ID": who, "Type_of_Relationship": kind, "Patient_ID_Relationship_With": whom} | more

    people = {
        1: ("F", 1970),
        2: ("M", 1970),
        3: ("U", 1975),
        11: ("F", 2000),
        12: ("M", 2001),
        13: ("F", 2002),
    }
    people |= {14: ("F", 2003), 15: ("F", 2004)}
    tpp_copy.fill(
        Patient=[
            {"Patient_ID": who, "Sex": s, "DateOfBirth": DAY(y, 1, 1)} for who, (s, y) in people.items()
        ],
        Relationship=[
            said(11, "Mother", 1),
            said(1, "Daughter", 11),
            said(3, "son", 12),
            said(13, "Mother", 1),
            said(3, "Child", 13),  # two mothers
            said(2, "Daughter", 14),  # a father
            said(15, "Mother", 1, RelationshipEndDate=DAY(2010, 1, 1)),  # no longer said
            said(1, "Child", 1),  # not older than oneself
        ],
    )
    assert tpp_copy.rows(tpp.parents) == [(11, 1), (12, 3)]


def test_decision_support_values(tpp_copy: Copy) -> None:
    score = {"Patient_ID": 1, "AlgorithmType": 1, "NumericValue": 0.25}
    tpp_copy.fill(
        DecisionSupportValue=[
            score | {"CalculationDateTime": MOMENT(2020, 1, 1, 5)},
            score | {"CalculationDateTime": NEVER, "AlgorithmType": 2},
            score | {"Patient_ID": None},
        ],
        DecisionSupportValueReference=[
            {
                "AlgorithmType": 1,
                "AlgorithmDescription": "UK Electronic Frailty Index (eFI)",
                "AlgorithmVersion": "1.0",
            }
        ],
    )
    assert tpp_copy.rows(tpp.decision_support_values) == [
        (1, DAY(2020, 1, 1), 0.25, "UK Electronic Frailty Index (eFI)", "1.0"),
        (1, None, 0.25, None, None),
    ]


def hospital(prefix: str, number: int, month: str | None, **more: Any) -> dict[str, Any]:
    return {"Patient_ID": 1, f"{prefix}_Ident": number, "Der_Activity_Month": month} | more


def test_stays_are_current_rows_since_the_cut_and_archived_rows_before(tpp_copy: Copy) -> None:
    day = DAY(2023, 1, 1)
    tpp_copy.fill(
        APCS=[
            hospital("APCS", n, m, Admission_Date=day) for n, m in ((1, "202304"), (2, "202303"), (3, None))
        ],
        APCS_ARCHIVED=[hospital("APCS", n, m, Admission_Date=day) for n, m in ((4, "202303"), (5, "202304"))],
        APCS_Der=[
            {"Patient_ID": 1, "APCS_Ident": 1, "Spell_Primary_Diagnosis": "A011-", "Spell_PbR_CC_Day": "2"},
            {"Patient_ID": 1, "APCS_Ident": 4, "Spell_Primary_Diagnosis": "wrong half"},
        ],
        APCS_Der_ARCHIVED=[{"Patient_ID": 1, "APCS_Ident": 4, "Spell_PbR_CC_Day": "odd"}],
        APCS_Cost=[{"Patient_ID": 1, "APCS_Ident": n, "Grand_Total_Payment_MFF": 10.5} for n in (1, 2, 9)],
        APCS_Cost_ARCHIVED=[{"Patient_ID": 1, "APCS_Ident": 4, "Tariff_Total_Payment": 2.5}],
    )
    columns = ("apcs_ident", "admission_date", "primary_diagnosis", "days_in_critical_care")
    assert tpp_copy.rows(tpp.apcs, *columns) == [(1, 1, day, "A011-", 2), (1, 4, day, None, None)]
    cost = ("apcs_ident", "grand_total_payment_mff", "tariff_total_payment", "admission_date")
    assert tpp_copy.rows(tpp.apcs_cost, *cost) == [(1, 1, 10.5, None, day), (1, 4, None, 2.5, day)]


def test_the_snapshot_of_stays_is_whole(tpp_copy: Copy) -> None:
    snapshot = "JRC20231009_LastFilesToContainAllHistoricalCostData"
    tpp_copy.fill(
        **{
            f"APCS_{snapshot}": [hospital("APCS", 1, None, Discharge_Date=DAY(2010, 1, 1))],
            f"APCS_Cost_{snapshot}": [{"Patient_ID": 1, "APCS_Ident": number} for number in (1, 2)],
        }
    )
    assert tpp_copy.rows(raw.apcs_historical) == [(1, 1, None, DAY(2010, 1, 1), None)]
    assert [row[-1] for row in tpp_copy.rows(raw.apcs_cost_historical)] == [DAY(2010, 1, 1), None]


def test_emergency_care(tpp_copy: Copy) -> None:
    day = DAY(2023, 5, 1)
    seen = {"Arrival_Date": day, "Discharge_Destination_SNOMED_CT": "306689006", "EC_Injury_Date": day}
    tpp_copy.fill(
        EC=[hospital("EC", 1, "202305", SUS_HRG_Code="VB01Z", **seen), hospital("EC", 2, "202301", **seen)],
        EC_ARCHIVED=[hospital("EC", 3, "202301", **seen)],
        EC_Diagnosis=[{"Patient_ID": 1, "EC_Ident": 1, "EC_Diagnosis_01": "1", "EC_Diagnosis_24": "24"}],
        EC_Cost=[{"Patient_ID": 1, "EC_Ident": 1, "Tariff_Total_Payment": 5.0}],
    )
    assert tpp_copy.rows(tpp.ec) == [(1, 1, day, "VB01Z"), (1, 3, day, None)]
    columns = ("id", "arrival_date", "discharge_destination", "diagnosis_01", "diagnosis_24")
    assert tpp_copy.rows(tpp.emergency_care_attendances, *columns) == [
        (1, 1, day, "306689006", "1", "24"),
        (1, 3, day, "306689006", None, None),
    ]
    assert tpp_copy.rows(tpp.ec_cost) == [(1, 1, None, 5.0, day, None, day)]


def test_outpatient_appointments(tpp_copy: Copy) -> None:
    day = DAY(2023, 5, 1)
    there = {"Appointment_Date": day, "Attendance_Status": "5", "Consultation_Medium_Used": "12"}
    companion = {"Patient_ID": 1, "OPA_Ident": 1}
    tpp_copy.fill(
        OPA=[hospital("OPA", 1, "202305", **there)],
        OPA_ARCHIVED=[hospital("OPA", 2, "202212", **there)],
        OPA_Cost=[companion | {"Tariff_OPP": 1.5}],
        OPA_Diag=[companion | {"Primary_Diagnosis_Code": "A01", "Primary_Diagnosis_Code_Read": "XaBcD"}],
        OPA_Proc=[companion | {"Primary_Procedure_Code": "A011"}],
        OPA_Proc_ARCHIVED=[companion | {"OPA_Ident": 2, "Procedure_Code_2": "B011"}],
    )
    found = tpp_copy.rows(tpp.opa, "opa_ident", "attendance_status", "consultation_medium_used")
    assert found == [(1, 1, "5", "12"), (1, 2, "5", "12")]
    assert tpp_copy.rows(tpp.opa_cost) == [(1, 1, 1.5, None, None, day, None)]
    assert tpp_copy.rows(tpp.opa_diag) == [(1, 1, "A01", "XaBcD", None, None, day, None)]
    columns = ("opa_ident", "primary_procedure_code", "procedure_code_2", "appointment_date")
    assert tpp_copy.rows(tpp.opa_proc, *columns) == [(1, 1, "A011", None, day), (1, 2, None, "B011", day)]


def test_ethnicity_from_hospitals_is_the_commonest_letter_ties_to_the_last(tpp_copy: Copy) -> None:
    def stays(who: int, *codes: str | None) -> list[dict[str, Any]]:
        return [{"Patient_ID": who, "Der_Activity_Month": "202304", "Ethnic_Group": code} for code in codes]

    tpp_copy.fill(
        APCS=[
            *stays(1, "A", "B1", "Z", "99"),
            *stays(2, "A", "C"),
            *stays(3, "9", "Z", "", None),
            *stays(4, "Bx"),
        ],
        EC_ARCHIVED=[{"Patient_ID": 1, "Der_Activity_Month": "202201", "Ethnic_Category": "B"}],
        OPA=[
            {"Patient_ID": 4, "Der_Activity_Month": "202201", "Ethnic_Category": "C"}
        ],  # in the other half's time
    )
    assert tpp_copy.rows(tpp.ethnicity_from_sus) == [(1, "B"), (2, "C"), (4, "B")]


def test_covid_tests_say_symptoms_in_two_ways(tpp_copy: Copy) -> None:
    test = {"Patient_ID": 1, "Specimen_Date": DAY(2021, 1, 1), "Lab_Report_Date": DAY(2021, 1, 2)}
    tpp_copy.fill(
        SGSS_AllTests_Positive=[test | {"Symptomatic": "Y", "SGTF": "9", "Variant": ""}, test | {"SGTF": ""}],
        SGSS_AllTests_Negative=[test | {"Symptomatic": "false"}, test | {"Symptomatic": "Y"}],
    )
    found = tpp_copy.rows(
        tpp.sgss_covid_all_tests, "is_positive", "was_symptomatic", "sgtf_status", "variant"
    )
    assert sorted(found, key=str) == [
        (1, False, False, None, None),
        (1, False, None, None, None),
        (1, True, None, None, None),
        (1, True, True, 9, None),
    ]


def test_covid_therapeutics_join_the_groups_at_risk(tpp_copy: Copy) -> None:
    request = {"Patient_ID": 1, "Received": MOMENT(2022, 1, 1, 9), "CurrentStatus": "Approved"}
    risks = {
        "MOL1_high_risk_cohort": "Patients with a solid cancer and stem cell transplant",
        "SOT02_risk_cohorts": "Patients with HIV",
    }
    tpp_copy.fill(Therapeutics=[request | risks, request | risks, request | {"CASIM05_risk_cohort": ""}])
    found = tpp_copy.rows(tpp.covid_therapeutics, "received", "current_status", "risk_cohort")
    assert sorted(found, key=str) == [
        (1, DAY(2022, 1, 1), "Approved", "solid cancer,stem cell transplant,HIV"),
        (1, DAY(2022, 1, 1), "Approved", None),
    ]


def test_open_prompt_keeps_codes_and_numbers_that_are_what_they_say(tpp_copy: Copy) -> None:
    answer = {"Patient_ID": 1, "ConceptId": "123", "CTV3Code": "Xabcd", "NumericValue": 2.5}
    tpp_copy.fill(OpenPROMPT=[answer | {"NumericCode": 1}, answer | {"CodeSystemId": 2}])
    found = tpp_copy.rows(tpp.open_prompt, "snomedct_code", "numeric_value")
    assert sorted(found, key=str) == [(1, "123", 2.5), (1, None, None)]


def test_cohorts_of_the_renal_registry_are_named_without_letter_case(tpp_copy: Copy) -> None:
    tpp_copy.fill(
        UKRR=[{"Patient_ID": 1, "dataset": name, "creat": 1.5} for name in ("2020CKD", "2019prev", "2018")]
    )
    assert sorted(str(row[1]) for row in tpp_copy.rows(tpp.ukrr)) == ["2019_prevalence", "2020_ckd", "None"]


def test_waiting_lists_are_read_from_text_and_bytes(tpp_copy: Copy) -> None:
    wait = {
        "Patient_ID": 1,
        "PRIORITY_TYPE_CODE": "3",
        "Pseudo_Referral_Identifier": b"\x0a\xbc",
        "Week_Ending_Date": "2022-05-01",
        "REFERRAL_TO_TREATMENT_PERIOD_END_DATE": "9999-12-31",
    }
    odd = {
        "Patient_ID": 2,
        "PRIORITY_TYPE_CODE": "E",
        "Waiting_List_Type": "INON",
        "Week_Ending_Date": "soon",
    }
    tpp_copy.fill(
        WL_ClockStops=[wait | {"Waiting_List_Type": "irtt"}, odd],
        WL_OpenPathways=[wait | {"Waiting_List_Type": "PTL"}, odd],
    )
    columns = ("priority_type_code", "pseudo_referral_identifier", "referral_to_treatment_period_end_date")
    columns += ("waiting_list_type", "week_ending_date")
    day = DAY(2022, 5, 1)
    assert tpp_copy.rows(tpp.wl_clockstops, *columns) == [
        (1, "two week wait", "0ABC", DAY(9999, 12, 31), "irtt", day),
        (2, None, None, None, None, None),
    ]
    assert tpp_copy.rows(tpp.wl_openpathways, *columns) == [
        (1, "two week wait", "0ABC", None, None, day),
        (2, None, None, None, "INON", None),
    ]
    assert tpp_copy.rows(raw.wl_clockstops, *columns)[1] == (2, "E", None, None, "INON", "soon")


def test_isaric_reads_dates_and_conditions(tpp_copy: Copy) -> None:
    row = {"Patient_ID": 1, "age.factor": "40-49", "cestdat": "2020-03-04", "hostdat": "NA"}
    tpp_copy.fill(ISARIC_New=[row | {"chrincard": "NA", "asthma_mhyn": "YES", "renal_mhyn": "unclear"}])
    columns = ("age_factor", "cestdat", "hostdat", "chrincard", "asthma_mhyn", "renal_mhyn")
    assert tpp_copy.rows(raw.isaric, *columns) == [(1, "40-49", DAY(2020, 3, 4), None, "NO", "YES", None)]


def test_healthcare_workers_are_all_who_have_a_row(tpp_copy: Copy) -> None:
    tpp_copy.fill(HealthCareWorker=[{"Patient_ID": 1, "HealthCareWorker": "N"}])
    assert tpp_copy.rows(tpp.occupation_on_covid_vaccine_record) == [(1, True)]
