-- The snapshot of October 2023; a cost without its stay stays, without dates.
SELECT
    c.Patient_ID AS patient_id,
    c.APCS_Ident AS apcs_ident,
    c.Grand_Total_Payment_MFF AS grand_total_payment_mff,
    c.Tariff_Initial_Amount AS tariff_initial_amount,
    c.Tariff_Total_Payment AS tariff_total_payment,
    m.Admission_Date AS admission_date,
    m.Discharge_Date AS discharge_date
FROM APCS_Cost_JRC20231009_LastFilesToContainAllHistoricalCostData AS c
LEFT JOIN APCS_JRC20231009_LastFilesToContainAllHistoricalCostData AS m ON c.APCS_Ident = m.APCS_Ident
