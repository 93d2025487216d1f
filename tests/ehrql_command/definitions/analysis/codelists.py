from ehrql import codelist_from_csv

statins = codelist_from_csv("codelists/statins.csv", column="code")
statins_by_intensity = codelist_from_csv("codelists/statins.csv", column="code", category_column="type")
diabetes = codelist_from_csv("codelists/diabetes.csv", column="code")
diabetes_types = codelist_from_csv("codelists/diabetes.csv", column="code", category_column="category")
ethnicity = codelist_from_csv("codelists/ethnicity.csv", column="snomedcode", category_column="Grouping_6")
stroke_icd10 = codelist_from_csv("codelists/stroke_icd10.csv", column="ICD_code")
