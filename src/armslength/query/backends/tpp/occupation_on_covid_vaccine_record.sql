-- Whoever has a row, whatever its flag says.
SELECT h.Patient_ID AS patient_id, CAST(1 AS BOOLEAN) AS is_healthcare_worker
FROM HealthCareWorker AS h
