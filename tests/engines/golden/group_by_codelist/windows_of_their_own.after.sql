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
  NOT (
    "patients"."patient_id" IS NULL
  );

-- 2 of 4: upload 16 codes of 6 codelists with 6 windows of dates
-- rows travel with the query;

-- 3 of 4: read events for 11 answers about the variables, grouped by 6 codelists
CREATE TEMPORARY TABLE "armslength_scan_1" AS
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
      "armslength_scan_1_codes"."codelist" AS "codelist",
      COUNT(*) AS "value_1",
      ARG_MAX_NULL(
        "events"."value",
        CREATE_SORT_KEY("events"."date", 'ASC NULLS FIRST', "events"."value", 'ASC NULLS FIRST')
      ) AS "value_2"
    FROM "events"
    JOIN "armslength_scan_1_codes"
      ON (
        (
          "events"."code" = "armslength_scan_1_codes"."code"
        )
        AND (
          (
            "armslength_scan_1_codes"."first" IS NULL
          )
          OR (
            "events"."date" >= "armslength_scan_1_codes"."first"
          )
        )
      )
      AND (
        (
          "armslength_scan_1_codes"."last" IS NULL
        )
        OR (
          "events"."date" <= "armslength_scan_1_codes"."last"
        )
      )
    GROUP BY
      "events"."patient_id",
      "armslength_scan_1_codes"."codelist"
  ) AS groups
  GROUP BY
    "patient_id"
) AS lists;

-- 4 of 4: fetch dataset
SELECT
  "armslength_population"."patient_id" AS "patient_id",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_1"."value_1", LIST_POSITION("armslength_scan_1"."codelist", 0)),
    0
  ) AS BIGINT) AS "recent_1",
  CAST(LIST_EXTRACT("armslength_scan_1"."value_2", LIST_POSITION("armslength_scan_1"."codelist", 0)) AS DOUBLE) AS "value_1",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_1"."value_1", LIST_POSITION("armslength_scan_1"."codelist", 1)),
    0
  ) AS BIGINT) AS "recent_2",
  CAST(LIST_EXTRACT("armslength_scan_1"."value_2", LIST_POSITION("armslength_scan_1"."codelist", 1)) AS DOUBLE) AS "value_2",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_1"."value_1", LIST_POSITION("armslength_scan_1"."codelist", 2)),
    0
  ) AS BIGINT) AS "recent_3",
  CAST(LIST_EXTRACT("armslength_scan_1"."value_2", LIST_POSITION("armslength_scan_1"."codelist", 2)) AS DOUBLE) AS "value_3",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_1"."value_1", LIST_POSITION("armslength_scan_1"."codelist", 3)),
    0
  ) AS BIGINT) AS "recent_4",
  CAST(LIST_EXTRACT("armslength_scan_1"."value_2", LIST_POSITION("armslength_scan_1"."codelist", 3)) AS DOUBLE) AS "value_4",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_1"."value_1", LIST_POSITION("armslength_scan_1"."codelist", 4)),
    0
  ) AS BIGINT) AS "recent_5",
  CAST(LIST_EXTRACT("armslength_scan_1"."value_2", LIST_POSITION("armslength_scan_1"."codelist", 4)) AS DOUBLE) AS "value_5",
  CAST(COALESCE(
    LIST_EXTRACT("armslength_scan_1"."value_1", LIST_POSITION("armslength_scan_1"."codelist", 5)),
    0
  ) AS BIGINT) AS "ever"
FROM "armslength_population"
LEFT JOIN "armslength_scan_1" AS "armslength_scan_1"
  ON "armslength_scan_1"."patient_id" = "armslength_population"."patient_id"
ORDER BY
  "armslength_population"."patient_id";
