-- held back: people with a type 1 opt-out are left out (those in PatientsWithTypeOneDissent)

-- held back: people with a national data opt-out are left out (those not in PatientsWithoutNDOO)

-- held back: records of practices that are not in DirectionsAcknowledged are left out, and people who were never registered with one that is

-- 1 of 5: list whom to see: people with a type 1 opt-out are left out (those in PatientsWithTypeOneDissent); people with a national data opt-out are left out (those not in PatientsWithoutNDOO); records of practices that are not in DirectionsAcknowledged are left out, and people who were never registered with one that is
SELECT
  first.[patient_id],
  MAX(first.[end_date]) AS [end_date]
INTO [#armslength_seen]
FROM (
  /* Whoever was ever registered with a practice that acknowledged the directions, and the last day of the records that */
  /* may be seen: the end of the last such registration where a later one is with another practice, else no end. */
  SELECT
    ends.Patient_ID AS patient_id,
    CASE
      WHEN NOT ends.elsewhere IS NULL AND ends.elsewhere > ends.acknowledged
      THEN ends.acknowledged
      ELSE CAST('9999-12-31' AS DATE)
    END AS end_date
  FROM (
    SELECT
      r.Patient_ID AS Patient_ID,
      MAX(
        CASE
          WHEN NOT a.Organisation_ID IS NULL
          THEN COALESCE(CAST(r.EndDate AS DATE), CAST('9999-12-31' AS DATE))
        END
      ) AS acknowledged,
      MAX(
        CASE
          WHEN a.Organisation_ID IS NULL
          THEN COALESCE(CAST(r.EndDate AS DATE), CAST('9999-12-31' AS DATE))
        END
      ) AS elsewhere
    FROM RegistrationHistory AS r
    LEFT JOIN DirectionsAcknowledged AS a
      ON r.Organisation_ID = a.Organisation_ID
    GROUP BY
      r.Patient_ID
  ) AS ends
  WHERE
    NOT ends.acknowledged IS NULL
) AS first
WHERE
  (
    NOT first.[patient_id] IS NULL
    AND (
      NOT first.[patient_id] IS NULL
      AND NOT EXISTS(
        SELECT
          1
        FROM (
          SELECT
            l.Patient_ID AS patient_id
          FROM PatientsWithTypeOneDissent AS l
        ) AS listed
        WHERE
          listed.[patient_id] = first.[patient_id]
      )
    )
  )
  AND EXISTS(
    SELECT
      1
    FROM (
      SELECT
        l.Patient_ID AS patient_id
      FROM PatientsWithoutNDOO AS l
    ) AS listed
    WHERE
      listed.[patient_id] = first.[patient_id]
  )
GROUP BY
  first.[patient_id];

-- 2 of 5: decide who is in the population
SELECT DISTINCT
  [everybody].[patient_id]
INTO [#armslength_population]
FROM (
  SELECT
    CAST([patients].[patient_id] AS BIGINT) AS [patient_id]
  FROM (
    SELECT
      held.*
    FROM (
      /* Who each patient is. Sex was assigned at birth. */
      SELECT
        p.Patient_ID AS patient_id,
        p.DateOfBirth AS date_of_birth,
        CASE UPPER(p.Sex)
          WHEN 'M'
          THEN 'male' COLLATE Latin1_General_CI_AS
          WHEN 'F'
          THEN 'female' COLLATE Latin1_General_CI_AS
          WHEN 'I'
          THEN 'intersex' COLLATE Latin1_General_CI_AS
          ELSE 'unknown' COLLATE Latin1_General_CI_AS
        END AS sex,
        NULLIF(p.DateOfDeath, CAST('9999-12-31' AS DATE)) AS date_of_death
      FROM Patient AS p
    ) AS held
    WHERE
      EXISTS(
        SELECT
          1
        FROM [#armslength_seen] AS listed
        WHERE
          listed.[patient_id] = held.[patient_id]
      )
  ) AS [patients]
  WHERE
    NOT (
      [patients].[patient_id] IS NULL
    )
) AS everybody
LEFT JOIN (
  SELECT
    held.*
  FROM (
    /* Who each patient is. Sex was assigned at birth. */
    SELECT
      p.Patient_ID AS patient_id,
      p.DateOfBirth AS date_of_birth,
      CASE UPPER(p.Sex)
        WHEN 'M'
        THEN 'male' COLLATE Latin1_General_CI_AS
        WHEN 'F'
        THEN 'female' COLLATE Latin1_General_CI_AS
        WHEN 'I'
        THEN 'intersex' COLLATE Latin1_General_CI_AS
        ELSE 'unknown' COLLATE Latin1_General_CI_AS
      END AS sex,
      NULLIF(p.DateOfDeath, CAST('9999-12-31' AS DATE)) AS date_of_death
    FROM Patient AS p
  ) AS held
  WHERE
    EXISTS(
      SELECT
        1
      FROM [#armslength_seen] AS listed
      WHERE
        listed.[patient_id] = held.[patient_id]
    )
) AS [patients]
  ON [patients].[patient_id] = [everybody].[patient_id]
WHERE
  (
    NOT (
      [patients].[patient_id] IS NULL
    )
  )
  AND EXISTS(
    SELECT
      1
    FROM [#armslength_seen] AS listed
    WHERE
      listed.[patient_id] = [everybody].[patient_id]
  );

-- 3 of 5: upload 4 codes of 3 codelists
-- rows travel with the query;

-- 4 of 5: read clinical_events for 3 answers about the variables
SELECT
  CAST([column_7] AS BIGINT) AS [patient_id],
  MAX([column_1]) AS [answer_1],
  MAX([column_2]) AS [answer_2],
  MAX([column_3]) AS [answer_3],
  MAX([column_4]) AS [answer_4],
  MAX([column_5]) AS [answer_5],
  MAX([column_6]) AS [answer_6]
INTO [#armslength_scan_1]
FROM (
  SELECT
    CASE
      WHEN (
        [armslength_scan_1_codes_1].[bits_0] & 1
      ) <> 0
      THEN [clinical_events].[date]
    END AS [column_1],
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY [clinical_events].[patient_id]
        ORDER BY CASE WHEN (
          [armslength_scan_1_codes_1].[bits_0] & 1
        ) <> 0 THEN 0 ELSE 1 END ASC, [clinical_events].[date] DESC, [clinical_events].[numeric_value] DESC
      ) = 1
      AND (
        (
          [armslength_scan_1_codes_1].[bits_0] & 1
        ) <> 0
      )
      THEN [clinical_events].[numeric_value]
    END AS [column_2],
    CASE
      WHEN (
        [armslength_scan_1_codes_1].[bits_0] & 2
      ) <> 0
      THEN [clinical_events].[date]
    END AS [column_3],
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY [clinical_events].[patient_id]
        ORDER BY CASE WHEN (
          [armslength_scan_1_codes_1].[bits_0] & 2
        ) <> 0 THEN 0 ELSE 1 END ASC, [clinical_events].[date] DESC, [clinical_events].[numeric_value] DESC
      ) = 1
      AND (
        (
          [armslength_scan_1_codes_1].[bits_0] & 2
        ) <> 0
      )
      THEN [clinical_events].[numeric_value]
    END AS [column_4],
    CASE
      WHEN (
        [armslength_scan_1_codes_1].[bits_0] & 4
      ) <> 0
      THEN [clinical_events].[date]
    END AS [column_5],
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY [clinical_events].[patient_id]
        ORDER BY CASE WHEN (
          [armslength_scan_1_codes_1].[bits_0] & 4
        ) <> 0 THEN 0 ELSE 1 END ASC, [clinical_events].[date] DESC, [clinical_events].[numeric_value] DESC
      ) = 1
      AND (
        (
          [armslength_scan_1_codes_1].[bits_0] & 4
        ) <> 0
      )
      THEN [clinical_events].[numeric_value]
    END AS [column_6],
    [clinical_events].[patient_id] AS [column_7]
  FROM (
    SELECT
      held.*
    FROM (
      /* Events in both coding systems, so most events are here twice. Codes of local systems stay. The supplier cannot */
      /* store a missing number: 0 may mean none. */
      SELECT
        c.Patient_ID AS patient_id,
        NULLIF(CAST(c.ConsultationDate AS DATE), CAST('9999-12-31' AS DATE)) AS date,
        c.ConceptId AS snomedct_code,
        c.CTV3Code AS ctv3_code,
        c.NumericValue AS numeric_value,
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
    ) AS held
    WHERE
      EXISTS(
        SELECT
          1
        FROM [#armslength_seen] AS listed
        WHERE
          listed.[patient_id] = held.[patient_id] AND held.[date] <= listed.[end_date]
      )
  ) AS [clinical_events]
  JOIN [#armslength_scan_1_codes_1] AS [armslength_scan_1_codes_1]
    ON [clinical_events].[ctv3_code] COLLATE Latin1_General_BIN2 = [armslength_scan_1_codes_1].[code] COLLATE Latin1_General_BIN2
    AND LEN([clinical_events].[ctv3_code] + '.') = LEN([armslength_scan_1_codes_1].[code] + '.')
) AS each_row
GROUP BY
  [column_7];

-- 5 of 5: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  [patients].[sex] COLLATE Latin1_General_BIN2 AS [sex],
  CAST([armslength_scan_1].[answer_1] AS DATE) AS [last_0],
  CAST([armslength_scan_1].[answer_2] AS FLOAT) AS [value_0],
  CAST([armslength_scan_1].[answer_3] AS DATE) AS [last_1],
  CAST([armslength_scan_1].[answer_4] AS FLOAT) AS [value_1],
  CAST([armslength_scan_1].[answer_5] AS DATE) AS [last_2],
  CAST([armslength_scan_1].[answer_6] AS FLOAT) AS [value_2]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN (
  SELECT
    held.*
  FROM (
    /* Who each patient is. Sex was assigned at birth. */
    SELECT
      p.Patient_ID AS patient_id,
      p.DateOfBirth AS date_of_birth,
      CASE UPPER(p.Sex)
        WHEN 'M'
        THEN 'male' COLLATE Latin1_General_CI_AS
        WHEN 'F'
        THEN 'female' COLLATE Latin1_General_CI_AS
        WHEN 'I'
        THEN 'intersex' COLLATE Latin1_General_CI_AS
        ELSE 'unknown' COLLATE Latin1_General_CI_AS
      END AS sex,
      NULLIF(p.DateOfDeath, CAST('9999-12-31' AS DATE)) AS date_of_death
    FROM Patient AS p
  ) AS held
  WHERE
    EXISTS(
      SELECT
        1
      FROM [#armslength_seen] AS listed
      WHERE
        listed.[patient_id] = held.[patient_id]
    )
) AS [patients]
  ON [patients].[patient_id] = [armslength_population].[patient_id]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
