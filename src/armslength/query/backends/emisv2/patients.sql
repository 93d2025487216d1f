-- Who each patient is. How sex was established is not stated. Rows marked as deleted are not told apart.
-- The id is the first 63 bits of 16 bytes: 32 from eight hexadecimal digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(TO_HEX(p.patient_id), 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(TO_HEX(p.patient_id), 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(p.date_of_birth AS DATE) AS date_of_birth,
    CASE p.sex WHEN 'M' THEN 'male' WHEN 'F' THEN 'female' WHEN 'I' THEN 'intersex' ELSE 'unknown' END AS sex,
    CAST(p.date_of_death AS DATE) AS date_of_death
FROM patient AS p
