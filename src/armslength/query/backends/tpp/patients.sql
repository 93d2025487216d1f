-- Who each patient is. Sex was assigned at birth.
SELECT
    p.Patient_ID AS patient_id,
    p.DateOfBirth AS date_of_birth,
    CASE UPPER(p.Sex)
        WHEN 'M' THEN 'male' COLLATE Latin1_General_CI_AS
        WHEN 'F' THEN 'female' COLLATE Latin1_General_CI_AS
        WHEN 'I' THEN 'intersex' COLLATE Latin1_General_CI_AS
        ELSE 'unknown' COLLATE Latin1_General_CI_AS
    END AS sex,
    NULLIF(p.DateOfDeath, CAST('9999-12-31' AS DATE)) AS date_of_death
FROM Patient AS p
