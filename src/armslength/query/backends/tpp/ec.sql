-- Visits to emergency care.
SELECT
    m.Patient_ID AS patient_id,
    m.EC_Ident AS ec_ident,
    m.Arrival_Date AS arrival_date,
    m.SUS_HRG_Code AS sus_hrg_code
FROM EC AS m
WHERE m.Der_Activity_Month >= '202304'
