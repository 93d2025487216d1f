-- Requests for treatment, once each. The groups at risk come from three forms, with what is wrapped around their
-- names taken off; they are free text, so a study must not publish them as they are.
SELECT DISTINCT
    t.Patient_ID AS patient_id,
    t.COVID_indication AS covid_indication,
    t.CurrentStatus AS current_status,
    t.Intervention AS intervention,
    CAST(t.Received AS DATE) AS received,
    t.Region AS region,
    NULLIF(
        CONCAT(
            REPLACE(REPLACE(REPLACE(NULLIF(t.CASIM05_risk_cohort, ''), 'Patients with a ', ''), 'Patients with ', ''), ' and ', ','),
            CASE WHEN t.CASIM05_risk_cohort <> '' AND t.MOL1_high_risk_cohort <> '' THEN ',' ELSE '' END,
            REPLACE(REPLACE(REPLACE(NULLIF(t.MOL1_high_risk_cohort, ''), 'Patients with a ', ''), 'Patients with ', ''), ' and ', ','),
            CASE
                WHEN t.SOT02_risk_cohorts <> '' AND (t.CASIM05_risk_cohort <> '' OR t.MOL1_high_risk_cohort <> '')
                    THEN ','
                ELSE ''
            END,
            REPLACE(REPLACE(REPLACE(NULLIF(t.SOT02_risk_cohorts, ''), 'Patients with a ', ''), 'Patients with ', ''), ' and ', ',')
        ),
        ''
    ) AS risk_cohort,
    CAST(t.TreatmentStartDate AS DATE) AS treatment_start_date,
    t.AgeAtReceivedDate,
    t.CASIM05_date_of_symptom_onset,
    t.MOL1_onset_of_symptoms,
    t.SOT02_onset_of_symptoms,
    t.Count,
    t.Diagnosis,
    t.FormName
FROM Therapeutics AS t
