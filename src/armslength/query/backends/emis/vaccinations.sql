-- Vaccinations as procedures.
-- The id is the first 63 bits of a hash: 32 from eight digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(i.registration_id, 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(i.registration_id, 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(i.effective_date AS DATE) AS date,
    CAST(i.snomed_concept_id AS VARCHAR) AS procedure_code
FROM immunisation_all_orgs_v2 AS i
