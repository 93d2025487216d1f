-- Procedures at outpatient appointments. Read codes are stored in the usual collation, but their letter case counts.
SELECT
    c.Patient_ID AS patient_id,
    c.OPA_Ident AS opa_ident,
    c.Primary_Procedure_Code AS primary_procedure_code,
    c.Primary_Procedure_Code_Read COLLATE Latin1_General_BIN AS primary_procedure_code_read,
    c.Procedure_Code_2 AS procedure_code_2,
    c.Procedure_Code_2_Read COLLATE Latin1_General_BIN AS procedure_code_2_read,
    m.Appointment_Date AS appointment_date,
    m.Referral_Request_Received_Date AS referral_request_received_date
FROM OPA_Proc AS c
LEFT JOIN OPA AS m ON c.OPA_Ident = m.OPA_Ident
WHERE m.Der_Activity_Month >= '202304'
