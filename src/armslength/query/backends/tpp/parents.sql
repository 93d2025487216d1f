-- A mother where the record says exactly one. The relationship may be written with either of the two. What it says of
-- somebody who is held back counts for nobody: SEEN(id) stands for whether a project may see that person.
SELECT
    pairs.child_id AS patient_id,
    MAX(pairs.mother_id) AS mother_id
FROM (
    SELECT
        CASE
            WHEN UPPER(r.Type_of_Relationship) = 'MOTHER' THEN r.Patient_ID
            ELSE r.Patient_ID_Relationship_With
        END AS child_id,
        CASE
            WHEN UPPER(r.Type_of_Relationship) = 'MOTHER' THEN r.Patient_ID_Relationship_With
            ELSE r.Patient_ID
        END AS mother_id
    FROM Relationship AS r
    WHERE r.RelationshipEndDate IS NULL
        AND UPPER(r.Type_of_Relationship) IN ('MOTHER', 'CHILD', 'SON', 'DAUGHTER')
) AS pairs
INNER JOIN Patient AS child ON pairs.child_id = child.Patient_ID
INNER JOIN Patient AS mother ON pairs.mother_id = mother.Patient_ID
WHERE child.DateOfBirth > mother.DateOfBirth
    AND UPPER(mother.Sex) <> 'M'
    AND SEEN(pairs.child_id)
    AND SEEN(pairs.mother_id)
GROUP BY pairs.child_id
HAVING COUNT(DISTINCT pairs.mother_id) = 1
