-- Waits that ended, as supplied, but for numbers that were bytes.
SELECT
    w.Patient_ID AS patient_id,
    w.ACTIVITY_TREATMENT_FUNCTION_CODE AS activity_treatment_function_code,
    w.PRIORITY_TYPE_CODE AS priority_type_code,
    TO_HEX(
        w.PSEUDO_ORGANISATION_CODE_PATIENT_PATHWAY_IDENTIFIER_ISSUER
    ) AS pseudo_organisation_code_patient_pathway_identifier_issuer,
    TO_HEX(w.PSEUDO_PATIENT_PATHWAY_IDENTIFIER) AS pseudo_patient_pathway_identifier,
    TO_HEX(w.Pseudo_Referral_Identifier) AS pseudo_referral_identifier,
    w.REFERRAL_REQUEST_RECEIVED_DATE AS referral_request_received_date,
    w.REFERRAL_TO_TREATMENT_PERIOD_END_DATE AS referral_to_treatment_period_end_date,
    w.REFERRAL_TO_TREATMENT_PERIOD_START_DATE AS referral_to_treatment_period_start_date,
    w.SOURCE_OF_REFERRAL_FOR_OUTPATIENTS AS source_of_referral_for_outpatients,
    w.Waiting_List_Type AS waiting_list_type,
    w.Week_Ending_Date AS week_ending_date
FROM WL_ClockStops AS w
