-- A registration of a practice that is not known keeps its dates and loses what the practice would say.
-- registered_with is for holding back practices; no contract has it.
SELECT
    r.Patient_ID AS patient_id,
    CAST(r.StartDate AS DATE) AS start_date,
    NULLIF(CAST(r.EndDate AS DATE), CAST('9999-12-31' AS DATE)) AS end_date,
    o.Organisation_ID AS practice_pseudo_id,
    NULLIF(o.STPCode, '') AS practice_stp,
    NULLIF(o.Region, '') AS practice_nuts1_region_name,
    CAST(o.GoLiveDate AS DATE) AS practice_systmone_go_live_date,
    r.Organisation_ID AS registered_with
FROM RegistrationHistory AS r
LEFT JOIN Organisation AS o ON r.Organisation_ID = o.Organisation_ID
