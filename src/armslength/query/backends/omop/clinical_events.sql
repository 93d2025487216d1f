-- Conditions, observations, measurements and procedures that a SNOMED CT concept stands for: the one that was recorded,
-- else the standard one. What has neither is not here. Numbers are in the unit they were recorded in, which the core
-- contract cannot say: nothing is converted, and omop.measurement has the units.
SELECT
    e.person_id AS patient_id,
    e.recorded_on AS date,
    COALESCE(source.concept_code, standard.concept_code) AS snomedct_code,
    e.recorded_value AS numeric_value
FROM (
    SELECT
        c.person_id,
        c.condition_start_date AS recorded_on,
        CAST(NULL AS DOUBLE) AS recorded_value,
        c.condition_source_concept_id AS source_concept_id,
        c.condition_concept_id AS standard_concept_id
    FROM condition_occurrence AS c
    UNION ALL
    SELECT
        o.person_id,
        o.observation_date AS recorded_on,
        o.value_as_number AS recorded_value,
        o.observation_source_concept_id AS source_concept_id,
        o.observation_concept_id AS standard_concept_id
    FROM observation AS o
    UNION ALL
    SELECT
        m.person_id,
        m.measurement_date AS recorded_on,
        m.value_as_number AS recorded_value,
        m.measurement_source_concept_id AS source_concept_id,
        m.measurement_concept_id AS standard_concept_id
    FROM measurement AS m
    UNION ALL
    SELECT
        r.person_id,
        r.procedure_date AS recorded_on,
        CAST(NULL AS DOUBLE) AS recorded_value,
        r.procedure_source_concept_id AS source_concept_id,
        r.procedure_concept_id AS standard_concept_id
    FROM procedure_occurrence AS r
) AS e
LEFT JOIN concept AS source ON e.source_concept_id = source.concept_id AND source.vocabulary_id = 'SNOMED'
LEFT JOIN concept AS standard ON e.standard_concept_id = standard.concept_id AND standard.vocabulary_id = 'SNOMED'
WHERE source.concept_code IS NOT NULL OR standard.concept_code IS NOT NULL
