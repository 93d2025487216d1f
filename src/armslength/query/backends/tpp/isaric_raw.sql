-- People in the ISARIC study: text as supplied; NA is no date, and no condition.
SELECT
    i.Patient_ID AS patient_id,
    i.age AS age,
    i.[age.factor] AS age_factor,
    i.calc_age AS calc_age,
    i.sex AS sex,
    i.ethnic___1 AS ethnic___1,
    i.ethnic___2 AS ethnic___2,
    i.ethnic___3 AS ethnic___3,
    i.ethnic___4 AS ethnic___4,
    i.ethnic___5 AS ethnic___5,
    i.ethnic___6 AS ethnic___6,
    i.ethnic___7 AS ethnic___7,
    i.ethnic___8 AS ethnic___8,
    i.ethnic___9 AS ethnic___9,
    i.ethnic___10 AS ethnic___10,
    i.covid19_vaccine AS covid19_vaccine,
    TRY_CAST(NULLIF(i.covid19_vaccined, 'NA') AS DATE) AS covid19_vaccined,
    TRY_CAST(NULLIF(i.covid19_vaccine2d, 'NA') AS DATE) AS covid19_vaccine2d,
    i.covid19_vaccined_nk AS covid19_vaccined_nk,
    i.corona_ieorres AS corona_ieorres,
    i.coriona_ieorres2 AS coriona_ieorres2,
    i.coriona_ieorres3 AS coriona_ieorres3,
    i.inflammatory_mss AS inflammatory_mss,
    TRY_CAST(NULLIF(i.cestdat, 'NA') AS DATE) AS cestdat,
    CASE UPPER(i.chrincard)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS chrincard,
    CASE UPPER(i.hypertension_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS hypertension_mhyn,
    CASE UPPER(i.chronicpul_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS chronicpul_mhyn,
    CASE UPPER(i.asthma_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS asthma_mhyn,
    CASE UPPER(i.renal_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS renal_mhyn,
    CASE UPPER(i.mildliver)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS mildliver,
    CASE UPPER(i.modliv)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS modliv,
    CASE UPPER(i.chronicneu_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS chronicneu_mhyn,
    CASE UPPER(i.malignantneo_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS malignantneo_mhyn,
    CASE UPPER(i.chronichaemo_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS chronichaemo_mhyn,
    CASE UPPER(i.aidshiv_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS aidshiv_mhyn,
    CASE UPPER(i.obesity_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS obesity_mhyn,
    i.diabetes_type_mhyn AS diabetes_type_mhyn,
    CASE UPPER(i.diabetescom_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS diabetescom_mhyn,
    CASE UPPER(i.diabetes_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS diabetes_mhyn,
    CASE UPPER(i.rheumatologic_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS rheumatologic_mhyn,
    CASE UPPER(i.dementia_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS dementia_mhyn,
    CASE UPPER(i.malnutrition_mhyn)
        WHEN 'YES' THEN 'YES' COLLATE Latin1_General_CI_AS
        WHEN 'NO' THEN 'NO' COLLATE Latin1_General_CI_AS
        WHEN 'UNKNOWN' THEN 'Unknown' COLLATE Latin1_General_CI_AS
        WHEN 'NA' THEN 'NO' COLLATE Latin1_General_CI_AS
    END AS malnutrition_mhyn,
    i.smoking_mhyn AS smoking_mhyn,
    TRY_CAST(NULLIF(i.hostdat, 'NA') AS DATE) AS hostdat,
    i.hooccur AS hooccur,
    TRY_CAST(NULLIF(i.hostdat_transfer, 'NA') AS DATE) AS hostdat_transfer,
    i.hostdat_transfernk AS hostdat_transfernk,
    i.readm_cov19 AS readm_cov19,
    TRY_CAST(NULLIF(i.dsstdat, 'NA') AS DATE) AS dsstdat,
    TRY_CAST(NULLIF(i.dsstdtc, 'NA') AS DATE) AS dsstdtc
FROM ISARIC_New AS i
