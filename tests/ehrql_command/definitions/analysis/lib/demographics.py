from codelists import ethnicity
from ehrql.tables.tpp import addresses, clinical_events, patients


def add_demographics(dataset, index_date):
    dataset.age = patients.age_on(index_date)
    dataset.sex = patients.sex
    address = addresses.for_patient_on(index_date)
    dataset.imd_quintile = address.imd_quintile
    dataset.imd_decile = address.imd_decile
    dataset.rural_urban = address.rural_urban_classification
    dataset.ethnicity = (
        clinical_events.where(clinical_events.snomedct_code.is_in(ethnicity))
        .sort_by(clinical_events.date)
        .last_for_patient()
        .snomedct_code.to_category(ethnicity)
    )
    return dataset
