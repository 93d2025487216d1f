-- Scores that the supplier works out; only the electronic frailty index is known.
SELECT
    v.Patient_ID AS patient_id,
    NULLIF(CAST(v.CalculationDateTime AS DATE), CAST('9999-12-31' AS DATE)) AS calculation_date,
    v.NumericValue AS numeric_value,
    r.AlgorithmDescription AS algorithm_description,
    r.AlgorithmVersion AS algorithm_version
FROM DecisionSupportValue AS v
LEFT JOIN DecisionSupportValueReference AS r ON v.AlgorithmType = r.AlgorithmType
