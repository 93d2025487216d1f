-- Templates of repeat prescriptions. No date is translated.
SELECT
    i.Patient_ID AS patient_id,
    CAST(i.ConsultationDate AS DATE) AS date,
    d.DMD_ID AS dmd_code,
    i.Consultation_ID AS consultation_id,
    i.MedicationRepeat_ID AS repeat_medication_id,
    i.MedicationStatus AS medication_status,
    i.Quantity AS quantity,
    CAST(i.StartDate AS DATE) AS start_date,
    CAST(i.EndDate AS DATE) AS end_date
FROM MedicationRepeat AS i
LEFT JOIN (
    SELECT m.MultilexDrug_ID, m.DMD_ID
    FROM MedicationDictionary AS m
    WHERE m.DMD_ID <> '' AND m.DMD_ID <> 'MULTIPLE_DMD_MAPPING'
    UNION ALL
    SELECT c.MultilexDrug_ID, c.DMD_ID
    FROM CustomMedicationDictionary AS c
    WHERE NOT EXISTS (
        SELECT 1
        FROM MedicationDictionary AS known
        WHERE known.MultilexDrug_ID = c.MultilexDrug_ID
            AND known.DMD_ID <> ''
            AND known.DMD_ID <> 'MULTIPLE_DMD_MAPPING'
    )
) AS d
    ON i.MultilexDrug_ID = d.MultilexDrug_ID
