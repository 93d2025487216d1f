from ehrql import case, create_dataset, months, when, years, weeks
from ehrql.tables.tpp import clinical_events, patients, clinical_events_ranges, practice_registrations
from ehrql.codes import CTV3Code, SNOMEDCTCode, CodelistError
from codelists import smoking_clear, snomed, bmi, systolic, diastolic

index_date = "2021-01-01"
dataset = create_dataset()
dataset.define_population(practice_registrations.for_patient_on(index_date).exists_for_patient())
prior = clinical_events.where(clinical_events.date.is_on_or_before(index_date))
most_recent = (
    prior.where(clinical_events.ctv3_code.is_in(smoking_clear))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .ctv3_code.to_category(smoking_clear)
)
ever_smoked = prior.where(
    clinical_events.ctv3_code.to_category(smoking_clear).is_in(["S", "E"])
).exists_for_patient()
dataset.smoking_status = case(
    when(most_recent == "S").then("S"),
    when((most_recent == "E") | ((most_recent == "N") & (ever_smoked == True))).then("E"),  # noqa: E712
    when((most_recent == "N") & (ever_smoked == False)).then("N"),  # noqa: E712
    otherwise="M",
)
one_code = CTV3Code("22K..")
dataset.bmi_ctv3 = (
    prior.where(clinical_events.ctv3_code == one_code)
    .where(clinical_events.numeric_value > 0)
    .sort_by(clinical_events.date)
    .last_for_patient()
    .numeric_value
)
height = (
    prior.where(prior.snomedct_code.is_in(snomed("height")))
    .where(clinical_events.date >= patients.date_of_birth + years(16))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .numeric_value
)
weight = (
    prior.where(prior.snomedct_code.is_in(snomed("weight")))
    .sort_by(clinical_events.date)
    .last_for_patient()
    .numeric_value
)
height_m = case(when(height > 3).then(height / 100), otherwise=height)
dataset.bmi_computed = weight / (height_m * height_m)
dataset.bmi_power = weight / height_m**2.0
dataset.bmi = case(
    when(dataset.bmi_computed.is_not_null()).then(dataset.bmi_computed),
    when(dataset.bmi_ctv3.is_not_null()).then(dataset.bmi_ctv3),
)
dataset.bmi_10 = (dataset.bmi * 10).as_int()
dataset.bmi_group = case(
    when((dataset.bmi >= 10) & (dataset.bmi < 18.5)).then("under"),
    when((dataset.bmi >= 18.5) & (dataset.bmi < 25)).then("normal"),
    when((dataset.bmi >= 25) & (dataset.bmi < 30)).then("over"),
    when((dataset.bmi >= 30) & (dataset.bmi < 70)).then("obese"),
    otherwise="missing",
)
ranges = clinical_events_ranges.where(clinical_events_ranges.snomedct_code.is_in(systolic + diastolic))
latest = ranges.sort_by(ranges.date).last_for_patient()
dataset.value, dataset.comparator = latest.numeric_value, latest.comparator
dataset.in_range = (latest.numeric_value >= latest.lower_bound) & (latest.numeric_value <= latest.upper_bound)
bad = ranges.except_where(ranges.comparator.is_in(["=", "~"])).where(ranges.comparator.is_not_null())
dataset.odd = bad.count_for_patient()
both = ranges.where(ranges.snomedct_code.is_in(systolic)).date.is_in(
    ranges.where(ranges.snomedct_code.is_in(diastolic)).date
)
dataset.paired = ranges.where(ranges.snomedct_code.is_in(systolic)).where(both).count_for_patient()
