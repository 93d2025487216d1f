-- Periods in which the database follows a person, which is what a registration with a practice is asked for. They end
-- with the data, so nobody is registered after the last day that was loaded. The practice is the usual place of care.
SELECT
    o.person_id AS patient_id,
    o.observation_period_start_date AS start_date,
    o.observation_period_end_date AS end_date,
    p.care_site_id AS practice_pseudo_id
FROM observation_period AS o
LEFT JOIN person AS p ON o.person_id = p.person_id
