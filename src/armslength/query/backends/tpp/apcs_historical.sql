-- The snapshot of October 2023, whole.
SELECT
    m.Patient_ID AS patient_id,
    m.APCS_Ident AS apcs_ident,
    m.Admission_Date AS admission_date,
    m.Discharge_Date AS discharge_date,
    m.Spell_Core_HRG_SUS AS spell_core_hrg_sus
FROM APCS_JRC20231009_LastFilesToContainAllHistoricalCostData AS m
