-- 1 of 4: decide who is in the population
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
  (
    (
      CAST(EXTRACT(YEAR FROM CAST('2020-01-01' AS DATE)) AS BIGINT) - CAST(EXTRACT(YEAR FROM "patients"."date_of_birth") AS BIGINT)
    ) - CAST(CAST(EXTRACT(MONTH FROM CAST('2020-01-01' AS DATE)) AS BIGINT) * 100 + CAST(EXTRACT(DAY FROM CAST('2020-01-01' AS DATE)) AS BIGINT) < CAST(EXTRACT(MONTH FROM "patients"."date_of_birth") AS BIGINT) * 100 + CAST(EXTRACT(DAY FROM "patients"."date_of_birth") AS BIGINT) AS BIGINT)
  ) >= 18;

-- 2 of 4: upload 5 codes of 2 codelists
-- rows travel with the query;

-- 3 of 4: read events for 5 answers about the variables
-- of members only, unless 90% of people or more turn out to be members
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  BOOL_OR((
    BITWISE_AND("armslength_scan_1_codes_1"."bits_0", 1)
  ) <> 0) AS "answer_1",
  AVG(
    CASE
      WHEN (
        BITWISE_AND("armslength_scan_1_codes_1"."bits_0", 1)
      ) <> 0
      THEN CAST("events"."value" AS DOUBLE)
    END
  ) AS "answer_2",
  MAX_BY(
    "events"."value",
    CASE
      WHEN (
        BITWISE_AND("armslength_scan_1_codes_1"."bits_0", 1)
      ) <> 0
      THEN ROW(
        NOT (
          "events"."date" IS NULL
        ),
        COALESCE("events"."date", CAST('1970-01-01' AS DATE)),
        NOT (
          "events"."value" IS NULL
        ),
        COALESCE("events"."value", CAST('0.0' AS DOUBLE))
      )
    END
  ) AS "answer_3",
  COUNT(
    CASE
      WHEN (
        BITWISE_AND("armslength_scan_1_codes_1"."bits_0", 2)
      ) <> 0
      THEN 1
    END
  ) AS "answer_4",
  MAX(
    CASE
      WHEN (
        BITWISE_AND("armslength_scan_1_codes_1"."bits_0", 2)
      ) <> 0
      THEN "events"."date"
    END
  ) AS "answer_5"
FROM "events"
JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1_codes_1" AS "armslength_scan_1_codes_1"
  ON "events"."code" = "armslength_scan_1_codes_1"."code"
WHERE
  "events"."patient_id" IN (
    SELECT
      "patient_id"
    FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
  )
GROUP BY
  "events"."patient_id";

-- 4 of 4: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST(COALESCE("armslength_scan_1"."answer_1", FALSE) AS BOOLEAN) AS "has_first",
  CAST(COALESCE("armslength_scan_1"."answer_4", 0) AS BIGINT) AS "count_second",
  CAST("armslength_scan_1"."answer_2" AS DOUBLE) AS "mean_first",
  CAST("armslength_scan_1"."answer_3" AS DOUBLE) AS "last_value",
  CAST("armslength_scan_1"."answer_5" AS DATE) AS "last_date"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
