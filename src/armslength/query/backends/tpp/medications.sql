-- Issues of prescriptions. A drug whose id maps to no product or to several has a code only where the small
-- dictionary of the platform gives one. A date of 9999-12-31 is not translated here.
SELECT
    i.Patient_ID AS patient_id,
    CAST(i.ConsultationDate AS DATE) AS date,
    d.DMD_ID AS dmd_code,
    i.Consultation_ID AS consultation_id
FROM MedicationIssue AS i
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
