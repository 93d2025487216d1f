-- Stays in hospital. Diagnoses of the spell have five characters, padded.
SELECT
    m.Patient_ID AS patient_id,
    m.APCS_Ident AS apcs_ident,
    m.Admission_Date AS admission_date,
    m.Discharge_Date AS discharge_date,
    m.Discharge_Destination AS discharge_destination,
    m.Discharge_Method AS discharge_method,
    m.Spell_Core_HRG_SUS AS spell_core_hrg_sus,
    m.Admission_Method AS admission_method,
    c.Spell_Primary_Diagnosis AS primary_diagnosis,
    c.Spell_Secondary_Diagnosis AS secondary_diagnosis,
    m.Der_Diagnosis_All AS all_diagnoses,
    m.Der_Procedure_All AS all_procedures,
    TRY_CAST(c.Spell_PbR_CC_Day AS INT) AS days_in_critical_care,
    m.Patient_Classification AS patient_classification
FROM APCS AS m
LEFT JOIN APCS_Der AS c ON m.APCS_Ident = c.APCS_Ident
WHERE m.Der_Activity_Month >= '202304'
