"""No query reads people who opted out, and none does more than read."""

# ruff: noqa: E501 - a query is easier to judge on one line

from __future__ import annotations

import duckdb
import pytest
from attacks import FORBIDDEN, MOST, OPTED_OUT, POSTGRES, PRETENDED, SQL_SERVER, UNPROVED
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from armslength.kernel.errors import Mistake, Mistakes
from armslength.query.backends.tpp import BACKEND
from armslength.sqlrunner.catalogue import catalogue_of
from armslength.sqlrunner.judge import judge


def codes(caught):
    error = caught.value
    return {each.code for each in getattr(error, "mistakes", (error,))}


def refused(text, catalogue, *, rewrite=False):
    with pytest.raises((Mistake, Mistakes)) as caught:
        judge(text, catalogue=catalogue, rewrite=rewrite, where="q.sql")
    return codes(caught)


@pytest.mark.parametrize("text", UNPROVED.values(), ids=UNPROVED)
def test_a_query_that_leaves_nobody_out_is_refused(text, catalogue):
    assert refused(text, catalogue) == {"Q408"}


@pytest.mark.parametrize("text", PRETENDED.values(), ids=PRETENDED)
def test_a_query_that_only_seems_to_leave_people_out_is_refused(text, catalogue):
    assert refused(text, catalogue) <= {"Q405", "Q408"}


