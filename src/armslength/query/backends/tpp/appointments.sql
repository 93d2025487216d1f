-- Appointments are stored more than once: DISTINCT, with the number that tells two alike apart.
SELECT DISTINCT
    a.Patient_ID AS patient_id,
    a.Appointment_ID AS appointment_id,
    CAST(a.BookedDate AS DATE) AS booked_date,
    CAST(a.StartDate AS DATE) AS start_date,
    NULLIF(CAST(a.SeenDate AS DATE), CAST('9999-12-31' AS DATE)) AS seen_date,
    CASE a.Status
        WHEN 0 THEN 'Booked' COLLATE Latin1_General_CI_AS
        WHEN 1 THEN 'Arrived' COLLATE Latin1_General_CI_AS
        WHEN 2 THEN 'Did Not Attend' COLLATE Latin1_General_CI_AS
        WHEN 3 THEN 'In Progress' COLLATE Latin1_General_CI_AS
        WHEN 4 THEN 'Finished' COLLATE Latin1_General_CI_AS
        WHEN 5 THEN 'Requested' COLLATE Latin1_General_CI_AS
        WHEN 6 THEN 'Blocked' COLLATE Latin1_General_CI_AS
        WHEN 8 THEN 'Visit' COLLATE Latin1_General_CI_AS
        WHEN 9 THEN 'Waiting' COLLATE Latin1_General_CI_AS
        WHEN 10 THEN 'Cancelled by Patient' COLLATE Latin1_General_CI_AS
        WHEN 11 THEN 'Cancelled by Unit' COLLATE Latin1_General_CI_AS
        WHEN 12 THEN 'Cancelled by Other Service' COLLATE Latin1_General_CI_AS
        WHEN 14 THEN 'No Access Visit' COLLATE Latin1_General_CI_AS
        WHEN 15 THEN 'Cancelled Due To Death' COLLATE Latin1_General_CI_AS
        WHEN 16 THEN 'Patient Walked Out' COLLATE Latin1_General_CI_AS
    END AS status
FROM Appointment AS a
