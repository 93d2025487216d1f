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

-- 2 of 5: read visits for 1 answer about the variables
SELECT
  [patient_id],
  COUNT_BIG(CASE WHEN (
    [gap] IS NULL
  ) OR (
    [gap] > 7
  ) THEN 1 END) AS [answer_1]
INTO [#armslength_scan_1]
FROM (
  SELECT
    CAST([visits].[patient_id] AS BIGINT) AS [patient_id],
    DATEDIFF(
      DAY,
      LAG([visits].[date]) OVER (PARTITION BY [visits].[patient_id] ORDER BY [visits].[date]),
      [visits].[date]
    ) AS [gap]
  FROM [visits]
  WHERE
    NOT (
      [visits].[date] IS NULL
    )
) AS gaps
GROUP BY
  [patient_id];

-- 3 of 5: read visits for 1 answer about the variables
SELECT
  CAST([visits].[patient_id] AS BIGINT) AS [patient_id],
  STRING_AGG(
    CASE
      WHEN NOT (
        [visits].[date] IS NULL
      )
      THEN CAST(CHAR(1) + CONVERT(CHAR(10), [visits].[date], 23) + CHAR(1) AS NVARCHAR(MAX))
    END,
    ''
  ) AS [answer_1]
INTO [#armslength_scan_2]
FROM [visits]
GROUP BY
  [visits].[patient_id];

-- 4 of 5: read events for 1 answer about the variables
SELECT
  CAST([events].[patient_id] AS BIGINT) AS [patient_id],
  COUNT_BIG(*) AS [answer_1]
INTO [#armslength_scan_3]
FROM [events]
LEFT JOIN [#armslength_scan_2] AS [armslength_scan_2]
  ON [armslength_scan_2].[patient_id] = [events].[patient_id]
WHERE
  CASE
    WHEN [armslength_scan_2].[answer_1] IS NULL
    THEN 0
    ELSE CASE
      WHEN CHARINDEX(
        (
          CHAR(1) + CONVERT(CHAR(10), [events].[date], 23) + CHAR(1)
        ) COLLATE Latin1_General_BIN2,
        [armslength_scan_2].[answer_1] COLLATE Latin1_General_BIN2
      ) > 0
      THEN 1
      WHEN NOT (
        CHARINDEX(
          (
            CHAR(1) + CONVERT(CHAR(10), [events].[date], 23) + CHAR(1)
          ) COLLATE Latin1_General_BIN2,
          [armslength_scan_2].[answer_1] COLLATE Latin1_General_BIN2
        ) > 0
      )
      THEN 0
    END
  END = 1
GROUP BY
  [events].[patient_id];

-- 5 of 5: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  CAST(ISNULL([armslength_scan_1].[answer_1], 0) AS BIGINT) AS [episodes],
  CAST(ISNULL([armslength_scan_3].[answer_1], 0) AS BIGINT) AS [same_day]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
LEFT JOIN [#armslength_scan_3] AS [armslength_scan_3]
  ON [armslength_scan_3].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
