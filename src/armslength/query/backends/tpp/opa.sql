-- Outpatient appointments.
SELECT
    m.Patient_ID AS patient_id,
    m.OPA_Ident AS opa_ident,
    m.Appointment_Date AS appointment_date,
    m.Attendance_Status AS attendance_status,
    m.Consultation_Medium_Used AS consultation_medium_used,
    m.First_Attendance AS first_attendance,
    m.HRG_Code AS hrg_code,
    m.Outcome_of_Attendance AS outcome_of_attendance,
    m.Referral_Request_Received_Date AS referral_request_received_date,
    m.Treatment_Function_Code AS treatment_function_code
FROM OPA AS m
WHERE m.Der_Activity_Month >= '202304'
