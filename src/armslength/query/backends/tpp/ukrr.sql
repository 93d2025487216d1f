-- Cohorts of the renal registry. Their names are compared without letter case, as the database does.
SELECT
    u.Patient_ID AS patient_id,
    CASE LOWER(u.dataset)
        WHEN '2019prev' THEN '2019_prevalence' COLLATE Latin1_General_CI_AS
        WHEN '2020prev' THEN '2020_prevalence' COLLATE Latin1_General_CI_AS
        WHEN '2021prev' THEN '2021_prevalence' COLLATE Latin1_General_CI_AS
        WHEN '2020inc' THEN '2020_incidence' COLLATE Latin1_General_CI_AS
        WHEN '2020ckd' THEN '2020_ckd' COLLATE Latin1_General_CI_AS
    END AS dataset,
    u.renal_centre AS renal_centre,
    u.rrt_start AS rrt_start_date,
    u.creat AS latest_creatinine,
    u.eGFR_ckdepi AS latest_egfr,
    u.mod_start AS treatment_modality_start,
    u.mod_prev AS treatment_modality_prevalence
FROM UKRR AS u
