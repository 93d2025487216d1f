-- 1 of 5: decide who is in the population
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

-- 2 of 5: read events for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  BOOL_OR(TRUE) AS "answer_1"
FROM "events"
WHERE
  "events"."code" IN ('c1')
GROUP BY
  "events"."patient_id";

-- 3 of 5: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
ORDER BY
  "armslength_population"."patient_id";

-- 4 of 5: fetch rows
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  CAST("events"."date" AS DATE) AS "date",
  CAST("patients"."sex" AS VARCHAR) AS "sex"
FROM "events"
LEFT JOIN "patients" AS "patients"
  ON "patients"."patient_id" = "events"."patient_id"
WHERE
  "events"."patient_id" IN (
    SELECT
      "patient_id"
    FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
  )
ORDER BY
  1,
  2,
  3;

-- 5 of 5: sum measure_1
SELECT
  CAST(COALESCE(
    SUM(
      CAST((
        (
          CAST(EXTRACT(YEAR FROM CAST('2020-01-01' AS DATE)) AS BIGINT) - CAST(EXTRACT(YEAR FROM "patients"."date_of_birth") AS BIGINT)
        ) - CAST(CAST(EXTRACT(MONTH FROM CAST('2020-01-01' AS DATE)) AS BIGINT) * 100 + CAST(EXTRACT(DAY FROM CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(EXTRACT(MONTH FROM "patients"."date_of_birth") AS BIGINT) * 100 + CAST(EXTRACT(DAY FROM "patients"."date_of_birth") AS BIGINT) AS BIGINT)
      ) >= 18 AS BIGINT)
    ),
    0
  ) AS BIGINT) AS "denominator",
  CAST(COALESCE(SUM(CAST(COALESCE("armslength_scan_1"."answer_1", FALSE) AS BIGINT)), 0) AS BIGINT) AS "numerator_1",
  CAST("patients"."sex" AS VARCHAR) AS "group_1"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "patients" AS "patients"
  ON "patients"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
GROUP BY
  3
ORDER BY
  3;
