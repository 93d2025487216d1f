-- Every registration, those of ids that occur more than once too. The practice is a hash, read as a number.
-- The id is the first 63 bits of a hash: 32 from eight digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(p.registration_id, 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(p.registration_id, 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    p.registered_date AS start_date,
    p.registration_end_date AS end_date,
    FROM_BASE(p.hashed_organisation, 16) AS practice_pseudo_id
FROM patient_all_orgs_v2 AS p
