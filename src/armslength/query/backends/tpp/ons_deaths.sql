-- One registered death per person: the earliest, then the smallest underlying cause, a missing one first.
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
FROM (
    SELECT
        o.Patient_ID,
        o.dod,
        o.Place_of_occurrence,
        o.icd10u,
        o.ICD10001,
        o.ICD10002,
        o.ICD10003,
        o.ICD10004,
        o.ICD10005,
        o.ICD10006,
        o.ICD10007,
        o.ICD10008,
        o.ICD10009,
        o.ICD10010,
        o.ICD10011,
        o.ICD10012,
        o.ICD10013,
        o.ICD10014,
        o.ICD10015,
        ROW_NUMBER() OVER (PARTITION BY o.Patient_ID ORDER BY o.dod, o.icd10u) AS position
    FROM ONS_Deaths AS o
) AS d
WHERE d.position = 1
