-- 1 of 2: decide who is in the population
CREATE TEMPORARY TABLE "armslength_population" AS
SELECT DISTINCT
  "everybody"."patient_id"
FROM (
  SELECT
    CAST("patients"."patient_id" AS BIGINT) AS "patient_id"
  FROM "patients"
  WHERE
    NOT (
      "patients"."patient_id" IS NULL
    )
) AS everybody
LEFT JOIN "patients" AS "patients"
  ON "patients"."patient_id" = "everybody"."patient_id"
WHERE
  NOT (
    "patients"."patient_id" IS NULL
  );

-- 2 of 2: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST(NULLIF(
    NULLIF(
      GREATEST(
        LEAST(
          LEAST(
            CAST(CAST(CAST(DATE_TRUNC('MONTH', "patients"."date_of_birth") AS DATE) + INTERVAL (
              1
            ) MONTH AS DATE) + CAST(DAY("patients"."date_of_birth") - 1 AS INT) AS DATE),
            CAST(CAST(CAST(DATE_TRUNC('MONTH', "patients"."date_of_birth") AS DATE) + INTERVAL (
              1
            ) MONTH AS DATE) + INTERVAL (
              1
            ) MONTH AS DATE)
          ),
          CAST('10000-01-01' AS DATE)
        ),
        CAST('0001-12-31 (BC)' AS DATE)
      ),
      CAST('0001-12-31 (BC)' AS DATE)
    ),
    CAST('10000-01-01' AS DATE)
  ) AS DATE) AS "month_later",
  CAST((
    (
      YEAR(CAST('2020-01-01' AS DATE)) * 12 + MONTH(CAST('2020-01-01' AS DATE))
    ) - (
      YEAR("patients"."date_of_birth") * 12 + MONTH("patients"."date_of_birth")
    )
  ) - CAST(DAY(CAST('2020-01-01' AS DATE)) < DAY("patients"."date_of_birth") AS BIGINT) AS BIGINT) AS "months",
  CAST(CAST(DATE_TRUNC('YEAR', "patients"."date_of_birth") AS DATE) AS DATE) AS "first_of_year"
FROM "armslength_population"
LEFT JOIN "patients" AS "patients"
  ON "patients"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
