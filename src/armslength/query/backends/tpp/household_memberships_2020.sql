-- The size of a household was counted by the supplier, over everybody in it.
SELECT
    m.Patient_ID AS patient_id,
    NULLIF(h.Household_ID, 0) AS household_pseudo_id,
    NULLIF(h.HouseholdSize, 0) AS household_size
FROM HouseholdMember AS m
LEFT JOIN Household AS h ON m.Household_ID = h.Household_ID
