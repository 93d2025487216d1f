-- 1 of 2: decide who is in the population
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

-- 2 of 2: fetch dataset
SELECT
  [armslength_population].[patient_id] AS [patient_id],
  CAST(CASE
    WHEN (
      (
        (
          CAST(YEAR([patients].[date_of_birth]) AS BIGINT) * 12 + CAST(MONTH([patients].[date_of_birth]) AS BIGINT)
        ) - 13
      ) + 1
    ) BETWEEN 0 AND 119987
    THEN DATEADD(
      DAY,
      CASE
        WHEN DAY(DATEADD(MONTH, 1, [patients].[date_of_birth])) < DAY([patients].[date_of_birth])
        THEN 1
        ELSE 0
      END,
      DATEADD(MONTH, 1, [patients].[date_of_birth])
    )
  END AS DATE) AS [month_later],
  CAST((
    (
      CAST(YEAR(CAST('2020-01-01' AS DATE)) AS BIGINT) * 12 + CAST(MONTH(CAST('2020-01-01' AS DATE)) AS BIGINT)
    ) - (
      CAST(YEAR([patients].[date_of_birth]) AS BIGINT) * 12 + CAST(MONTH([patients].[date_of_birth]) AS BIGINT)
    )
  ) - CAST(CASE
    WHEN CAST(DAY(CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(DAY([patients].[date_of_birth]) AS BIGINT)
    THEN 1
    WHEN NOT (
      CAST(DAY(CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(DAY([patients].[date_of_birth]) AS BIGINT)
    )
    THEN 0
  END AS INTEGER) AS BIGINT) AS [months],
  CAST(DATEFROMPARTS(YEAR([patients].[date_of_birth]), 1, 1) AS DATE) AS [first_of_year]
FROM [#armslength_population] AS [armslength_population]
LEFT JOIN [patients] AS [patients]
  ON [patients].[patient_id] = [armslength_population].[patient_id]
ORDER BY
  [armslength_population].[patient_id];
