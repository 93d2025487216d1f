"""`armslength sql`: for whom, within which bounds, what is written and what is logged."""

# ruff: noqa: E501 - a query is easier to judge on one line

from __future__ import annotations

import gzip
import json

import duckdb
import pyarrow.parquet as pq
import pytest

from armslength.cli import run

PATIENTS = "SELECT Patient_ID, Sex FROM Patient WHERE Patient_ID NOT IN (SELECT Patient_ID FROM PatientsWithTypeOneDissent)"


@pytest.fixture
def sql(tmp_path, policy, database, capsys):
    """Run a query for a project; give the status, the output file, the log's events and what was said."""

    def ask(text, *options, project="curation", name="out.csv", backend="tpp", dsn=None):
        query, output, log = tmp_path / "query.sql", tmp_path / name, tmp_path / "log.jsonl"
        query.write_text(text)
        line = ["sql", "run", str(query), "--dsn", dsn or f"duckdb://{database}", "--output", str(output)]
        line += [
            "--project",
            project,
            "--policy",
            str(policy),
            "--log",
            str(log),
            "--backend",
            backend,
            *options,
        ]
        status = run(line)
        events = [json.loads(each) for each in log.read_text().splitlines()]
        return status, output, events, capsys.readouterr().err

    return ask


def test_the_answer_and_the_log_are_written(sql):
    status, output, events, said = sql(f"{PATIENTS} ORDER BY Patient_ID")
    assert status == 0
    assert output.read_text().splitlines() == ['"Patient_ID","Sex"', '1,"M"', '2,"F"', '5,"M"', '6,"F"']
    assert [each["event"] for each in events] == ["asked", "judged", "started", "finished"]
    asked, judged, started, finished = events
    assert (asked["project"], asked["approved_by"], asked["backend"]) == ("curation", "Dana Okafor", "tpp")
    assert asked["text"].startswith("SELECT Patient_ID, Sex") and len(asked["held_back"]) == 1
    assert (
        judged["tables"] == ["patient", "patientswithtypeonedissent"]
        and "NOT EXISTS" in judged["added"]["patient"]
    )
    assert "kept" in started["sql"] and finished["rows"] == 4
    assert "out.csv: 4 rows, 2 columns" in said


def test_a_query_that_leaves_nobody_out_writes_nothing_and_the_log_says_why(sql):
    status, output, events, said = sql("SELECT * FROM Patient")
    assert status == 1 and "Q408" in said and not output.exists()
    assert events[-1]["event"] == "refused" and events[-1]["reasons"][0]["code"] == "Q408"


def test_a_rewrite_shows_what_it_adds(sql):
    status, output, events, said = sql("SELECT COUNT(*) AS n FROM Patient", "--rewrite")
    assert status == 0 and output.read_text().splitlines() == ['"n"', "4"]
    assert "added, wherever `patient` is read: NOT patient.Patient_ID IS NULL AND NOT EXISTS(" in said
    assert events[1]["proved"] is False


def test_a_project_that_may_see_everybody_sees_them_and_the_log_says_by_which_permission(sql):
    status, output, events, _ = sql("SELECT COUNT(*) AS n FROM Patient", project="everything")
    assert status == 0 and output.read_text().splitlines() == ['"n"', "6"]
    assert "include_t1oo" in events[0]["shown_by_permission"] and events[0]["held_back"] == []


@pytest.mark.parametrize(
    ("project", "why"),
    [
        ("research", "does not have the data permission `sqlrunner`"),
        ("ended", "ended on 2021-01-01"),
        ("unheard-of", "is not approved"),
    ],
)
def test_only_projects_whose_policy_allows_it_may_run_sql(sql, project, why):
    status, output, events, said = sql("SELECT 1 AS one", project=project)
    assert status == 1 and "Q400" in said and why in said and not output.exists()
    assert [each["event"] for each in events] == ["refused"]


def test_a_project_held_to_the_activation_of_practices_is_refused(sql):
    status, _, _, said = sql("SELECT 1 AS one", project="not-activated")
    assert status == 1 and "Q402" in said and "include_gp_unactivated" in said


def test_a_national_opt_out_holds_too_where_it_stands(sql):
    status, output, _, _ = sql(
        "SELECT Patient_ID FROM Patient ORDER BY 1", "--rewrite", project="held-to-all"
    )
    assert status == 0 and output.read_text().split() == ['"Patient_ID"', "1", "5", "6"]


def test_an_answer_with_too_many_rows_is_refused_whole(sql):
    status, output, events, said = sql(PATIENTS, "--max-rows", "3")
    assert status == 1 and "Q411" in said and not output.exists()
    assert events[-1]["reasons"][0]["code"] == "Q411"


