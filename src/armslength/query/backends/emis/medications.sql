-- Prescriptions. The column of concepts holds dm+d products.
-- The id is the first 63 bits of a hash: 32 from eight digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(m.registration_id, 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(m.registration_id, 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(m.effective_date AS DATE) AS date,
    CAST(m.snomed_concept_id AS VARCHAR) AS dmd_code
FROM medication_all_orgs_v2 AS m
