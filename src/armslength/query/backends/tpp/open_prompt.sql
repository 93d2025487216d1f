-- Answers to a questionnaire.
SELECT
    o.Patient_ID AS patient_id,
    o.CTV3Code AS ctv3_code,
    CASE WHEN o.CodeSystemId = 0 THEN o.ConceptId END AS snomedct_code,
    CAST(o.CreationDate AS DATE) AS creation_date,
    CAST(o.ConsultationDate AS DATE) AS consultation_date,
    o.Consultation_ID AS consultation_id,
    CASE WHEN o.NumericCode = 1 THEN o.NumericValue END AS numeric_value
FROM OpenPROMPT AS o
