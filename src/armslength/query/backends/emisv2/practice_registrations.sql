-- The one registration that a patient row has; it does not say with which practice.
-- The id is the first 63 bits of 16 bytes: 32 from eight hexadecimal digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(TO_HEX(p.patient_id), 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(TO_HEX(p.patient_id), 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(p.registration_start_datetime AS DATE) AS start_date,
    CAST(p.registration_end_datetime AS DATE) AS end_date
FROM patient AS p
