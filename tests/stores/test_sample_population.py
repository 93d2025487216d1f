"""The made-up population is always the same, keeps the contracts, and looks like people."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from armslength.kernel.errors import Mistake
from armslength.query.formats.store import read_store, verify_store
from armslength.query.stores.sample import concepts, population, records
from armslength.query.stores.sample.codes import is_well_formed, made_up_code
from armslength.query.stores.sample.population import make_sample

PATIENTS = 12_000


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "store"
    make_sample(path, patients=PATIENTS, seed=7)
    return path


@pytest.fixture
def ask(store):
    connection = duckdb.connect()
    for name, table in read_store(store).tables.items():
        files = [str(store / file.path) for file in table.files]
        connection.from_parquet(files).create_view(name)

    def rows(sql: str):
        return connection.execute(sql).fetchall()

    yield rows
    connection.close()


def hashes(path: Path) -> dict[str, str]:
    tables = verify_store(path).tables.values()
    return {file.path: file.sha256 for table in tables for file in table.files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people(tmp_path):
    for name, seed in {"one": 3, "two": 3, "other": 4}.items():
        make_sample(tmp_path / name, patients=5_000, seed=seed)
    assert (tmp_path / "one/store.json").read_bytes() == (tmp_path / "two/store.json").read_bytes()
    one, two, other = (hashes(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert not set(one.values()) & set(other.values())


def test_a_small_sample_holds_the_first_people_of_a_large_one(tmp_path, ask):
    make_sample(tmp_path / "small", patients=4_200, seed=7)
    for name in read_store(tmp_path / "small").tables:
        files = str(tmp_path / "small" / name / "*.parquet")
        assert duckdb.sql(f"from read_parquet('{files}')").fetchall() == ask(
            f"from {name} where patient_id <= 4200"
        ), name


def test_what_the_disk_cannot_hold_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(population, "BYTES_A_PATIENT", 10**18)
    with pytest.raises(Mistake) as raised:
        make_sample(tmp_path / "new" / "store", patients=10, seed=1)
    assert raised.value.code == "D063" and "GB are free" in raised.value.what
    assert not list(tmp_path.iterdir())


def test_tables_have_the_columns_of_the_contracts(store):
    tables = read_store(store).tables
    columns = {
        name: [(column.name, str(column.type)) for column in table.columns] for name, table in tables.items()
    }
    causes = [(f"cause_of_death_{number:02}", "str") for number in range(1, 16)]
    patient = ("patient_id", "int")
    assert columns == {
        "patients": [patient, ("date_of_birth", "date"), ("sex", "str"), ("date_of_death", "date")],
        "practice_registrations": [
            patient, ("start_date", "date"), ("end_date", "date"), ("practice_pseudo_id", "int")],
        "clinical_events": [patient, ("date", "date"), ("snomedct_code", "str"), ("numeric_value", "float")],
        "medications": [patient, ("date", "date"), ("dmd_code", "str")],
        "ons_deaths": [patient, ("date", "date"), ("underlying_cause_of_death", "str"), *causes],
        "addresses": [
            patient, ("address_id", "int"), ("start_date", "date"), ("end_date", "date"), ("address_type", "int"),
            ("rural_urban_classification", "int"), ("imd_rounded", "int"), ("msoa_code", "str"),
            ("has_postcode", "bool"), ("care_home_is_potential_match", "bool"),
            ("care_home_requires_nursing", "bool"), ("care_home_does_not_require_nursing", "bool")],
    }  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        "from patients where date_of_birth is null or day(date_of_birth) != 1",
        "from patients where sex is null or sex not in ('female', 'male', 'intersex', 'unknown')",
        "from patients where date_of_death < date_of_birth",
        "from patients group by patient_id having count(*) > 1",
        "from ons_deaths group by patient_id having count(*) > 1",
        "from ons_deaths where date < '2019-02-01' or underlying_cause_of_death is null",
        "from ons_deaths where not regexp_full_match(underlying_cause_of_death, '[A-Z][0-9]{2}(X[0-9]?|[0-9]{0,2})?')",
        "from practice_registrations where start_date is null or end_date < start_date",
        "from practice_registrations where practice_pseudo_id not between 0 and 999",
        "from practice_registrations join patients using (patient_id) where start_date < date_of_birth",
        "from practice_registrations join patients using (patient_id) where end_date > date_of_death",
        "from practice_registrations semi join (from patients where date_of_death > '1900-01-01') using (patient_id) "
        "where end_date is null",
        "from addresses where address_type not in (0, 1, 3) or rural_urban_classification not between 1 and 8",
        "from addresses where imd_rounded not between 0 and 32800 or imd_rounded % 100 != 0",
        "from addresses where not regexp_full_match(msoa_code, 'E020[0-9]{5}')",
        "from addresses where has_postcode is null or has_postcode != (msoa_code is not null)",
        "from addresses where has_postcode != (imd_rounded is not null)",
        "from addresses where care_home_is_potential_match != (care_home_requires_nursing is not null)",
        "from addresses where end_date < start_date",
        "from addresses group by address_id having count(*) > 1",
        "from patients anti join practice_registrations using (patient_id)",
        "from patients anti join addresses using (patient_id)",
    ],
)
def test_no_row_breaks_a_promise(ask, broken):
    assert ask(f"select count(*) {broken}") in ([(0,)], [])


@pytest.mark.parametrize("table", ["clinical_events", "medications"])
def test_everything_happens_within_a_life_and_a_registration(ask, table):
    outside = f"""
        select count(*) from {table} happened where not exists (
            from practice_registrations list
            where list.patient_id = happened.patient_id and happened.date >= list.start_date
              and (list.end_date is null or happened.date <= list.end_date))"""
    assert ask(outside) == [(0,)]
    assert ask(
        f"select count(*) from {table} join patients using (patient_id) where date > date_of_death"
    ) == [(0,)]
    assert ask(f"select count(*) from {table} where date is null or date > '2026-01-01'") == [(0,)]


@pytest.mark.parametrize(("table", "keys"), [("clinical_events", "date"), ("addresses", "address_id")])
def test_rows_are_sorted_by_patient(ask, table, keys):
    disorder = f"""
        select count(*) from (
            select (patient_id, {keys}) < lag((patient_id, {keys})) over (order by file_row_number) as back
            from (select *, row_number() over () as file_row_number from {table})) where back"""
    assert ask(disorder) == [(0,)]


def test_every_code_is_well_formed():
    assert all(is_well_formed(code) for code in (*records.EVENT_CODES, *records.MEDICINE_CODES))
    for codes in (records.EVENT_CODES, records.MEDICINE_CODES):
        assert len(set(codes)) == len(codes)
    assert not any(
        is_well_formed(code) for code in ("44054007", "4405406", "4.4E+7", "", "044054006", "٤٤٠٥٤٠٠٦")
    )
    assert is_well_formed(made_up_code(123))


def test_an_id_of_the_made_up_namespace_is_marked_and_no_other():
    for medicine in concepts.MEDICINES:
        for product in medicine.products:
            assert product.made_up == (product.code[-10:-3] == "9999999"), product


def share_with(ask, code: str, where: str) -> float:
    sql = f"""
        with home as (select patient_id, arg_max(imd_rounded, start_date) as imd from addresses group by all),
        people as (select patient_id, sex, imd, date_diff('year', date_of_birth, date '2025-01-01') as age
                   from patients join home using (patient_id)),
        ill as (select distinct patient_id from clinical_events where snomedct_code = '{code}')
        select avg((patient_id in (from ill))::int) from people where {where}"""
    return ask(sql)[0][0]


def test_illness_follows_age_sex_and_deprivation(ask):
    diabetes, copd, heart, breast = "44054006", "13645005", "53741008", "254837009"
    assert share_with(ask, diabetes, "age > 65") > 3 * share_with(ask, diabetes, "age between 30 and 50")
    poor, rich = "imd < 9000 and age between 40 and 80", "imd > 24000 and age between 40 and 80"
    assert share_with(ask, diabetes, poor) > 1.3 * share_with(ask, diabetes, rich)
    assert share_with(ask, copd, poor) > 1.5 * share_with(ask, copd, rich)
    assert share_with(ask, heart, "sex = 'male'") > 1.3 * share_with(ask, heart, "sex = 'female'")
    assert share_with(ask, breast, "sex = 'male'") == 0 < share_with(ask, breast, "sex = 'female'")
    assert 0.03 < share_with(ask, diabetes, "age >= 18") < 0.12


def test_measurements_follow_illness(ask):
    (diabetic, others), = ask("""
        with ill as (select patient_id, min(date) as since from clinical_events
                     where snomedct_code = '44054006' group by all)
        select avg(numeric_value) filter (date > since), avg(numeric_value) filter (since is null)
        from clinical_events left join ill using (patient_id) where snomedct_code = '999791000000106'""")  # fmt: skip
    assert diabetic > others + 15
    assert ask(
        "select count(*) from clinical_events where snomedct_code = '44054006' and numeric_value is not null"
    ) == [(0,)]


def test_repeat_medicines_begin_after_the_diagnosis(ask):
    metformin = next(medicine for medicine in concepts.MEDICINES if medicine.name == "metformin")
    codes = ", ".join(f"'{product.code}'" for product in metformin.products)
    assert ask(f"""
        with ill as (select patient_id, min(date) as since from clinical_events
                     where snomedct_code = '44054006' group by all)
        select count(*) > 1000, count(since) > 0.97 * count(*), count(*) filter (date < since)
        from medications left join ill using (patient_id) where dmd_code in ({codes})""") == [(True, True, 0)]


def test_there_are_enough_events_and_a_long_tail(ask):
    ((events, codes),) = ask("select count(*), count(distinct snomedct_code) from clinical_events")
    events /= PATIENTS
    assert events > 90
    assert codes > 2_500


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"patients": 0}, "D060"),
        ({"patients": -5}, "D060"),
        ({"patients": 10**12}, "D060"),
        ({"seed": -1}, "D061"),
        ({"seed": 2**64}, "D061"),
        ({"end_date": date(1999, 1, 1)}, "D062"),
        ({"end_date": date(2099, 1, 1)}, "D062"),
    ],
)
def test_numbers_that_make_no_population_are_refused(tmp_path, wrong, code):
    with pytest.raises(Mistake) as error:
        make_sample(tmp_path / "store", **{"patients": 10, "seed": 1, **wrong})
    assert error.value.code == code
    assert error.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end_date", [date(2013, 1, 1), date(2040, 6, 1)])
def test_a_sample_may_end_on_another_day(tmp_path, end_date):
    make_sample(tmp_path / "store", patients=300, seed=1, end_date=end_date)
    events = f"read_parquet('{tmp_path}/store/clinical_events/*.parquet')"
    ((last, count),) = duckdb.sql(f"select max(date), count(*) from {events}").fetchall()
    assert last <= end_date
    assert (end_date - last).days < 30
    assert count > 300


def test_patient_ids_count_from_one(ask):
    assert ask("select min(patient_id), max(patient_id), count(*) from patients") == [(1, PATIENTS, PATIENTS)]
    assert re.fullmatch(r"[0-9]+", str(ask("select max(address_id) from addresses")[0][0]))
