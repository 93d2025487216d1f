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

-- 2 of 5: read events for 1 answer about the variables
SELECT
  CAST([events].[patient_id] AS BIGINT) AS [patient_id],
  MAX([events].[value]) AS [answer_1]
INTO [#armslength_scan_1]
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
GROUP BY
  [events].[patient_id];

-- 3 of 5: upload 15 codes of 5 codelists
-- rows travel with the query;

-- 4 of 5: read events for 10 answers about the variables, grouped by 5 codelists
SELECT
  [patient_id],
  MAX(CASE WHEN [codelist] = 0 THEN [value_1] END) AS [answer_1],
  MAX(CASE WHEN [codelist] = 0 THEN [value_2] END) AS [answer_2],
  MAX(CASE WHEN [codelist] = 1 THEN [value_1] END) AS [answer_3],
  MAX(CASE WHEN [codelist] = 1 THEN [value_2] END) AS [answer_4],
  MAX(CASE WHEN [codelist] = 2 THEN [value_1] END) AS [answer_5],
  MAX(CASE WHEN [codelist] = 2 THEN [value_2] END) AS [answer_6],
  MAX(CASE WHEN [codelist] = 3 THEN [value_1] END) AS [answer_7],
  MAX(CASE WHEN [codelist] = 3 THEN [value_2] END) AS [answer_8],
  MAX(CASE WHEN [codelist] = 4 THEN [value_1] END) AS [answer_9],
  MAX(CASE WHEN [codelist] = 4 THEN [value_2] END) AS [answer_10]
INTO [#armslength_scan_2]
FROM (
  SELECT
    CAST([events].[patient_id] AS BIGINT) AS [patient_id],
    [armslength_scan_2_codes].[codelist] AS [codelist],
    MAX([events].[date]) AS [value_1],
    COUNT_BIG(CASE WHEN [events].[date] >= CAST('2020-01-01' AS DATE) THEN 1 END) AS [value_2]
  FROM [events]
  JOIN [#armslength_scan_2_codes] AS [armslength_scan_2_codes]
    ON [events].[code] COLLATE Latin1_General_BIN2 = [armslength_scan_2_codes].[code] COLLATE Latin1_General_BIN2
    AND LEN([events].[code] + '.') = LEN([armslength_scan_2_codes].[code] + '.')
  GROUP BY
    [events].[patient_id],
    [armslength_scan_2_codes].[codelist]
) AS groups
GROUP BY
  [patient_id];

-- 5 of 5: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  CAST([armslength_scan_2].[answer_1] AS DATE) AS [last_1],
  CAST(ISNULL([armslength_scan_2].[answer_2], 0) AS BIGINT) AS [recent_1],
  CAST([armslength_scan_2].[answer_3] AS DATE) AS [last_2],
  CAST(ISNULL([armslength_scan_2].[answer_4], 0) AS BIGINT) AS [recent_2],
  CAST([armslength_scan_2].[answer_5] AS DATE) AS [last_3],
  CAST(ISNULL([armslength_scan_2].[answer_6], 0) AS BIGINT) AS [recent_3],
  CAST([armslength_scan_2].[answer_7] AS DATE) AS [last_4],
  CAST(ISNULL([armslength_scan_2].[answer_8], 0) AS BIGINT) AS [recent_4],
  CAST([armslength_scan_2].[answer_9] AS DATE) AS [last_5],
  CAST(ISNULL([armslength_scan_2].[answer_10], 0) AS BIGINT) AS [recent_5],
  CAST([armslength_scan_1].[answer_1] AS FLOAT) AS [largest]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [#armslength_scan_2] AS [armslength_scan_2]
  ON [armslength_scan_2].[patient_id] = [armslength_population].[patient_id]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
