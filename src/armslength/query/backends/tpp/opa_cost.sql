-- What outpatient appointments cost.
SELECT
    c.Patient_ID AS patient_id,
    c.OPA_Ident AS opa_ident,
    c.Tariff_OPP AS tariff_opp,
    c.Grand_Total_Payment_MFF AS grand_total_payment_mff,
    c.Tariff_Total_Payment AS tariff_total_payment,
    m.Appointment_Date AS appointment_date,
    m.Referral_Request_Received_Date AS referral_request_received_date
FROM OPA_Cost AS c
LEFT JOIN OPA AS m ON c.OPA_Ident = m.OPA_Ident
WHERE m.Der_Activity_Month >= '202304'