@pytest.mark.parametrize("rewrite", [False, True], ids=["as written", "rewrite asked"])
@pytest.mark.parametrize("text", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_does_more_than_read_is_refused(text, rewrite, catalogue):
    assert refused(text, catalogue, rewrite=rewrite) <= {"Q404", "Q405", "Q406", "Q407"}


@pytest.mark.parametrize(
    ("dialect", "text"),
    [("postgres", each) for each in POSTGRES.values()] + [("tsql", each) for each in SQL_SERVER.values()],
    ids=[*POSTGRES, *SQL_SERVER],
)
def test_what_does_more_than_read_is_refused_in_other_dialects(dialect, text):
    catalogue = catalogue_of(BACKEND.widened(MOST), dialect=dialect)
    assert refused(text, catalogue, rewrite=True) <= {"Q404", "Q405", "Q406"}


def without_the_opted_out(path):
    """The same database, from which everything about the people who opted out was deleted."""
    copy = duckdb.connect(":memory:")
    copy.execute(f"ATTACH '{path}' AS original (READ_ONLY)")
    for table in ("Patient", "CodedEvent", "Relationship", "Organisation", "PatientsWithTypeOneDissent"):
        copy.execute(f"CREATE TABLE {table} AS SELECT * FROM original.main.{table}")
    copy.execute("DETACH original")
    for table in ("Patient", "CodedEvent"):
        copy.execute(f"DELETE FROM {table} WHERE Patient_ID IN {OPTED_OUT}")
    copy.execute(f"DELETE FROM Relationship WHERE Patient_ID IN {OPTED_OUT}")
    copy.execute(f"DELETE FROM Relationship WHERE Patient_ID_Relationship_With IN {OPTED_OUT}")
    return copy


def answers(connection, sql):
    return sorted(map(repr, connection.execute(sql).fetchall()))


@pytest.mark.parametrize("text", UNPROVED.values(), ids=UNPROVED)
def test_a_rewritten_query_answers_as_if_they_had_never_been_there(text, catalogue, database):
    judged = judge(text, catalogue=catalogue, rewrite=True, where="q.sql")
    assert not judged.proved
    with duckdb.connect(str(database), read_only=True) as whole, without_the_opted_out(database) as clean:
        assert answers(whole, judged.sql) == answers(clean, text)


def test_pretences_that_a_rewrite_would_mend_show_nobody_either(catalogue, database):
    mended = 0
    with duckdb.connect(str(database), read_only=True) as whole, without_the_opted_out(database) as clean:
        for text in PRETENDED.values():
            try:
                judged = judge(text, catalogue=catalogue, rewrite=True, where="q.sql")
            except (Mistake, Mistakes):
                continue
            mended += 1
            assert answers(whole, judged.sql) == answers(clean, text), text
    assert mended > 5


LIST = "PatientsWithTypeOneDissent"
PROVED = {
    "not in": f"SELECT * FROM Patient WHERE Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})",
    "not before": f"SELECT * FROM Patient p WHERE NOT p.Patient_ID IN (SELECT d.Patient_ID FROM {LIST} AS d)",
    "case and quotes": f'SELECT * FROM "PATIENT" AS p WHERE p."patient_id" NOT IN (SELECT PATIENT_ID FROM "{LIST.lower()}")',
    "not exists": f"SELECT * FROM Patient p WHERE NOT EXISTS (SELECT 1 FROM {LIST} d WHERE p.Patient_ID = d.Patient_ID)",
    "left join": f"SELECT p.* FROM Patient p LEFT JOIN {LIST} d ON d.Patient_ID = p.Patient_ID WHERE d.Patient_ID IS NULL",
    "and more": f"SELECT * FROM Patient p WHERE (p.Sex = 'F' AND (p.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST}))) AND p.Patient_ID > 1",
    "events of the same": f"SELECT e.* FROM Patient p JOIN CodedEvent e ON e.Patient_ID = p.Patient_ID WHERE p.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})",
    "events from the left": f"SELECT p.Patient_ID, e.CTV3Code FROM Patient p LEFT JOIN CodedEvent e ON e.Patient_ID = p.Patient_ID WHERE p.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})",
    "cte": f"WITH ok AS (SELECT Patient_ID FROM Patient WHERE Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})) SELECT e.* FROM CodedEvent e JOIN ok ON ok.Patient_ID = e.Patient_ID",
    "subquery": f"SELECT e.* FROM (SELECT p.Patient_ID AS i FROM Patient p WHERE p.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})) ok, CodedEvent e WHERE ok.i = e.Patient_ID",
    "both branches": f"SELECT Patient_ID FROM Patient WHERE Patient_ID NOT IN (SELECT Patient_ID FROM {LIST}) UNION ALL SELECT Patient_ID FROM CodedEvent WHERE Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})",
    "correlated": f"SELECT p.Patient_ID, (SELECT MAX(e.NumericValue) FROM CodedEvent e WHERE e.Patient_ID = p.Patient_ID) AS v FROM Patient p WHERE p.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})",
    "both of a pair": f"SELECT * FROM Relationship r WHERE r.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST}) AND r.Patient_ID_Relationship_With NOT IN (SELECT Patient_ID FROM {LIST})",
    "about nobody": "SELECT Region, COUNT(*) AS n FROM Organisation GROUP BY Region",
}


@pytest.mark.parametrize("text", PROVED.values(), ids=PROVED)
def test_a_query_that_leaves_them_out_itself_runs_and_means_the_same(text, catalogue, database):
    judged = judge(text, catalogue=catalogue, rewrite=False, where="q.sql")
    assert judged.proved
    with duckdb.connect(str(database), read_only=True) as whole:
        assert answers(whole, judged.sql) == answers(whole, text)


def test_the_common_form_is_proved_in_every_dialect():
    for dialect in ("duckdb", "postgres", "tsql"):
        catalogue = catalogue_of(BACKEND.widened(MOST), dialect=dialect)
        judged = judge(PROVED["not in"], catalogue=catalogue, rewrite=False, where="q.sql")
        assert "NOT EXISTS" in judged.sql and parse_one(judged.sql, read=dialect)


def test_brackets_and_schemas_of_sql_server_hide_nothing():
    catalogue = catalogue_of(BACKEND.widened(MOST), dialect="tsql")
    for text in ("SELECT * FROM [dbo].[Patient]", "SELECT TOP (5) * FROM dbo.PATIENT AS p ORDER BY p.Sex"):
        assert refused(text, catalogue) == {"Q408"}
        assert "NOT EXISTS" in judge(text, catalogue=catalogue, rewrite=True, where="q.sql").sql


def test_both_opt_outs_must_be_proved_where_both_stand(database):
    catalogue = catalogue_of(BACKEND.widened({"include_gp_unactivated"}), dialect="duckdb")
    one = f"SELECT * FROM Patient p WHERE p.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})"
    both = f"{one} AND p.Patient_ID IN (SELECT Patient_ID FROM PatientsWithoutNDOO)"
    assert refused(one, catalogue) == {"Q408"}
    judged = judge(both, catalogue=catalogue, rewrite=False, where="q.sql")
    with duckdb.connect(str(database), read_only=True) as whole:
        assert sorted(row[0] for row in whole.execute(judged.sql).fetchall()) == [1, 5, 6]


def test_a_project_that_is_held_to_the_activation_of_practices_cannot_use_raw_sql():
    with pytest.raises(Mistake, match="practices that are not in DirectionsAcknowledged") as caught:
        catalogue_of(BACKEND.widened({"include_ndoo"}), dialect="duckdb")
    assert caught.value.code == "Q402"


def test_refusals_name_the_line(catalogue):
    with pytest.raises(Mistakes) as caught:
        judge("SELECT 1\nFROM\n Patient p", catalogue=catalogue, rewrite=False, where="q.sql")
    assert caught.value.mistakes[0].where == "q.sql:3"
    assert "p.Patient_ID NOT IN (SELECT l.Patient_ID FROM PatientsWithTypeOneDissent AS l)" in str(
        caught.value
    )


def test_a_deep_query_is_refused_and_a_wide_one_is_judged_in_bounds(catalogue):
    assert refused("SELECT " + "(" * 5000 + "1" + ")" * 5000, catalogue) == {"Q404"}
    chain = ["a0 AS (SELECT Patient_ID FROM Patient)"]
    chain += [f"a{i} AS (SELECT x.Patient_ID FROM a{i - 1} x JOIN a{i - 1} y ON TRUE)" for i in range(1, 60)]
    assert refused(f"WITH {', '.join(chain)} SELECT * FROM a59", catalogue) == {"Q408"}


SOURCES = st.sampled_from(["Patient", "CodedEvent", '"PATIENT"', "main.CodedEvent"])
CONDITIONS = st.sampled_from(
    [
        "TRUE",
        "t.Patient_ID > 2",
        f"t.Patient_ID NOT IN (SELECT Patient_ID FROM {LIST})",
        f"NOT EXISTS (SELECT 1 FROM {LIST} d WHERE d.Patient_ID = t.Patient_ID)",
        "t.Patient_ID IN (SELECT u.Patient_ID FROM CodedEvent u)",
        "EXISTS (SELECT 1 FROM Patient u WHERE u.Patient_ID = t.Patient_ID)",
    ]
)


@st.composite
def queries(draw, depth=3):
    """Random queries: joins of every kind, branches, subqueries, with conditions that may or may not suffice."""
    shape = draw(st.sampled_from(["plain", "join", "union", "nested", "cte"])) if depth else "plain"
    condition = draw(CONDITIONS)
    joined = (
        " AND ".join([condition, draw(CONDITIONS)])
        if draw(st.booleans())
        else f"({condition} OR {draw(CONDITIONS)})"
    )
    if shape == "plain":
        return f"SELECT t.Patient_ID FROM {draw(SOURCES)} AS t WHERE {joined}"
    inner = draw(queries(depth=depth - 1))
    if shape == "union":
        kind = draw(st.sampled_from(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]))
        return f"({inner}) {kind} ({draw(queries(depth=depth - 1))})"
    if shape == "nested":
        return f"SELECT t.Patient_ID FROM ({inner}) AS t WHERE {joined}"
    if shape == "cte":
        return f"WITH c{depth} AS ({inner}) SELECT t.Patient_ID FROM c{depth} AS t WHERE {joined}"
    kind = draw(
        st.sampled_from(
            ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "SEMI JOIN", "ANTI JOIN"]
        )
    )
    on = "" if kind == "CROSS JOIN" else " ON s.Patient_ID = t.Patient_ID"
    picked = draw(st.sampled_from(["t", "s"])) if kind not in ("SEMI JOIN", "ANTI JOIN") else "t"
    return f"SELECT {picked}.Patient_ID FROM {draw(SOURCES)} AS t {kind} ({inner}) AS s{on} WHERE {joined}"


