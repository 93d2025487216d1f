-- 1 of 5: decide who is in the population
SELECT DISTINCT
  [everybody].[patient_id]
INTO [#armslength_population]
FROM (
  SELECT
    CAST([patients].[patient_id] AS BIGINT) AS [patient_id]
  FROM [patients]
  WHERE
    NOT (
      [patients].[patient_id] IS NULL
    )
) AS everybody
LEFT JOIN [patients] AS [patients]
  ON [patients].[patient_id] = [everybody].[patient_id]
WHERE
  NOT (
    [patients].[patient_id] IS NULL
  );

-- 2 of 5: upload 32 codes of 1 codelists
-- rows travel with the query;

-- 3 of 5: read events for 1 answer about the variables
SELECT
  CAST([events].[patient_id] AS BIGINT) AS [patient_id],
  COUNT_BIG(*) AS [answer_1]
INTO [#armslength_scan_1]
FROM [events]
LEFT JOIN [#armslength_scan_1_codes_1] AS [armslength_scan_1_codes_1]
  ON [events].[code] COLLATE Latin1_General_BIN2 = [armslength_scan_1_codes_1].[code] COLLATE Latin1_General_BIN2
  AND LEN([events].[code] + '.') = LEN([armslength_scan_1_codes_1].[code] + '.')
WHERE
  NOT CASE
    WHEN [events].[code] COLLATE Latin1_General_BIN2 IS NULL
    THEN CAST(NULL AS INTEGER)
    ELSE ISNULL(
      CASE
        WHEN (
          [armslength_scan_1_codes_1].[bits_0] & 1
        ) <> 0
        THEN 1
        WHEN NOT (
          (
            [armslength_scan_1_codes_1].[bits_0] & 1
          ) <> 0
        )
        THEN 0
      END,
      0
    )
  END = 1
GROUP BY
  [events].[patient_id];

-- 4 of 5: upload a set of 32 values
-- rows travel with the query;

-- 5 of 5: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  CAST((
    CASE
      WHEN [patients].[sex] COLLATE Latin1_General_BIN2 IN (
        SELECT
          [code]
        FROM [#armslength_set_1] AS [armslength_set_1]
      )
      AND NOT (
        (
          [patients].[sex] COLLATE Latin1_General_BIN2
        ) LIKE '% '
      )
      THEN 1
      WHEN NOT (
        [patients].[sex] COLLATE Latin1_General_BIN2 IN (
          SELECT
            [code]
          FROM [#armslength_set_1] AS [armslength_set_1]
        )
        AND NOT (
          (
            [patients].[sex] COLLATE Latin1_General_BIN2
          ) LIKE '% '
        )
      )
      THEN 0
    END
  ) AS INTEGER) AS [listed],
  CAST(ISNULL([armslength_scan_1].[answer_1], 0) AS BIGINT) AS [others]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [patients] AS [patients]
  ON [patients].[patient_id] = [armslength_population].[patient_id]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
