-- Positive and negative tests, which say differently whether there were symptoms.
SELECT
    p.Patient_ID AS patient_id,
    p.Specimen_Date AS specimen_taken_date,
    CAST(1 AS BOOLEAN) AS is_positive,
    p.Lab_Report_Date AS lab_report_date,
    CAST(CASE UPPER(p.Symptomatic) WHEN 'Y' THEN 1 WHEN 'N' THEN 0 END AS BOOLEAN) AS was_symptomatic,
    TRY_CAST(NULLIF(p.SGTF, '') AS INT) AS sgtf_status,
    NULLIF(p.Variant, '') AS variant,
    NULLIF(p.VariantDetectionMethod, '') AS variant_detection_method
FROM SGSS_AllTests_Positive AS p
UNION ALL
SELECT
    n.Patient_ID AS patient_id,
    n.Specimen_Date AS specimen_taken_date,
    CAST(0 AS BOOLEAN) AS is_positive,
    n.Lab_Report_Date AS lab_report_date,
    CAST(CASE UPPER(n.Symptomatic) WHEN 'TRUE' THEN 1 WHEN 'FALSE' THEN 0 END AS BOOLEAN) AS was_symptomatic,
    CAST(NULL AS INT) AS sgtf_status,
    CAST(NULL AS VARCHAR(100)) AS variant,
    CAST(NULL AS VARCHAR(100)) AS variant_detection_method
FROM SGSS_AllTests_Negative AS n
