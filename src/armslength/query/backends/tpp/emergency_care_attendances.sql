-- Visits to emergency care with their diagnoses, SNOMED CT codes that are stored in the usual collation.
SELECT
    m.Patient_ID AS patient_id,
    m.EC_Ident AS id,
    m.Arrival_Date AS arrival_date,
    m.Discharge_Destination_SNOMED_CT COLLATE Latin1_General_BIN AS discharge_destination,
    c.EC_Diagnosis_01 COLLATE Latin1_General_BIN AS diagnosis_01,
    c.EC_Diagnosis_02 COLLATE Latin1_General_BIN AS diagnosis_02,
    c.EC_Diagnosis_03 COLLATE Latin1_General_BIN AS diagnosis_03,
    c.EC_Diagnosis_04 COLLATE Latin1_General_BIN AS diagnosis_04,
    c.EC_Diagnosis_05 COLLATE Latin1_General_BIN AS diagnosis_05,
    c.EC_Diagnosis_06 COLLATE Latin1_General_BIN AS diagnosis_06,
    c.EC_Diagnosis_07 COLLATE Latin1_General_BIN AS diagnosis_07,
    c.EC_Diagnosis_08 COLLATE Latin1_General_BIN AS diagnosis_08,
    c.EC_Diagnosis_09 COLLATE Latin1_General_BIN AS diagnosis_09,
    c.EC_Diagnosis_10 COLLATE Latin1_General_BIN AS diagnosis_10,
    c.EC_Diagnosis_11 COLLATE Latin1_General_BIN AS diagnosis_11,
    c.EC_Diagnosis_12 COLLATE Latin1_General_BIN AS diagnosis_12,
    c.EC_Diagnosis_13 COLLATE Latin1_General_BIN AS diagnosis_13,
    c.EC_Diagnosis_14 COLLATE Latin1_General_BIN AS diagnosis_14,
    c.EC_Diagnosis_15 COLLATE Latin1_General_BIN AS diagnosis_15,
    c.EC_Diagnosis_16 COLLATE Latin1_General_BIN AS diagnosis_16,
    c.EC_Diagnosis_17 COLLATE Latin1_General_BIN AS diagnosis_17,
    c.EC_Diagnosis_18 COLLATE Latin1_General_BIN AS diagnosis_18,
    c.EC_Diagnosis_19 COLLATE Latin1_General_BIN AS diagnosis_19,
    c.EC_Diagnosis_20 COLLATE Latin1_General_BIN AS diagnosis_20,
    c.EC_Diagnosis_21 COLLATE Latin1_General_BIN AS diagnosis_21,
    c.EC_Diagnosis_22 COLLATE Latin1_General_BIN AS diagnosis_22,
    c.EC_Diagnosis_23 COLLATE Latin1_General_BIN AS diagnosis_23,
    c.EC_Diagnosis_24 COLLATE Latin1_General_BIN AS diagnosis_24
FROM EC AS m
LEFT JOIN EC_Diagnosis AS c ON m.EC_Ident = c.EC_Ident
WHERE m.Der_Activity_Month >= '202304'
