-- Waits that were still open, with dates and priorities read, and lists that are not known left out.
SELECT
    w.Patient_ID AS patient_id,
    w.ACTIVITY_TREATMENT_FUNCTION_CODE AS activity_treatment_function_code,
    TRY_CAST(NULLIF(w.Current_Pathway_Period_Start_Date, '') AS DATE) AS current_pathway_period_start_date,
    CASE w.PRIORITY_TYPE_CODE
        WHEN '1' THEN 'routine' COLLATE Latin1_General_CI_AS
        WHEN '2' THEN 'urgent' COLLATE Latin1_General_CI_AS
        WHEN '3' THEN 'two week wait' COLLATE Latin1_General_CI_AS
    END AS priority_type_code,
    TO_HEX(
        w.PSEUDO_ORGANISATION_CODE_PATIENT_PATHWAY_IDENTIFIER_ISSUER
    ) AS pseudo_organisation_code_patient_pathway_identifier_issuer,
    TO_HEX(w.PSEUDO_PATIENT_PATHWAY_IDENTIFIER) AS pseudo_patient_pathway_identifier,
    TO_HEX(w.Pseudo_Referral_Identifier) AS pseudo_referral_identifier,
    TRY_CAST(NULLIF(w.REFERRAL_REQUEST_RECEIVED_DATE, '') AS DATE) AS referral_request_received_date,
    NULLIF(TRY_CAST(NULLIF(w.REFERRAL_TO_TREATMENT_PERIOD_END_DATE, '') AS DATE), CAST('9999-12-31' AS DATE)) AS referral_to_treatment_period_end_date,
    TRY_CAST(NULLIF(w.REFERRAL_TO_TREATMENT_PERIOD_START_DATE, '') AS DATE) AS referral_to_treatment_period_start_date,
    w.SOURCE_OF_REFERRAL AS source_of_referral,
    CASE WHEN UPPER(w.Waiting_List_Type) IN ('ORTT', 'IRTT', 'ONON', 'INON', 'PTLO', 'PTLI', 'RTTO', 'RTTI') THEN w.Waiting_List_Type END AS waiting_list_type,
    TRY_CAST(NULLIF(w.Week_Ending_Date, '') AS DATE) AS week_ending_date
FROM WL_OpenPathways AS w
