-- The ethnicity that hospitals recorded most often: the first letter, ties to the last of the alphabet. 9 and Z say
-- that it is not known or was not stated.
SELECT counted.Patient_ID AS patient_id, counted.code
FROM (
    SELECT
        letters.Patient_ID,
        letters.code,
        ROW_NUMBER() OVER (
            PARTITION BY letters.Patient_ID ORDER BY COUNT(*) DESC, letters.code DESC
        ) AS position
    FROM (
        SELECT recorded.Patient_ID, UPPER(SUBSTRING(recorded.ethnicity, 1, 1)) AS code
        FROM (
    SELECT m.Patient_ID, m.Ethnic_Group AS ethnicity FROM APCS AS m WHERE m.Der_Activity_Month >= '202304'
    UNION ALL
    SELECT m.Patient_ID, m.Ethnic_Group AS ethnicity FROM APCS_ARCHIVED AS m WHERE m.Der_Activity_Month < '202304'
    UNION ALL
    SELECT m.Patient_ID, m.Ethnic_Category AS ethnicity FROM EC AS m WHERE m.Der_Activity_Month >= '202304'
    UNION ALL
    SELECT m.Patient_ID, m.Ethnic_Category AS ethnicity FROM EC_ARCHIVED AS m WHERE m.Der_Activity_Month < '202304'
    UNION ALL
    SELECT m.Patient_ID, m.Ethnic_Category AS ethnicity FROM OPA AS m WHERE m.Der_Activity_Month >= '202304'
    UNION ALL
    SELECT m.Patient_ID, m.Ethnic_Category AS ethnicity FROM OPA_ARCHIVED AS m WHERE m.Der_Activity_Month < '202304'
        ) AS recorded
    ) AS letters
    WHERE letters.code NOT IN ('', '9', 'Z')
    GROUP BY letters.Patient_ID, letters.code
) AS counted
WHERE counted.position = 1
