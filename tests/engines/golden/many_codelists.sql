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
  (
    "events"."patient_id" IN (
      SELECT
        "patient_id"
      FROM "armslength_population"
    )
  )
  AND (
    "events"."code" IN ('c1')
  )
GROUP BY
  "events"."patient_id";

-- 3 of 5: upload 15 codes of 5 codelists
-- rows travel with the query;

-- 4 of 5: read events for 10 answers about the variables, grouped by 5 codelists
CREATE TEMPORARY TABLE "armslength_scan_2" AS
SELECT
  "patient_id",
  LIST_EXTRACT("value_1", "place_1") AS "answer_1",
  LIST_EXTRACT("value_2", "place_1") AS "answer_2",
  LIST_EXTRACT("value_1", "place_2") AS "answer_3",
  LIST_EXTRACT("value_2", "place_2") AS "answer_4",
  LIST_EXTRACT("value_1", "place_3") AS "answer_5",
  LIST_EXTRACT("value_2", "place_3") AS "answer_6",
  LIST_EXTRACT("value_1", "place_4") AS "answer_7",
  LIST_EXTRACT("value_2", "place_4") AS "answer_8",
  LIST_EXTRACT("value_1", "place_5") AS "answer_9",
  LIST_EXTRACT("value_2", "place_5") AS "answer_10"
FROM (
  SELECT
    "patient_id",
    "value_1",
    "value_2",
    LIST_POSITION("codelist", 0) AS "place_1",
    LIST_POSITION("codelist", 1) AS "place_2",
    LIST_POSITION("codelist", 2) AS "place_3",
    LIST_POSITION("codelist", 3) AS "place_4",
    LIST_POSITION("codelist", 4) AS "place_5"
  FROM (
    SELECT
      "patient_id",
      ARRAY_AGG("codelist") AS "codelist",
      ARRAY_AGG("value_1") AS "value_1",
      ARRAY_AGG("value_2") AS "value_2"
    FROM (
      SELECT
        CAST("events"."patient_id" AS BIGINT) AS "patient_id",
        "armslength_scan_2_codes"."codelist" AS "codelist",
        MAX("events"."date") AS "value_1",
        COUNT(CASE WHEN "events"."date" >= CAST('2020-01-01' AS DATE) THEN 1 END) AS "value_2"
      FROM "events"
      JOIN "armslength_scan_2_codes"
        ON "events"."code" = "armslength_scan_2_codes"."code"
      WHERE
        "events"."patient_id" IN (
          SELECT
            "patient_id"
          FROM "armslength_population"
        )
      GROUP BY
        "events"."patient_id",
        "armslength_scan_2_codes"."codelist"
    ) AS groups
    GROUP BY
      "patient_id"
  ) AS lists
) AS places;

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
FROM "armslength_population"
LEFT JOIN "armslength_scan_2" AS "armslength_scan_2"
  ON "armslength_scan_2"."patient_id" = "armslength_population"."patient_id"
LEFT JOIN "armslength_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
