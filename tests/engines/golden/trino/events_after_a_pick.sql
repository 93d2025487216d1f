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
  NOT (
    "patients"."patient_id" IS NULL
  );

-- 2 of 4: read events for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."date") AS "answer_1",
  MAX_BY(
    "events"."value",
    ROW(
      NOT (
        "events"."date" IS NULL
      ),
      COALESCE("events"."date", CAST('1970-01-01' AS DATE)),
      NOT (
        "events"."value" IS NULL
      ),
      COALESCE("events"."value", CAST('0.0' AS DOUBLE))
    )
  ) AS "answer_2"
FROM "events"
WHERE
  "events"."code" IN ('c1')
GROUP BY
  "events"."patient_id";

-- 3 of 4: read visits for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2" AS
SELECT
  CAST("visits"."patient_id" AS BIGINT) AS "patient_id",
  COUNT(*) AS "answer_1"
FROM "visits"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "visits"."patient_id"
WHERE
  "visits"."date" >= "armslength_scan_1"."answer_1"
GROUP BY
  "visits"."patient_id";

-- 4 of 4: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST(COALESCE("armslength_scan_2"."answer_1", 0) AS BIGINT) AS "after",
  CAST("armslength_scan_1"."answer_2" AS DOUBLE) AS "value"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
