-- 1 of 4: decide who is in the population
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

-- 2 of 4: read events for 1 answer about the variables
SELECT
  CAST([column_3] AS BIGINT) AS [patient_id],
  MAX([column_1]) AS [answer_1],
  MAX([column_2]) AS [answer_2]
INTO [#armslength_scan_1]
FROM (
  SELECT
    [events].[date] AS [column_1],
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY [events].[patient_id]
        ORDER BY [events].[date] DESC, [events].[value] DESC
      ) = 1
      THEN [events].[value]
    END AS [column_2],
    [events].[patient_id] AS [column_3]
  FROM [events]
  WHERE
    (
      [events].[code] COLLATE Latin1_General_BIN2 IN ('c1')
      AND NOT (
        (
          [events].[code] COLLATE Latin1_General_BIN2
        ) LIKE '% '
      )
    )
) AS each_row
GROUP BY
  [column_3];

-- 3 of 4: read visits for 1 answer about the variables
SELECT
  CAST([visits].[patient_id] AS BIGINT) AS [patient_id],
  COUNT_BIG(*) AS [answer_1]
INTO [#armslength_scan_2]
FROM [visits]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [visits].[patient_id]
WHERE
  [visits].[date] >= [armslength_scan_1].[answer_1]
GROUP BY
  [visits].[patient_id];

-- 4 of 4: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  CAST(ISNULL([armslength_scan_2].[answer_1], 0) AS BIGINT) AS [after],
  CAST([armslength_scan_1].[answer_2] AS FLOAT) AS [value]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [#armslength_scan_2] AS [armslength_scan_2]
  ON [armslength_scan_2].[patient_id] = [armslength_population].[patient_id]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
