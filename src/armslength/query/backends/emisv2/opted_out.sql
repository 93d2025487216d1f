-- Whoever has a type 1 opt-out: no consent. A missing answer is no opt-out.
-- The id is the first 63 bits of 16 bytes: 32 from eight hexadecimal digits, 31 from the next eight.
SELECT CAST(FROM_BASE(SUBSTR(TO_HEX(p.patient_id), 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(TO_HEX(p.patient_id), 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id
FROM patient AS p
WHERE p.is_consent_9nu0 = FALSE
