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
  (
    (
      CAST(YEAR(CAST('2020-01-01' AS DATE)) AS BIGINT) - CAST(YEAR([patients].[date_of_birth]) AS BIGINT)
    ) - CAST(CASE
      WHEN CAST(MONTH(CAST('2020-01-01' AS DATE)) AS BIGINT) * 100 + CAST(DAY(CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(MONTH([patients].[date_of_birth]) AS BIGINT) * 100 + CAST(DAY([patients].[date_of_birth]) AS BIGINT)
      THEN 1
      WHEN NOT (
        CAST(MONTH(CAST('2020-01-01' AS DATE)) AS BIGINT) * 100 + CAST(DAY(CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(MONTH([patients].[date_of_birth]) AS BIGINT) * 100 + CAST(DAY([patients].[date_of_birth]) AS BIGINT)
      )
      THEN 0
    END AS INTEGER)
  ) >= 18;

-- 2 of 4: upload 5 codes of 2 codelists
-- rows travel with the query;

-- 3 of 4: read events for 5 answers about the variables
-- of members only, unless 90% of people or more turn out to be members
SELECT
  CAST([column_6] AS BIGINT) AS [patient_id],
  MAX([column_1]) AS [answer_1],
  AVG([column_2]) AS [answer_2],
  MAX([column_3]) AS [answer_3],
  COUNT_BIG([column_4]) AS [answer_4],
  MAX([column_5]) AS [answer_5]
INTO [#armslength_scan_1]
FROM (
  SELECT
    CASE WHEN (
      [armslength_scan_1_codes_1].[bits_0] & 1
    ) <> 0 THEN 1 ELSE 0 END AS [column_1],
    CASE
      WHEN (
        [armslength_scan_1_codes_1].[bits_0] & 1
      ) <> 0
      THEN CAST([events].[value] AS FLOAT)
    END AS [column_2],
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY [events].[patient_id]
        ORDER BY CASE WHEN (
          [armslength_scan_1_codes_1].[bits_0] & 1
        ) <> 0 THEN 0 ELSE 1 END ASC, [events].[date] DESC, [events].[value] DESC
      ) = 1
      AND (
        (
          [armslength_scan_1_codes_1].[bits_0] & 1
        ) <> 0
      )
      THEN [events].[value]
    END AS [column_3],
    CASE WHEN (
      [armslength_scan_1_codes_1].[bits_0] & 2
    ) <> 0 THEN 1 END AS [column_4],
    CASE
      WHEN (
        [armslength_scan_1_codes_1].[bits_0] & 2
      ) <> 0
      THEN [events].[date]
    END AS [column_5],
    [events].[patient_id] AS [column_6]
  FROM [events]
  JOIN [#armslength_scan_1_codes_1] AS [armslength_scan_1_codes_1]
    ON [events].[code] COLLATE Latin1_General_BIN2 = [armslength_scan_1_codes_1].[code] COLLATE Latin1_General_BIN2
    AND LEN([events].[code] + '.') = LEN([armslength_scan_1_codes_1].[code] + '.')
  WHERE
    [events].[patient_id] IN (
      SELECT
        [patient_id]
      FROM [#armslength_population] AS [armslength_population]
    )
) AS each_row
GROUP BY
  [column_6];

-- 4 of 4: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  CAST(ISNULL([armslength_scan_1].[answer_1], 0) AS INTEGER) AS [has_first],
  CAST(ISNULL([armslength_scan_1].[answer_4], 0) AS BIGINT) AS [count_second],
  CAST([armslength_scan_1].[answer_2] AS FLOAT) AS [mean_first],
  CAST([armslength_scan_1].[answer_3] AS FLOAT) AS [last_value],
  CAST([armslength_scan_1].[answer_5] AS DATE) AS [last_date]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
