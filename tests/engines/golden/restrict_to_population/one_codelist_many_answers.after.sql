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

-- 2 of 4: read events for 2 answers about the variables
-- of members only, unless 90% of people or more turn out to be members
CREATE TEMPORARY TABLE "armslength_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  COUNT(*) AS "answer_1",
  MAX("events"."value") AS "answer_2"
FROM "events"
WHERE
  (
    "events"."patient_id" IN (
      SELECT
        "patient_id"
      FROM "armslength_population"
    )
  )
  AND (
    "events"."code" IN ('c1', 'c2')
  )
GROUP BY
  "events"."patient_id";

-- 3 of 4: read events for 1 answer about the variables
-- of members only, unless 90% of people or more turn out to be members
CREATE TEMPORARY TABLE "armslength_scan_2" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  COUNT(*) AS "answer_1"
FROM "events"
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
  CAST(COALESCE("armslength_scan_1"."answer_1", 0) AS BIGINT) AS "count",
  CAST("armslength_scan_1"."answer_2" AS DOUBLE) AS "largest",
  CAST(COALESCE("armslength_scan_2"."answer_1", 0) AS BIGINT) AS "all"
FROM "armslength_population"
LEFT JOIN "armslength_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
