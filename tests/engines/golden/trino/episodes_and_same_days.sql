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

-- 2 of 5: read visits for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS
SELECT
  "patient_id",
  COUNT(CASE WHEN (
    "gap" IS NULL
  ) OR (
    "gap" > 7
  ) THEN 1 END) AS "answer_1"
FROM (
  SELECT
    CAST("visits"."patient_id" AS BIGINT) AS "patient_id",
    DATE_DIFF(
      'day',
      LAG("visits"."date") OVER (PARTITION BY "visits"."patient_id" ORDER BY "visits"."date" NULLS FIRST),
      "visits"."date"
    ) AS "gap"
  FROM "visits"
  WHERE
    NOT (
      "visits"."date" IS NULL
    )
) AS gaps
GROUP BY
  "patient_id";

-- 3 of 5: read visits for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2" AS
SELECT
  CAST("visits"."patient_id" AS BIGINT) AS "patient_id",
  ARRAY_AGG(DISTINCT "visits"."date") FILTER(WHERE
    NOT (
      "visits"."date" IS NULL
    )) AS "answer_1"
FROM "visits"
GROUP BY
  "visits"."patient_id";

-- 4 of 5: read events for 1 answer about the variables
CREATE TABLE "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_3" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  COUNT(*) AS "answer_1"
FROM "events"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "events"."patient_id"
WHERE
  CASE
    WHEN "armslength_scan_2"."answer_1" IS NULL
    THEN FALSE
    ELSE CONTAINS("armslength_scan_2"."answer_1", "events"."date")
  END
GROUP BY
  "events"."patient_id";

-- 5 of 5: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST(COALESCE("armslength_scan_1"."answer_1", 0) AS BIGINT) AS "episodes",
  CAST(COALESCE("armslength_scan_3"."answer_1", 0) AS BIGINT) AS "same_day"
FROM "work"."scratch"."armslength_20300102_0304_0123456789ab_population" AS "armslength_population"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "work"."scratch"."armslength_20300102_0304_0123456789ab_scan_3" AS "armslength_scan_3"
  ON "armslength_scan_3"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
