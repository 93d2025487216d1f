-- A row for each disease a vaccine is against.
SELECT
    v.Patient_ID AS patient_id,
    v.Vaccination_ID AS vaccination_id,
    CAST(v.VaccinationDate AS DATE) AS date,
    r.VaccinationContent AS target_disease,
    v.VaccinationName AS product_name
FROM Vaccination AS v
LEFT JOIN VaccinationReference AS r ON v.VaccinationName_ID = r.VaccinationName_ID
