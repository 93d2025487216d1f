-- 1 of 8: decide who is in the population
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

-- 2 of 8: read events for 2 answers about the variables
CREATE TEMPORARY TABLE "armslength_scan_1" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."date") AS "answer_1",
  COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "answer_2"
FROM "events"
WHERE
  "events"."code" IN ('c1', 'c9', 'x')
GROUP BY
  "events"."patient_id";

-- 3 of 8: read events for 2 answers about the variables
CREATE TEMPORARY TABLE "armslength_scan_2" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."date") AS "answer_1",
  COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "answer_2"
FROM "events"
WHERE
  "events"."code" IN ('c2', 'c9', 'x')
GROUP BY
  "events"."patient_id";

-- 4 of 8: read events for 2 answers about the variables
CREATE TEMPORARY TABLE "armslength_scan_3" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."date") AS "answer_1",
  COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "answer_2"
FROM "events"
WHERE
  "events"."code" IN ('c3', 'c9', 'x')
GROUP BY
  "events"."patient_id";

-- 5 of 8: read events for 2 answers about the variables
CREATE TEMPORARY TABLE "armslength_scan_4" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."date") AS "answer_1",
  COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "answer_2"
FROM "events"
WHERE
  "events"."code" IN ('c4', 'c9', 'x')
GROUP BY
  "events"."patient_id";

-- 6 of 8: read events for 2 answers about the variables
CREATE TEMPORARY TABLE "armslength_scan_5" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."date") AS "answer_1",
  COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "answer_2"
FROM "events"
WHERE
  "events"."code" IN ('c5', 'c9', 'x')
GROUP BY
  "events"."patient_id";

-- 7 of 8: read events for 1 answer about the variables
CREATE TEMPORARY TABLE "armslength_scan_6" AS
SELECT
  CAST("events"."patient_id" AS BIGINT) AS "patient_id",
  MAX("events"."value") AS "answer_1"
FROM "events"
WHERE
  "events"."code" IN ('c1')
GROUP BY
  "events"."patient_id";

-- 8 of 8: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST("armslength_scan_1"."answer_1" AS DATE) AS "last_1",
  CAST(COALESCE("armslength_scan_1"."answer_2", 0) AS BIGINT) AS "recent_1",
  CAST("armslength_scan_2"."answer_1" AS DATE) AS "last_2",
  CAST(COALESCE("armslength_scan_2"."answer_2", 0) AS BIGINT) AS "recent_2",
  CAST("armslength_scan_3"."answer_1" AS DATE) AS "last_3",
  CAST(COALESCE("armslength_scan_3"."answer_2", 0) AS BIGINT) AS "recent_3",
  CAST("armslength_scan_4"."answer_1" AS DATE) AS "last_4",
  CAST(COALESCE("armslength_scan_4"."answer_2", 0) AS BIGINT) AS "recent_4",
  CAST("armslength_scan_5"."answer_1" AS DATE) AS "last_5",
  CAST(COALESCE("armslength_scan_5"."answer_2", 0) AS BIGINT) AS "recent_5",
  CAST("armslength_scan_6"."answer_1" AS DOUBLE) AS "largest"
FROM "armslength_population"
LEFT JOIN "armslength_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_3" AS "armslength_scan_3"
  ON "armslength_scan_3"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_4" AS "armslength_scan_4"
  ON "armslength_scan_4"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_5" AS "armslength_scan_5"
  ON "armslength_scan_5"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_6" AS "armslength_scan_6"
  ON "armslength_scan_6"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
