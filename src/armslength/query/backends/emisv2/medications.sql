-- Issues of prescriptions.
-- The id is the first 63 bits of 16 bytes: 32 from eight hexadecimal digits, 31 from the next eight.
SELECT
    CAST(FROM_BASE(SUBSTR(TO_HEX(m.patient_id), 1, 8), 16) * 2147483648 + CAST(FLOOR(FROM_BASE(SUBSTR(TO_HEX(m.patient_id), 9, 8), 16) / 2.0) AS BIGINT) AS BIGINT) AS patient_id,
    CAST(m.effective_datetime AS DATE) AS date,
    CAST(m.dmd_product_code_id AS VARCHAR) AS dmd_code
FROM medication_issue_record AS m