@settings(max_examples=150, deadline=None)
@given(text=queries())
def test_whatever_is_asked_people_who_opted_out_change_no_answer(text, database_of_all):
    catalogue, whole, clean = database_of_all
    try:
        judged = judge(text, catalogue=catalogue, rewrite=False, where="q.sql")
    except (Mistake, Mistakes):
        try:
            judged = judge(text, catalogue=catalogue, rewrite=True, where="q.sql")
        except Mistakes as mistakes:
            assert {each.code for each in mistakes.mistakes} == {
                "Q408"
            }  # the list in a place that leaves nobody out
            return
    expected = answers(clean, text)
    assert answers(whole, judged.sql) == expected
    if judged.proved:
        assert answers(whole, text) == expected, "it was proved, so it must mean this without our help"


@pytest.fixture(scope="module")
def database_of_all(database):
    """The catalogue, the database, and the same without the people who opted out."""
    catalogue = catalogue_of(BACKEND.widened(MOST), dialect="duckdb")
    with duckdb.connect(str(database), read_only=True) as whole, without_the_opted_out(database) as clean:
        yield catalogue, whole, clean


def test_what_runs_is_written_from_the_tree_and_holds_no_comment(catalogue):
    judged = judge("SELECT /* x */ 1 AS a -- y", catalogue=catalogue, rewrite=False, where="q.sql")
    assert "x" not in judged.sql and "--" not in judged.sql
    assert parse_one(judged.sql, read="duckdb").find(exp.Select)
