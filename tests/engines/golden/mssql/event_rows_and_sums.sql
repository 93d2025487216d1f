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
  MAX(CASE WHEN 1 = 1 THEN 1 ELSE 0 END) AS [answer_1]
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

-- 3 of 5: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id]
FROM [#armslength_population] AS [armslength_population]
ORDER BY
  [armslength_population].[patient_id];

-- 4 of 5: fetch rows
SELECT
  CAST([events].[patient_id] AS BIGINT) AS [patient_id],
  CAST([events].[date] AS DATE) AS [date],
  [patients].[sex] COLLATE Latin1_General_BIN2 AS [sex]
FROM [events]
LEFT JOIN [patients] AS [patients]
  ON [patients].[patient_id] = [events].[patient_id]
WHERE
  [events].[patient_id] IN (
    SELECT
      [patient_id]
    FROM [#armslength_population] AS [armslength_population]
  )
ORDER BY
  1,
  2,
  3;

-- 5 of 5: sum measure_1
SELECT
  CAST(ISNULL(
    SUM(
      CAST(CASE
        WHEN (
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
        ) >= 18
        THEN 1
        WHEN NOT (
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
          ) >= 18
        )
        THEN 0
      END AS INTEGER)
    ),
    0
  ) AS BIGINT) AS [denominator],
  CAST(ISNULL(SUM(CAST(ISNULL([armslength_scan_1].[answer_1], 0) AS INTEGER)), 0) AS BIGINT) AS [numerator_1],
  [patients].[sex] COLLATE Latin1_General_BIN2 AS [group_1]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [patients] AS [patients]
  ON [patients].[patient_id] = [armslength_population].[patient_id]
LEFT JOIN [#armslength_scan_1] AS [armslength_scan_1]
  ON [armslength_scan_1].[patient_id] = [armslength_population].[patient_id]
GROUP BY
  [patients].[sex] COLLATE Latin1_General_BIN2
ORDER BY
  3;