def test_a_query_that_takes_too_long_is_stopped(sql):
    pairs = ", ".join(f"(VALUES {', '.join(f'({i})' for i in range(400))}) t{n}(i)" for n in range(5))
    status, output, _, said = sql(
        f"SELECT COUNT(*) AS n FROM {pairs} WHERE t0.i + t1.i + t2.i = t3.i * t4.i", "--max-seconds", "1"
    )
    assert status == 1 and "Q410" in said and not output.exists()


def test_output_may_be_parquet_or_packed_csv(sql):
    _, output, _, _ = sql(PATIENTS, name="out.parquet")
    assert pq.read_table(output).num_rows == 4
    _, output, _, _ = sql(
        "SELECT CAST(1.5 AS DECIMAL(9, 2)) AS d, DATE '2020-02-29' AS day, NULL AS nothing", name="out.csv.gz"
    )
    assert gzip.decompress(output.read_bytes()).decode().splitlines()[1].startswith('"1.50",2020-02-29')


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELECT 1 AS a, 2 AS a", "out.csv"),
        ("SELECT ARRAY[1, 2] AS a", "out.csv"),
        ("SELECT 1 AS a", "out.xlsx"),
        ("SELECT 1 AS a", "no/such/folder/out.csv"),
    ],
)
def test_an_output_that_cannot_hold_the_answer_is_refused(sql, text, name):
    status, output, _, said = sql(text, name=name)
    assert status == 1 and "Q413" in said and not output.exists()


def test_the_database_says_what_it_does_not_understand(sql):
    status, output, _, said = sql("SELECT Sexx FROM Patient", "--rewrite")
    assert status == 1 and "Q412" in said and "Sexx" in said and not output.exists()


def test_an_old_output_stays_when_a_query_fails(sql):
    sql("SELECT 1 AS a")
    status, output, _, _ = sql("SELECT * FROM Patient")
    assert status == 1 and output.read_text() == '"a"\n1\n'


def test_the_wrong_backend_for_a_database_is_refused(sql):
    status, _, _, said = sql("SELECT 1 AS one", backend="core")
    assert status == 1 and "Q403" in said and "--backend tpp" in said


def test_a_database_without_its_list_of_opt_outs_is_refused(sql, tmp_path):
    with duckdb.connect(str(tmp_path / "bare.duckdb")) as connection:
        connection.execute("CREATE TABLE Patient (Patient_ID BIGINT)")
    status, _, _, said = sql(
        "SELECT COUNT(*) AS n FROM Patient", "--rewrite", dsn=f"duckdb://{tmp_path / 'bare.duckdb'}"
    )
    assert status == 1 and "Q403" in said


def test_tables_that_no_contract_reads_yet_are_held_to_the_opt_outs_too(sql, tmp_path, database):
    path = tmp_path / "more.duckdb"
    path.write_bytes(database.read_bytes())
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE NewFeed (PATIENT_ID BIGINT, x INTEGER); INSERT INTO NewFeed VALUES (3, 1), (1, 2)"
        )
    status, output, _, _ = sql("SELECT x FROM NewFeed", "--rewrite", dsn=f"duckdb://{path}")
    assert status == 0 and output.read_text().split() == ['"x"', "2"]


def test_a_store_of_made_up_people_can_be_asked(sql, tmp_path, capsys):
    assert run(["data", "sample", "--patients", "50", "--to", str(tmp_path / "store")]) == 0
    status, output, events, _ = sql(
        "SELECT COUNT(*) AS n FROM patients", dsn=str(tmp_path / "store"), backend="core"
    )
    assert status == 0 and output.read_text().split() == ['"n"', "50"] and events[0]["held_back"] == []


def test_no_variable_of_the_program_is_a_table(sql):
    status, _, _, said = sql("SELECT * FROM judgement", "--rewrite")
    assert status == 1 and "Q406" in said


def test_a_query_can_be_checked_for_another_database_without_one(tmp_path, policy, capsys):
    query = tmp_path / "query.sql"
    query.write_text("SELECT TOP 5 * FROM [dbo].[Patient] AS p")
    line = ["sql", "check", str(query), "--project", "curation", "--policy", str(policy), "--backend", "tpp"]
    assert run([*line, "--dialect", "tsql"]) == 1
    capsys.readouterr()
    assert run([*line, "--dialect", "tsql", "--rewrite"]) == 0
    assert "PatientsWithTypeOneDissent" in capsys.readouterr().out
    assert run([*line, "--dialect", "oracle"]) == 2


def test_a_log_that_cannot_be_written_stops_the_query(tmp_path, policy, database, capsys):
    query = tmp_path / "query.sql"
    query.write_text("SELECT 1 AS one")
    line = ["sql", "run", str(query), "--dsn", f"duckdb://{database}", "--output", str(tmp_path / "out.csv")]
    line += ["--project", "curation", "--policy", str(policy), "--backend", "tpp"]
    assert run([*line, "--log", str(tmp_path / "no" / "log")]) == 1
    assert "Q414" in capsys.readouterr().err and not (tmp_path / "out.csv").exists()
