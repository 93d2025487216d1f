-- Exposures whose source is a product of dm+d. No other drug is here: nothing is translated into dm+d.
SELECT
    d.person_id AS patient_id,
    d.drug_exposure_start_date AS date,
    product.concept_code AS dmd_code
FROM drug_exposure AS d
INNER JOIN concept AS product ON d.drug_source_concept_id = product.concept_id
WHERE product.vocabulary_id = 'dm+d'
