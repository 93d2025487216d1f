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
  MAX("events"."value") AS "answer_1"
FROM "events"
WHERE
  "events"."code" IN ('c1')
GROUP BY
  "events"."patient_id";

-- 3 of 5: upload 15 codes of 5 codelists
-- rows travel with the query;

-- 4 of 5: read events for 10 answers about the variables, grouped by 5 codelists
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2" AS
SELECT
  "patient_id",
  ARBITRARY("value_1") FILTER(WHERE
    "codelist" = 0) AS "answer_1",
  ARBITRARY("value_2") FILTER(WHERE
    "codelist" = 0) AS "answer_2",
  ARBITRARY("value_1") FILTER(WHERE
    "codelist" = 1) AS "answer_3",
  ARBITRARY("value_2") FILTER(WHERE
    "codelist" = 1) AS "answer_4",
  ARBITRARY("value_1") FILTER(WHERE
    "codelist" = 2) AS "answer_5",
  ARBITRARY("value_2") FILTER(WHERE
    "codelist" = 2) AS "answer_6",
  ARBITRARY("value_1") FILTER(WHERE
    "codelist" = 3) AS "answer_7",
  ARBITRARY("value_2") FILTER(WHERE
    "codelist" = 3) AS "answer_8",
  ARBITRARY("value_1") FILTER(WHERE
    "codelist" = 4) AS "answer_9",
  ARBITRARY("value_2") FILTER(WHERE
    "codelist" = 4) AS "answer_10"
FROM (
  SELECT
    CAST("events"."patient_id" AS BIGINT) AS "patient_id",
    "armslength_scan_2_codes"."codelist" AS "codelist",
    MAX("events"."date") AS "value_1",
    COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "value_2"
  FROM "events"
  JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2_codes" AS "armslength_scan_2_codes"
    ON "events"."code" = "armslength_scan_2_codes"."code"
  GROUP BY
    "events"."patient_id",
    "armslength_scan_2_codes"."codelist"
) AS groups
GROUP BY
  "patient_id";

-- 5 of 5: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST("armslength_scan_2"."answer_1" AS DATE) AS "last_1",
  CAST(COALESCE("armslength_scan_2"."answer_2", 0) AS BIGINT) AS "recent_1",
  CAST("armslength_scan_2"."answer_3" AS DATE) AS "last_2",
  CAST(COALESCE("armslength_scan_2"."answer_4", 0) AS BIGINT) AS "recent_2",
  CAST("armslength_scan_2"."answer_5" AS DATE) AS "last_3",
  CAST(COALESCE("armslength_scan_2"."answer_6", 0) AS BIGINT) AS "recent_3",
  CAST("armslength_scan_2"."answer_7" AS DATE) AS "last_4",
  CAST(COALESCE("armslength_scan_2"."answer_8", 0) AS BIGINT) AS "recent_4",
  CAST("armslength_scan_2"."answer_9" AS DATE) AS "last_5",
  CAST(COALESCE("armslength_scan_2"."answer_10", 0) AS BIGINT) AS "recent_5",
  CAST("armslength_scan_1"."answer_1" AS DOUBLE) AS "largest"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
