-- Registered deaths as supplied.
SELECT
    d.Patient_ID AS patient_id,
    d.dod AS date,
    d.Place_of_occurrence AS place,
    d.icd10u AS underlying_cause_of_death,
    d.ICD10001 AS cause_of_death_01,
    d.ICD10002 AS cause_of_death_02,
    d.ICD10003 AS cause_of_death_03,
    d.ICD10004 AS cause_of_death_04,
    d.ICD10005 AS cause_of_death_05,
    d.ICD10006 AS cause_of_death_06,
    d.ICD10007 AS cause_of_death_07,
    d.ICD10008 AS cause_of_death_08,
    d.ICD10009 AS cause_of_death_09,
    d.ICD10010 AS cause_of_death_10,
    d.ICD10011 AS cause_of_death_11,
    d.ICD10012 AS cause_of_death_12,
    d.ICD10013 AS cause_of_death_13,
    d.ICD10014 AS cause_of_death_14,
    d.ICD10015 AS cause_of_death_15
FROM ONS_Deaths AS d
