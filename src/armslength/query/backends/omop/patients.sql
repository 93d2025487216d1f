-- Who each person is. Sex is the model's gender concept. A birth whose month is not known has no date: a month would
-- be made up. Deaths are those the database knows of, wherever it learned of them.
SELECT
    p.person_id AS patient_id,
    CAST(
        CASE
            WHEN p.month_of_birth IS NOT NULL THEN MAKE_DATE(CAST(p.year_of_birth AS INTEGER), CAST(p.month_of_birth AS INTEGER), 1)
            WHEN p.birth_datetime IS NOT NULL
                THEN MAKE_DATE(
                    CAST(EXTRACT(YEAR FROM p.birth_datetime) AS INTEGER),
                    CAST(EXTRACT(MONTH FROM p.birth_datetime) AS INTEGER),
                    1
                )
        END AS DATE
    ) AS date_of_birth,
    CASE p.gender_concept_id WHEN 8507 THEN 'male' WHEN 8532 THEN 'female' ELSE 'unknown' END AS sex,
    died.death_date AS date_of_death
FROM person AS p
LEFT JOIN (
    SELECT d.person_id, MIN(d.death_date) AS death_date
    FROM death AS d
    GROUP BY d.person_id
) AS died ON p.person_id = died.person_id
