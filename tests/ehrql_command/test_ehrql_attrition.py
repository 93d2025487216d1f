"""Who is left after each condition, what a query costs, and its graph: in words and in drawings."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from armslength.cli import run as armslength
from armslength.query.api.attrition import Attrition, Rounding, Stage, as_text, conjuncts
from armslength.query.api.flow_chart import flow_chart
from armslength.query.api.words import in_words
from armslength.query.loading.load import load

DEFINITION = """\
from ehrql import *
from ehrql.tables.core import clinical_events as events, patients, practice_registrations
dataset = create_dataset()
is_adult = patients.age_on("2023-03-31") >= 18
registered = practice_registrations.exists_for_patient_on("2023-03-31")
eligible = is_adult & registered
dataset.women = patients.sex == "female"
dataset.define_population(eligible & dataset.women & ~(events.count_for_patient() > 10**6) & (patients.sex == "male"))
dataset.seen = events.where(events.snomedct_code.is_in(["123456789"])).exists_for_patient()
dataset.last = events.sort_by(events.date).last_for_patient().numeric_value
dataset.episodes = events.date.count_episodes_for_patient(days(14))
"""


@pytest.fixture
def eligible(study):
    (study / "eligible.py").write_text(DEFINITION)
    return study


def counts_of(study, ehrql, store, conditions):
    """How many patients satisfy conditions, by a dataset of its own."""
    program = DEFINITION.split("eligible = ")[0]
    tables = ("patients", "practice_registrations", "events")
    everybody = " | ".join(f"{table}.exists_for_patient()" for table in tables)
    program += f"dataset.define_population(({everybody}){''.join(f' & ({c})' for c in conditions)})\n"
    (study / "count.py").write_text(program)
    ehrql(study, "generate-dataset", "count.py", "--output", "count.csv", "--dsn", store)
    return len((study / "count.csv").read_text().splitlines()) - 1


def test_each_condition_is_counted_in_the_order_written_under_the_authors_names(eligible, ehrql, store):
    done = ehrql(
        eligible, "attrition", "eligible.py", "--dsn", store, "--output", "a.csv", "--output", "a.svg"
    )
    assert done.returncode == 0 and done.stdout == "", done.stderr
    with (eligible / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["condition"] for row in rows] == [
        "Everybody in the tables that are read",
        "is adult: age on 2023-03-31 ≥ 18",
        "registered: has practice_registrations with start_date ≤ 2023-03-31 and (end_date ≥ 2023-03-31 or end_date "
        "is missing)",
        "women: sex = “female”",
        "not (number of rows of clinical_events > 1000000)",
        "sex = “male”",
    ]
    conditions = ["is_adult", "registered", 'patients.sex == "female"']
    for upto, row in enumerate(rows[:4]):
        exact = counts_of(eligible, ehrql, store, conditions[:upto])
        assert int(row["remaining"]) == Rounding().of(exact)
    assert rows[5]["remaining"] == "0"
    numbers = [int(row["remaining"]) for row in rows]
    assert [int(row["removed"]) for row in rows[1:]] == [a - b for a, b in pairwise(numbers)]


def test_the_table_is_printed_without_an_output_and_both_commands_agree(
    eligible, ehrql, store, capfd, monkeypatch
):
    printed = ehrql(eligible, "attrition", "eligible.py", "--dsn", store).stdout
    monkeypatch.chdir(eligible)
    assert armslength(["attrition", "eligible.py", "--dsn", str(store)]) == 0
    assert capfd.readouterr().out == printed
    assert "Numbers up to 7 are hidden" in printed


def test_small_numbers_are_hidden_and_nothing_shows_them_by_subtraction():
    assert [Rounding().of(n) for n in (0, 1, 7, 8, 12, 13, 1002)] == [0, None, None, 10, 10, 15, 1000]
    stages = (
        Stage(name=None, meaning="all", remaining=20, removed=None),
        Stage(name="few", meaning="x > 1", remaining=None, removed=None),
    )
    told = as_text(Attrition(stages=stages, rounding=Rounding()))
    assert "hidden   hidden  few: x > 1" in told


def test_the_flow_chart_is_a_drawing_that_can_be_read_aloud():
    stages = (
        Stage(name=None, meaning="all", remaining=1000, removed=None),
        Stage(name="adults", meaning="age < 18 & <script>", remaining=None, removed=None),
        Stage(name=None, meaning="a very long condition " * 20, remaining=0, removed=None),
    )
    drawing = flow_chart(Attrition(stages=stages, rounding=Rounding()), title="A <study>")
    tree = ET.fromstring(drawing)
    texts = ["".join(each.itertext()) for each in tree.iter() if each.tag.endswith("text")]
    assert {"1,000", "hidden", "Adults", "In the study", "A <study>"} <= set(texts)
    assert all(len(text) < 110 for text in texts)
    assert "1,000 remaining" in drawing
    height = float(tree.attrib["height"])
    boxes = [each for each in tree.iter() if each.tag.endswith("rect") and "rx" in each.attrib]
    assert len(boxes) == 5
    assert all(float(box.attrib["y"]) + float(box.attrib["height"]) < height for box in boxes)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["attrition", "eligible.py", "--dsn", "STORE", "--output", "x.png"], 2, "end it in .svg"),
        (["attrition", "eligible.py"], 2, "no database is named"),
        (["graph-query", "eligible.py", "--output", "x.png"], 2, "end it in .svg or .dot"),
        (["graph-query", "eligible.py"], 2, "--output"),
    ],
)
def test_mistakes_are_told(eligible, ehrql, store, words, status, said):
    done = ehrql(eligible, *(store if word == "STORE" else word for word in words))
    assert done.returncode == status and said in done.stderr


def test_what_a_query_costs_is_said_in_words(eligible, capsys, monkeypatch):
    monkeypatch.chdir(eligible)
    assert armslength(["explain", "eligible.py"]) == 0
    told = capsys.readouterr().out
    assert re.match(r"4 variables, 0 event tables, 3 tables, \d+ operations", told)
    assert "core.patients: joined, one row for each patient" in told
    assert "for the population: count (1); rows of everybody" in told
    assert "episodes compare neighbouring rows" in told
    for rewrite in ("share_scans", "tag_codelists", "restrict_to_population"):
        assert f"  {rewrite}: " in told
    assert armslength(["explain", "eligible.py", "--sql"]) == 0
    assert "SELECT" in capsys.readouterr().out


def test_the_graph_has_every_table_and_every_variable(eligible, ehrql, monkeypatch):
    assert ehrql(eligible, "graph-query", "eligible.py", "--output", "g.svg").returncode == 0
    tree = ET.parse(eligible / "g.svg").getroot()
    titles = {each.text for each in tree.iter() if each.tag.endswith("title")}
    assert {
        "patients core",
        "population",
        "women",
        "last",
        "last row",
        "numeric_value column",
        "≥ 18",
    } <= titles
    monkeypatch.chdir(eligible)
    assert armslength(["graph", "eligible.py", "--output", "g.dot"]) == 0
    dot = (eligible / "g.dot").read_text()
    assert dot.startswith("digraph query {") and dot.rstrip().endswith("}")
    edges = re.findall(r"n(\d+) -> n(\d+)", dot)
    assert edges and all(int(a) < int(b) for a, b in edges)


def test_every_operation_has_words(eligible, monkeypatch):
    monkeypatch.chdir(eligible)
    program = (
        "from ehrql import *\nfrom ehrql.tables.core import clinical_events as e, patients as p, medications as m\n"
        "from ehrql.tables.tpp import apcs\n"
        "d = p.date_of_birth\nn = e.count_for_patient()\ndataset = create_dataset()\n"
        "last = e.sort_by(e.date).last_for_patient()\n"
        "dataset.define_population(p.exists_for_patient() & d.is_not_null() & ~e.exists_for_patient() & "
        "(p.sex.is_not_in(['a', 'b'])) & (maximum_of(n, n + 1, -n) > 1) & (d + days(n) > d + months(1)) & "
        "(d.year + d.month > 3) & (d.to_first_of_month() < d.to_first_of_year()) & last.date.is_in(m.date) & "
        "(e.numeric_value.mean_for_patient() / 2.0 > 1.0) & (e.date.count_episodes_for_patient(days(3)) // 2 == 1) & "
        "((p.date_of_death - d).months > (p.date_of_death - d).days) & (case(when(n > 1).then(1), otherwise=0) == 1) & "
        "apcs.sort_by(apcs.admission_date).first_for_patient().all_diagnoses.contains('A01') & "
        "((n > 3) | (n < 1)) & (n.as_float() ** 2 > 1.0) & (n - 1 != n * 2))\n"
    )
    (eligible / "w.py").write_text(program)
    population = load(eligible / "w.py", say=lambda text: None).require_dataset().population
    told = [in_words(each) for each in conjuncts(population)]
    assert len(told) == 17
    for words in told:
        assert not re.search(r"[a-z][A-Z]|Node|None", words), words
    assert "has no clinical_events" in told
    assert (
        "(number of rows of clinical_events > 3) or (number of rows of clinical_events < 1)" in told
        or any(" or " in words for words in told)
    )


def test_a_chart_of_a_real_run_is_well_formed(eligible, store):
    line = [
        sys.executable,
        "-m",
        "armslength",
        "attrition",
        "eligible.py",
        "--dsn",
        str(store),
        "--output",
        "c.svg",
    ]
    subprocess.run(line, cwd=eligible, check=True, capture_output=True)
    assert ET.parse(eligible / "c.svg").getroot().tag.endswith("svg")
