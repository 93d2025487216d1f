-- 1 of 2: decide who is in the population
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS
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
            DATE_ADD(
              'day',
              DAY("patients"."date_of_birth") - 1,
              DATE_ADD('month', 1, CAST(DATE_TRUNC('month', "patients"."date_of_birth") AS DATE))
            ),
            DATE_ADD(
              'month',
              1,
              DATE_ADD('month', 1, CAST(DATE_TRUNC('month', "patients"."date_of_birth") AS DATE))
            )
          ),
          DATE_ADD('day', 1, CAST('9999-12-31' AS DATE))
        ),
        DATE_ADD('day', -1, CAST('0001-01-01' AS DATE))
      ),
      DATE_ADD('day', -1, CAST('0001-01-01' AS DATE))
    ),
    DATE_ADD('day', 1, CAST('9999-12-31' AS DATE))
  ) AS DATE) AS "month_later",
  CAST((
    (
      CAST(EXTRACT(YEAR FROM CAST('2020-01-01' AS DATE)) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM CAST('2020-01-01' AS DATE)) AS BIGINT)
    ) - (
      CAST(EXTRACT(YEAR FROM "patients"."date_of_birth") AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM "patients"."date_of_birth") AS BIGINT)
    )
  ) - CAST(CAST(EXTRACT(DAY FROM CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(EXTRACT(DAY FROM "patients"."date_of_birth") AS BIGINT) AS BIGINT) AS BIGINT) AS "months",
  CAST(CAST(DATE_TRUNC('year', "patients"."date_of_birth") AS DATE) AS DATE) AS "first_of_year"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "patients" AS "patients"
  ON "patients"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
