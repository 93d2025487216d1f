"""Every class of mistake in a definition, by its code: small programs, each with one mistake in its last statement."""

from __future__ import annotations

START = """\
import datetime
from ehrql import *
from ehrql.codes import *
from ehrql.tables import *
from ehrql.tables.core import clinical_events, medications, patients, practice_registrations

@table
class tests(EventFrame):
    result = Series(float)
    positive = Series(bool)
    count = Series(int)
    name = Series(str)

@table
class admissions(EventFrame):
    date = Series(datetime.date)
    codes = Series(ICD10MultiCodeString)

dataset = create_dataset()
measures = create_measures()
age = patients.age_on("2024-01-31")
"""

MISTAKES: dict[str, tuple[str, ...]] = {
    "Q201": (
        "dataset.define_population((age > 18) and (patients.sex == 'female'))",
        "dataset.define_population(not patients.exists_for_patient())",
        "if patients.sex == 'female':\n    dataset.x = age",
        "dataset.define_population(18 <= age < 80)",
    ),
    "Q202": (
        "dataset.define_population(age > 18 & patients.sex == 'female')",
        "dataset.define_population(patients.sex == 'female' | patients.sex == 'male')",
        "dataset.define_population(patients.exists_for_patient() & age)",
        "dataset.x = ~age",
    ),
    "Q203": (
        "dataset.x = age == '18'",
        "dataset.x = age + 0.5",
        "dataset.x = patients.sex + '!'",
        "dataset.x = patients.date_of_birth > 1980",
        "dataset.x = patients.date_of_birth == datetime.datetime(2020, 1, 1)",
        "dataset.x = age < patients.sex",
        "dataset.x = case(when(age).then('a'), otherwise='b')",
        "rows = clinical_events.where(clinical_events.date)",
    ),
    "Q204": ("limit = 18,\ndataset.x = age > limit",),
    "Q205": ("dataset.x = patients.sex == patients", "dataset.x = age + clinical_events"),
    "Q206": (
        "dataset.define_population(patients.exists_for_patient)",
        "rows = clinical_events.where(clinical_events.date.is_not_null)",
    ),
    "Q207": (
        "dataset.x = age == when(age > 18).then(1)",
        "dataset.x = age == when(age > 18)",
        "dataset.define_population(when(age > 18).then(True))",
    ),
    "Q208": (
        "dataset.x = age == object",
        "dataset.x = age > None",
        "dataset.x = age == [1, 2]",
    ),
    "Q209": (
        "dataset.x = (clinical_events.date == medications.date)",
        "dataset.x = (tests.where(tests.positive).count + tests.count)",
        "rows = clinical_events.where(medications.date > '2020-01-01')",
        "rows = clinical_events.sort_by(medications.date)",
    ),
    "Q210": (
        "rows = clinical_events.sort_by(1)",
        "rows = clinical_events.sort_by(patients.date_of_birth)",
        "rows = clinical_events.sort_by()",
    ),
    "Q211": ("rows = clinical_events.sort_by('date')",),
    "Q212": ("rows = tests.sort_by(tests.positive)", "dataset.x = maximum_of(age > 18, age > 20)"),
    "Q213": (
        "dataset.x = patients.sex.is_in('female')",
        "dataset.x = age.is_in(range(10))",
        "dataset.x = age.is_in([1, 'two'])",
    ),
    "Q214": ("dataset.x = age.is_in(age)",),
    "Q215": ("dataset.x = abs(age)",),
    "Q216": ("ages = {age: 'age'}", "ages = {age, age}"),
    "Q217": (
        "dataset.x = patients.age_on('31/01/2024')",
        "dataset.x = patients.age_on('2024-02-30')",
        "dataset.x = patients.age_on('2024-1-1')",
    ),
    "Q218": (
        "rows = clinical_events.where(clinical_events.snomedct_code == 'abc')",
        "rows = clinical_events.where(clinical_events.snomedct_code.is_in(['123456789', '']))",
    ),
    "Q219": (
        "rows = admissions.where(admissions.codes == 'A01')",
        "rows = admissions.where(admissions.codes.is_in(['A01']))",
        "rows = admissions.where(admissions.codes.contains_any_of('A01'))",
        "rows = admissions.where(admissions.codes.contains('A01.1'))",
    ),
    "Q220": (
        "dataset.x = case(otherwise='none')",
        "dataset.x = case(when(age > 18).then('adult'), 'child')",
        "dataset.x = case(when(age > 18), otherwise='child')",
        "dataset.x = case(when(age > 18).then('a'), when(age > 18).then('b'))",
        "dataset.x = case(when(age > 18).then(None))",
        "dataset.x = patients.sex.map_values({})",
    ),
    "Q221": (
        "dataset.x = 18",
        "dataset.x = age.is_null == False",
        "dataset.x = clinical_events.date",
        "dataset.add_event_table('rows', a=clinical_events)",
        "dataset.x = patients",
        "dataset.x = patients.date_of_birth - '2020-01-01'",
        "dataset.x = clinical_events.sort_by(clinical_events.date).last_for_patient()",
        "dataset.x = when(age > 18).then(1)",
    ),
    "Q222": (
        "dataset.x = age\ndataset.x = age",
        "dataset.patient_id = age",
        "dataset.population = age > 18",
        "dataset.add_column('1st', age)",
        "dataset.x = dataset.agee",
    ),
    "Q223": (
        "dataset.define_population(True)",
        "dataset.define_population(age)",
        "dataset.define_population(tests.positive)",
        "dataset.define_population(~clinical_events.exists_for_patient())",
        "dataset.define_population(patients.age_on(INTERVAL.start_date) > 18)",
        "dataset.define_population(age > 18)\ndataset.define_population(age > 18)",
        "adults = dataset.population",
    ),
    "Q224": (
        "dataset.add_event_table('rows')",
        "dataset.add_event_table('rows', age=age)",
        "dataset.add_event_table('rows', a=clinical_events.date, b=medications.date)",
        "dataset.add_event_table('rows', patient_id=clinical_events.date)",
        "dataset.add_event_table('dataset', date=clinical_events.date)",
    ),
    "Q225": (
        "measures.define_measure('m', numerator=age > 18)",
        "measures.define_measure('m', numerator=patients.sex)",
        "measures.define_measure('m', group_by=[patients.sex])",
        "measures.define_measure('m', group_by={'ratio': patients.sex})",
        "measures.define_measure('m', intervals=months(3))",
        "measures.define_measure('m', intervals=[('2020-01-01', '2020-02-01')])",
        "measures.define_measure('my measure')",
        "measures.define_defaults(numerator=age > 18)\nmeasures.define_defaults(numerator=age > 18)",
    ),
    "Q226": (
        "dataset.x = patients.date_of_birth + 1",
        "late = days(1) + months(1)",
        "late = days(1) * 2",
        "late = datetime.date(2020, 1, 1) + years(1.5)",
    ),
    "Q227": (
        "months(1).starting_on(patients.date_of_birth)",
        "months(age).starting_on('2020-01-01')",
        "months(-1).starting_on('2020-01-01')",
    ),
    "Q228": (
        "dataset.x = clinical_events.date.count_episodes_for_patient(7)",
        "dataset.x = clinical_events.date.count_episodes_for_patient(months(1))",
        "dataset.x = clinical_events.date.count_episodes_for_patient(days(age))",
    ),
    "Q229": (
        "@table\nclass wrong:\n    x = Series(int)",
        "@table\nclass wrong(PatientFrame):\n    patient_id = Series(int)",
        "@table\nclass wrong(PatientFrame):\n    x = Series(list)",
        "@table_from_rows([(1, 2, 3)])\nclass wrong(PatientFrame):\n    x = Series(int)",
        "@table\nclass wrong(PatientFrame):\n    class settings:\n        pass",
    ),
    "Q230": (
        "people = table_from_file('people.csv', columns={'age': int})",
        "people = table_from_file('bad.csv', columns={'age': int})",
        "people = table_from_file('bad.csv', columns={'height': float})",
        "people = table_from_file('bad.xlsx', columns={'height': float})",
    ),
    "Q231": (
        "codes = codelist_from_csv('codelists/none.csv', column='code')",
        "codes = codelist_from_csv('codes.csv', column='cod')",
    ),
    "Q232": (
        "since = get_parameter('since')",
        "since = get_parameter('years', type=list)",
        "since = get_parameter('flag', type=bool)",
    ),
}
FILES = {"bad.csv": "patient_id,age\n1,40\n2,old\n", "codes.csv": "code,term\n123456789,a\n"}
PARAMETERS = ("--flag", "maybe")
