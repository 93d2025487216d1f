-- Who each patient is. A registration id that occurs more than once is nobody's. Sex is as declared or observed.
-- The id is the first 63 bits of a hash: 32 from eight digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(p.registration_id, 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(p.registration_id, 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    p.date_of_birth AS date_of_birth,
    CASE p.gender WHEN 1 THEN 'male' WHEN 2 THEN 'female' ELSE 'unknown' END AS sex,
    p.date_of_death AS date_of_death,
    p.registered_date AS registration_start_date,
    p.registration_end_date AS registration_end_date,
    p.hashed_organisation AS practice_pseudo_id,
    p.rural_urban AS rural_urban_classification,
    p.imd_rank AS imd_rounded
FROM patient_all_orgs_v2 AS p
WHERE p.registration_id IN (
    SELECT u.registration_id
    FROM patient_all_orgs_v2 AS u
    GROUP BY u.registration_id
    HAVING COUNT(*) = 1
)
