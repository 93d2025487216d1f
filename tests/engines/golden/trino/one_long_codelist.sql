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

-- 2 of 5: upload 32 codes of 1 codelists
-- rows travel with the query;

-- 3 of 5: read events for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  COUNT(*) AS "answer_1"
FROM "events"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1_codes_1" AS "armslength_scan_1_codes_1"
  ON "events"."code" = "armslength_scan_1_codes_1"."code"
WHERE
  NOT CASE
    WHEN "events"."code" IS NULL
    THEN CAST(NULL AS BOOLEAN)
    ELSE COALESCE((
      BITWISE_AND("armslength_scan_1_codes_1"."bits_0", 1)
    ) <> 0, FALSE)
  END
GROUP BY
  "events"."patient_id";

-- 4 of 5: upload a set of 32 values
-- rows travel with the query;

-- 5 of 5: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST("patients"."sex" IN (
    SELECT
      "code"
    FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_set_1" AS "armslength_set_1"
  ) AS BOOLEAN) AS "listed",
  CAST(COALESCE("armslength_scan_1"."answer_1", 0) AS BIGINT) AS "others"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "patients" AS "patients"
  ON "patients"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
