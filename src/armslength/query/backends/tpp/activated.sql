-- Whoever was ever registered with a practice that acknowledged the directions, and the last day of the records that
-- may be seen: the end of the last such registration where a later one is with another practice, else no end.
SELECT
    ends.Patient_ID AS patient_id,
    CASE
        WHEN ends.elsewhere IS NOT NULL AND ends.elsewhere > ends.acknowledged THEN ends.acknowledged
        ELSE CAST('9999-12-31' AS DATE)
    END AS end_date
FROM (
    SELECT
        r.Patient_ID,
        MAX(
            CASE
                WHEN a.Organisation_ID IS NOT NULL
                    THEN COALESCE(CAST(r.EndDate AS DATE), CAST('9999-12-31' AS DATE))
            END
        ) AS acknowledged,
        MAX(
            CASE
                WHEN a.Organisation_ID IS NULL
                    THEN COALESCE(CAST(r.EndDate AS DATE), CAST('9999-12-31' AS DATE))
            END
        ) AS elsewhere
    FROM RegistrationHistory AS r
    LEFT JOIN DirectionsAcknowledged AS a ON r.Organisation_ID = a.Organisation_ID
    GROUP BY r.Patient_ID
) AS ends
WHERE ends.acknowledged IS NOT NULL
