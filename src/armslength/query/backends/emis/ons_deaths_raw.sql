-- Registered deaths of the newest delivery, of people whose registration id is theirs alone.
-- The id is the first 63 bits of a hash: 32 from eight digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(d.registration_id, 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(d.registration_id, 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    d.date AS date,
    d.icd10u AS underlying_cause_of_death,
    d.icd10001 AS cause_of_death_01,
    d.icd10002 AS cause_of_death_02,
    d.icd10003 AS cause_of_death_03,
    d.icd10004 AS cause_of_death_04,
    d.icd10005 AS cause_of_death_05,
    d.icd10006 AS cause_of_death_06,
    d.icd10007 AS cause_of_death_07,
    d.icd10008 AS cause_of_death_08,
    d.icd10009 AS cause_of_death_09,
    d.icd10010 AS cause_of_death_10,
    d.icd10011 AS cause_of_death_11,
    d.icd10012 AS cause_of_death_12,
    d.icd10013 AS cause_of_death_13,
    d.icd10014 AS cause_of_death_14,
    d.icd10015 AS cause_of_death_15
FROM (
    SELECT
        p.registration_id,
        CAST(DATE_PARSE(o.reg_stat_dod, '%Y%m%d') AS DATE) AS date,
        o.icd10u,
        o.icd10001,
        o.icd10002,
        o.icd10003,
        o.icd10004,
        o.icd10005,
        o.icd10006,
        o.icd10007,
        o.icd10008,
        o.icd10009,
        o.icd10010,
        o.icd10011,
        o.icd10012,
        o.icd10013,
        o.icd10014,
        o.icd10015
    FROM ons_view AS o
    INNER JOIN patient_all_orgs_v2 AS p ON o.pseudonhsnumber = p.nhs_no
    WHERE p.registration_id IN (
        SELECT u.registration_id
        FROM patient_all_orgs_v2 AS u
        GROUP BY u.registration_id
        HAVING COUNT(*) = 1
    )
        AND o.upload_date = (SELECT MAX(latest.upload_date) FROM ons_view AS latest)
) AS d
