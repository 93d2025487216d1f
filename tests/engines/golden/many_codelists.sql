-- 1 of 5: decide who is in the population
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

-- 2 of 5: read events for 1 answer about the variables
CREATE TEMPORARY TABLE "armslength_scan_1" AS
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
CREATE TEMPORARY TABLE "armslength_scan_2" AS
SELECT
  "patient_id",
  LIST_TRANSFORM("rows", LAMBDA row : STRUCT_EXTRACT(row, 'codelist')) AS "codelist",
  LIST_TRANSFORM("rows", LAMBDA row : STRUCT_EXTRACT(row, 'value_1')) AS "value_1",
  LIST_TRANSFORM("rows", LAMBDA row : STRUCT_EXTRACT(row, 'value_2')) AS "value_2"
FROM (
  SELECT
    "patient_id",
    ARRAY_AGG({'codelist': "codelist", 'value_1': "value_1", 'value_2': "value_2"}) AS "rows"
  FROM (
    SELECT
      CAST("events"."patient_id" AS BIGINT) AS "patient_id",
      "armslength_scan_2_codes"."codelist" AS "codelist",
      MAX("events"."date") AS "value_1",
      COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "value_2"
    FROM "events"
    JOIN "armslength_scan_2_codes"
      ON "events"."code" = "armslength_scan_2_codes"."code"
    GROUP BY
      "events"."patient_id",
      "armslength_scan_2_codes"."codelist"
  ) AS groups
  GROUP BY
    "patient_id"
) AS lists;

-- 5 of 5: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST(LIST_EXTRACT("armslength_scan_2"."value_1", LIST_POSITION("armslength_scan_2"."codelist", 0)) AS DATE) AS "last_1",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_2"."value_2", LIST_POSITION("armslength_scan_2"."codelist", 0)),
    0
  ) AS BIGINT) AS "recent_1",
  CAST(LIST_EXTRACT("armslength_scan_2"."value_1", LIST_POSITION("armslength_scan_2"."codelist", 1)) AS DATE) AS "last_2",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_2"."value_2", LIST_POSITION("armslength_scan_2"."codelist", 1)),
    0
  ) AS BIGINT) AS "recent_2",
  CAST(LIST_EXTRACT("armslength_scan_2"."value_1", LIST_POSITION("armslength_scan_2"."codelist", 2)) AS DATE) AS "last_3",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_2"."value_2", LIST_POSITION("armslength_scan_2"."codelist", 2)),
    0
  ) AS BIGINT) AS "recent_3",
  CAST(LIST_EXTRACT("armslength_scan_2"."value_1", LIST_POSITION("armslength_scan_2"."codelist", 3)) AS DATE) AS "last_4",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_2"."value_2", LIST_POSITION("armslength_scan_2"."codelist", 3)),
    0
  ) AS BIGINT) AS "recent_4",
  CAST(LIST_EXTRACT("armslength_scan_2"."value_1", LIST_POSITION("armslength_scan_2"."codelist", 4)) AS DATE) AS "last_5",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_2"."value_2", LIST_POSITION("armslength_scan_2"."codelist", 4)),
    0
  ) AS BIGINT) AS "recent_5",
  CAST("armslength_scan_1"."answer_1" AS DOUBLE) AS "largest"
FROM "armslength_population"
LEFT JOIN "armslength_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
