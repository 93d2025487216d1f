-- Events with the range they were judged by; an event with several ranges is here as often.
SELECT
    c.Patient_ID AS patient_id,
    NULLIF(CAST(c.ConsultationDate AS DATE), CAST('9999-12-31' AS DATE)) AS date,
    c.ConceptId AS snomedct_code,
    c.CTV3Code AS ctv3_code,
    c.NumericValue AS numeric_value,
    r.LowerBound AS lower_bound,
    r.UpperBound AS upper_bound,
    CASE r.Comparator
        WHEN 3 THEN '~' COLLATE Latin1_General_CI_AS
        WHEN 4 THEN '=' COLLATE Latin1_General_CI_AS
        WHEN 5 THEN '>=' COLLATE Latin1_General_CI_AS
        WHEN 6 THEN '>' COLLATE Latin1_General_CI_AS
        WHEN 7 THEN '<' COLLATE Latin1_General_CI_AS
        WHEN 8 THEN '<=' COLLATE Latin1_General_CI_AS
    END AS comparator,
    c.Consultation_ID AS consultation_id
FROM (
    SELECT
        e.Patient_ID,
        e.CodedEvent_ID,
        e.Consultation_ID,
        e.ConsultationDate,
        CAST(NULL AS VARCHAR(50)) COLLATE Latin1_General_BIN AS ConceptId,
        e.CTV3Code,
        e.NumericValue
    FROM CodedEvent AS e
    UNION ALL
    SELECT
        s.Patient_ID,
        s.CodedEvent_ID,
        s.Consultation_ID,
        s.ConsultationDate,
        s.ConceptId,
        CAST(NULL AS VARCHAR(50)) COLLATE Latin1_General_BIN AS CTV3Code,
        s.NumericValue
    FROM CodedEvent_SNOMED AS s
) AS c
LEFT JOIN CodedEventRange AS r ON c.CodedEvent_ID = r.CodedEvent_ID
