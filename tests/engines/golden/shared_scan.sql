-- 1 of 4: decide who is in the population
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
  (
    (
      YEAR(CAST('2020-01-01' AS DATE)) - YEAR("patients"."date_of_birth")
    ) - CAST(MONTH(CAST('2020-01-01' AS DATE)) * 100 + DAY(CAST('2020-01-01' AS DATE)) < MONTH("patients"."date_of_birth") * 100 + DAY("patients"."date_of_birth") AS BIGINT)
  ) >= 18;

-- 2 of 4: upload 5 codes of 2 codelists
-- rows travel with the query;

-- 3 of 4: read events for 5 answers about the variables
-- of members only, unless 90% of people or more turn out to be members
CREATE TEMPORARY TABLE "armslength_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  BOOL_OR(CAST((
    "armslength_scan_1_codes_1"."bits_0" & 1
  ) <> 0 AS BOOLEAN)) AS "answer_1",
  AVG(
    CASE
      WHEN (
        "armslength_scan_1_codes_1"."bits_0" & 1
      ) <> 0
      THEN CAST("events"."value" AS DOUBLE)
    END
  ) AS "answer_2",
  ARG_MAX_NULL(
    "events"."value",
    CASE
      WHEN (
        "armslength_scan_1_codes_1"."bits_0" & 1
      ) <> 0
      THEN CREATE_SORT_KEY("events"."date", 'ASC NULLS FIRST', "events"."value", 'ASC NULLS FIRST')
    END
  ) AS "answer_3",
  COUNT(CASE WHEN (
    "armslength_scan_1_codes_1"."bits_0" & 2
  ) <> 0 THEN 1 END) AS "answer_4",
  MAX(
    CASE
      WHEN (
        "armslength_scan_1_codes_1"."bits_0" & 2
      ) <> 0
      THEN "events"."date"
    END
  ) AS "answer_5"
FROM "events"
JOIN "armslength_scan_1_codes_1"
  ON "events"."code" = "armslength_scan_1_codes_1"."code"
WHERE
  "events"."patient_id" IN (
    SELECT
      "patient_id"
    FROM "armslength_population"
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
FROM "armslength_population"
LEFT JOIN "armslength_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
