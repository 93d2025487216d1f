from ehrql import codelist_from_csv


def snomed(name, column="code", **kwargs):
    return codelist_from_csv(f"codelists/{name}-snomed.csv", column=column, **kwargs)


def icd10(name):
    return codelist_from_csv(f"codelists/{name}-icd10.csv", column="icd10")


def dmd(name):
    return codelist_from_csv(f"codelists/{name}-dmd.csv", column="dmd_id")


diabetes = snomed("diabetes")
hypertension = snomed("hypertension")
chd = snomed("chd")
stroke = snomed("stroke")
copd = snomed("copd")
asthma = snomed("asthma")
asthma_resolved = snomed("resolved-asthma")
ckd = snomed("ckd")
dementia = snomed("dementia")
cancer = snomed("cancer")
depression = snomed("depression")
smi = snomed("smi")
learning_disability = snomed("ld")
bmi = snomed("bmi")
hba1c = snomed("hba1c")
systolic = snomed("sbp")
diastolic = snomed("dbp")
cholesterol = snomed("cholesterol")
pregnancy = snomed("pregnancy")
delivery = snomed("delivery")
carehome = snomed("carehome")
housebound = snomed("housebound")
covid_primary_care = snomed("covid-primary-care")
immunosuppression = snomed("immunosuppression")

ethnicity_5 = codelist_from_csv(
    "codelists/ethnicity-snomed.csv", column="snomedcode", category_column="Grouping_6"
)
ethnicity_16 = codelist_from_csv(
    "codelists/ethnicity-snomed.csv", column="snomedcode", category_column="Grouping_16"
)
smoking_clear = codelist_from_csv("codelists/smoking-ctv3.csv", column="CTV3Code", category_column="Category")

covid_icd10 = icd10("covid")
mi_icd10 = icd10("mi")
stroke_icd10 = icd10("stroke")
vte_icd10 = icd10("vte")

statins = dmd("statins")
acei = dmd("acei")
nsaids = dmd("nsaids")
antibiotics = dmd("antibiotics")
insulin = dmd("insulin")
metformin = dmd("metformin")

at_risk = diabetes + chd + copd
