-- What visits to emergency care cost.
SELECT
    c.Patient_ID AS patient_id,
    c.EC_Ident AS ec_ident,
    c.Grand_Total_Payment_MFF AS grand_total_payment_mff,
    c.Tariff_Total_Payment AS tariff_total_payment,
    m.Arrival_Date AS arrival_date,
    m.EC_Decision_To_Admit_Date AS ec_decision_to_admit_date,
    m.EC_Injury_Date AS ec_injury_date
FROM EC_Cost AS c
LEFT JOIN EC AS m ON c.EC_Ident = m.EC_Ident
WHERE m.Der_Activity_Month >= '202304'
