-- Where people live, as areas. NPC and an empty area mean that there is no usable postcode.
SELECT
    a.Patient_ID AS patient_id,
    a.PatientAddress_ID AS address_id,
    NULLIF(CAST(a.StartDate AS DATE), CAST('9999-12-31' AS DATE)) AS start_date,
    NULLIF(CAST(a.EndDate AS DATE), CAST('9999-12-31' AS DATE)) AS end_date,
    a.AddressType AS address_type,
    NULLIF(a.RuralUrbanClassificationCode, -1) AS rural_urban_classification,
    NULLIF(a.ImdRankRounded, -1) AS imd_rounded,
    CASE WHEN UPPER(a.MSOACode) NOT IN ('NPC', '') THEN a.MSOACode END AS msoa_code,
    CAST(CASE WHEN UPPER(a.MSOACode) IN ('NPC', '') THEN 0 ELSE 1 END AS BOOLEAN) AS has_postcode,
    CAST(CASE WHEN c.PatientAddress_ID IS NULL THEN 0 ELSE 1 END AS BOOLEAN) AS care_home_is_potential_match,
    CAST(
        CASE UPPER(c.LocationRequiresNursing) WHEN 'Y' THEN 1 WHEN 'N' THEN 0 END AS BOOLEAN
    ) AS care_home_requires_nursing,
    CAST(
        CASE UPPER(c.LocationDoesNotRequireNursing) WHEN 'Y' THEN 1 WHEN 'N' THEN 0 END AS BOOLEAN
    ) AS care_home_does_not_require_nursing
FROM PatientAddress AS a
LEFT JOIN PotentialCareHomeAddress AS c ON a.PatientAddress_ID = c.PatientAddress_ID
