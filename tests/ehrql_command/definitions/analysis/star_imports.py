from codelists import *
from ehrql import *
from ehrql.tables.tpp import *

dataset = create_dataset()
dataset.define_population(practice_registrations.for_patient_on("2021-01-01").exists_for_patient())
dataset.stp = practice_registrations.for_patient_on("2021-01-01").practice_stp
dataset.region = practice_registrations.for_patient_on("2021-01-01").practice_nuts1_region_name
dataset.has_statin = medications.where(medications.dmd_code.is_in(statins)).exists_for_patient()
