-- Coded observations by the day they took effect, not the day of the consultation.
-- The id is the first 63 bits of 16 bytes: 32 from eight hexadecimal digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(TO_HEX(o.patient_id), 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(TO_HEX(o.patient_id), 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(o.effective_datetime AS DATE) AS date,
    CAST(o.snomed_concept_id AS VARCHAR) AS snomedct_code,
    CAST(o.numeric_value AS REAL) AS numeric_value
FROM observation AS o
