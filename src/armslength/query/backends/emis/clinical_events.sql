-- Coded observations by the day they took effect; a missing day stays missing.
-- The id is the first 63 bits of a hash: 32 from eight digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(o.registration_id, 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(o.registration_id, 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(o.effective_date AS DATE) AS date,
    CAST(o.snomed_concept_id AS VARCHAR) AS snomedct_code,
    CAST(o.value_pq_1 AS REAL) AS numeric_value
FROM observation_all_orgs_v2 AS o
