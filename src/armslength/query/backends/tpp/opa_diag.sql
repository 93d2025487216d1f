-- Diagnoses at outpatient appointments. Read codes are stored in the usual collation, but their letter case counts.
SELECT
    c.Patient_ID AS patient_id,
    c.OPA_Ident AS opa_ident,
    c.Primary_Diagnosis_Code AS primary_diagnosis_code,
    c.Primary_Diagnosis_Code_Read COLLATE Latin1_General_BIN AS primary_diagnosis_code_read,
    c.Secondary_Diagnosis_Code_1 AS secondary_diagnosis_code_1,
    c.Secondary_Diagnosis_Code_1_Read COLLATE Latin1_General_BIN AS secondary_diagnosis_code_1_read,
    m.Appointment_Date AS appointment_date,
    m.Referral_Request_Received_Date AS referral_request_received_date
FROM OPA_Diag AS c
LEFT JOIN OPA AS m ON c.OPA_Ident = m.OPA_Ident
WHERE m.Der_Activity_Month >= '202304'
