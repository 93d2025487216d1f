# ruff: noqa: E501, RUF001 (files stand here as people write them)
"""Pipeline files as published studies write them: every one that is accepted elsewhere must read here."""

from __future__ import annotations

import pytest

from armslength.kernel.errors import Mistakes
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.reading import read_pipeline

HEADER_3 = "version: '3.0'\n\nexpectations:\n  population_size: 1000\n\nactions:\n"
COHORT = """
  generate_study_population:
    run: cohortextractor:latest generate_cohort --study-definition study_definition --output-format feather
    outputs:
      highly_sensitive:
        cohort: output/input.feather
"""
DATASET = """
  generate_dataset:
    run: ehrql:v1 generate-dataset analysis/dataset_definition.py --output output/dataset.csv.gz
    outputs:
      highly_sensitive:
        dataset: output/dataset.csv.gz
"""
R = """
  model:
    run: r:latest analysis/model.R
    needs: [generate_study_population]
    outputs:
      moderately_sensitive:
        model: output/models/*.csv
        figure: output/figures/km_*.svg
"""
WRITTEN = {
    "version as a number": "version: 3\nexpectations:\n  population_size: 1000\nactions:\n" + COHORT,
    "version as a decimal": "version: 3.0\nexpectations: {population_size: 10000}\nactions:\n" + COHORT,
    "version one": "version: '1.0'\nactions:\n" + COHORT,
    "version one with leftovers": "version: 1.0\nexpectations: {population_size: 5, other: x}\nactions:" + COHORT,
    "version two": 'version: "2.0"\nactions:' + COHORT,
    "version four": "version: 4\nactions:" + DATASET,
    "version with more zeros": "version: 5.00\nactions:" + DATASET,
    "population with underscores": HEADER_3.replace("1000", "1_000") + COHORT,
    "population in quotes": HEADER_3.replace("1000", "'1000'") + COHORT,
    "two actions": HEADER_3 + COHORT + R,
    "folded run": "version: '4.0'\nactions:\n  g:\n    run: >\n      ehrql:v1 generate-dataset analysis/d.py\n      --output output/d.arrow\n"
    "      --dummy-data-file analysis/dummy.arrow\n    outputs:\n      highly_sensitive:\n        d: output/d.arrow\n",
    "folded run without the last line end": "version: '4.0'\nactions:\n  g:\n    run: >-\n      r:v2\n      analysis/a.R\n      --n 3\n"
    "    outputs: {moderately_sensitive: {a: output/a.csv}}\n",
    "literal run": "version: '4.0'\nactions:\n  g:\n    run: |\n      python:v2 python analysis/a.py\n"
    "        --start 2020-01-01\n    outputs: {moderately_sensitive: {a: output/a.csv}}\n",
    "run in quotes": "version: '4.0'\nactions:\n  g:\n    run: 'r:v2 analysis/a.R \"two words\"'\n"
    "    outputs: {moderately_sensitive: {a: output/a.csv}}\n",
    "comments everywhere": "# study\nversion: '5.0' # newest\n\nactions: # all\n\n  # ------\n  a: # one\n    run: r:v2 a.R # script\n"
    "    outputs: # files\n      # none yet\n      moderately_sensitive: # level\n        t: output/t.csv # table\n",
    "anchors": "version: '5.0'\nactions:\n  a:\n    run: r:v2 a.R\n    needs: &n []\n    outputs: {moderately_sensitive: {t: output/t.csv}}\n"
    "  b:\n    run: r:v2 b.R\n    needs: *n\n    config: &c {n: 1}\n    outputs: {moderately_sensitive: {t: output/u.csv}}\n"
    "  c:\n    run: r:v2 c.R\n    config: {<<: *c, m: 2}\n    outputs: {moderately_sensitive: {t: output/v.csv}}\n",
    "needs over lines": "version: '5.0'\nactions:" + DATASET + "  a:\n    run: r:v2 a.R\n    needs:\n    - generate_dataset\n"
    "    outputs: {moderately_sensitive: {t: output/t.csv}}\n",
    "needs in brackets over lines": "version: '5.0'\nactions:" + DATASET + "  a:\n    run: r:v2 a.R\n    needs: [\n      generate_dataset,\n"
    "    ]\n    outputs: {moderately_sensitive: {t: output/t.csv}}\n",
    "needs twice": "version: '5.0'\nactions:" + DATASET + "  a:\n    run: r:v2 a.R\n    needs: [generate_dataset, generate_dataset]\n"
    "    outputs: {moderately_sensitive: {t: output/t.csv}}\n",
    "needs nothing": "version: '5.0'\nactions:\n  a:\n    run: r:v2 a.R\n    needs:\n    config:\n    dummy_data_file:\n"
    "    outputs: {moderately_sensitive: {t: output/t.csv}}\n",
    "reusable actions": "version: '3.0'\nexpectations: {population_size: 1}\nactions:" + COHORT + """
  charts:
    run: deciles-charts:v0.0.33 --input-files output/measure_*.csv --output-dir output
    config:
      show_outer_percentiles: false
      tables: {output: true}
      charts: {output: true}
    needs: [generate_study_population]
    outputs:
      moderately_sensitive:
        charts: output/deciles_chart_*.png
        tables: output/deciles_table_*.csv
  cox:
    run: cox-ipw:v0.0.37 --df_input=output/input.feather --ipw=TRUE --exposure='exp_date' --strata='cov_cat_region'
    needs: [generate_study_population]
    outputs:
      moderately_sensitive:
        m: output/model_output.csv
""",
    "stata": HEADER_3 + COHORT + """
  models:
    run: stata-mp:latest analysis/models.do "one two" 3
    needs: [generate_study_population]
    outputs:
      moderately_sensitive:
        log: logs/models.log
        txt: output/*.txt
      highly_sensitive:
        data: output/*.dta
""",
    "jupyter": HEADER_3 + COHORT + """
  notebook:
    run: jupyter:latest jupyter nbconvert /workspace/notebooks/a.ipynb --execute --to html --output-dir=/workspace/output --ExecutePreprocessor.timeout=86400
    needs: [generate_study_population]
    outputs:
      moderately_sensitive:
        notebook: output/a.html
""",
    "sqlrunner": "version: '4.0'\nactions:\n  q:\n    run: sqlrunner:v1 analysis/q.sql --output output/q.csv\n"
    "    outputs: {moderately_sensitive: {q: output/q.csv}}\n",
    "measures": "version: '4.0'\nactions:\n  m:\n    run: ehrql:v1 generate-measures analysis/measures.py --output output/m.csv -- --start-date 2020-01-01\n"
    "    outputs: {moderately_sensitive: {m: output/m.csv}}\n",
    "measures with dummy data": "version: '4.0'\nactions:\n  m:\n    run: ehrql:v0 generate-measures analysis/m.py --dummy-tables dummy --output output/m.arrow\n"
    "    outputs: {highly_sensitive: {m: output/m.arrow}}\n",
    "old measures": HEADER_3 + COHORT + """
  measures:
    run: cohortextractor:latest generate_measures --study-definition study_definition --output-dir=output/measures
    needs: [generate_study_population]
    outputs:
      moderately_sensitive:
        measure: output/measures/measure_*.csv
""",
    "index dates": HEADER_3 + """
  cohorts:
    run: cohortextractor:latest generate_cohort --study-definition study_definition --index-date-range "2019-01-01 to 2022-01-01 by month" --output-dir=output --output-format=csv.gz
    outputs:
      highly_sensitive:
        cohorts: output/input_*.csv.gz
""",
    "dummy data file": HEADER_3 + """
  cohort:
    run: cohortextractor:latest generate_cohort --study-definition study_definition
    dummy_data_file: test-data/dummy.csv
    outputs:
      highly_sensitive:
        cohort: output/input.csv
""",
    "codelist report": HEADER_3 + """
  report:
    run: cohortextractor:latest generate_codelist_report --codelist-path=codelists/a.csv --output-dir=output
    outputs:
      moderately_sensitive:
        r: output/counts_per_code.csv
""",
    "databuilder": "version: '3.0'\nexpectations: {population_size: 1000}\nactions:\n  g:\n"
    "    run: databuilder:v0 generate-dataset analysis/d.py --output output/d.csv\n    outputs: {highly_sensitive: {d: output/d.csv}}\n",
    "folder of tables": "version: '5.0'\nactions:\n  g:\n    run: ehrql:v1 generate-dataset analysis/d.py --output output/:csv.gz\n"
    "    outputs: {highly_sensitive: {p: output/patients.csv.gz, e: output/events.csv.gz}}\n",
    "named folder of tables": "version: '5.0'\nactions:\n  g:\n    run: ehrql:v1 generate-dataset analysis/d.py --output output/all:arrow\n"
    "    outputs: {highly_sensitive: {p: output/all/*.arrow}}\n",
    "output first": "version: '5.0'\nactions:\n  g:\n    run: ehrql:v1 generate-dataset --output=output/d.csv analysis/d.py -- --output x.csv\n"
    "    outputs: {highly_sensitive: {p: output/d.csv}}\n",
    "minimally sensitive": "version: '4.0'\nactions:\n  g:\n    run: r:v2 a.R\n    outputs: {minimally_sensitive: {a: output/a.zip}}\n",
    "an empty level": "version: '4.0'\nactions:\n  g:\n    run: r:v2 a.R\n    outputs:\n      highly_sensitive:\n      moderately_sensitive: {a: output/a.md}\n",
    "user-made run_all": "version: '3.0'\nexpectations: {population_size: 1}\nactions:" + COHORT
    + "  run_all:\n    needs: [generate_study_population]\n    run: cohortextractor:latest --version\n    outputs:\n      moderately_sensitive:\n        w: project.yaml\n",
    "overlapping globs": "version: '4.0'\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {moderately_sensitive: {a: output/*.csv}}\n"
    "  b:\n    run: r:v2 b.R\n    outputs: {moderately_sensitive: {a: output/table*.csv}, highly_sensitive: {b: output/table1*.csv}}\n",
    "same command with another blank": "version: '4.0'\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {moderately_sensitive: {a: o/a.csv}}\n"
    "  b:\n    run: r:v2  a.R\n    outputs: {moderately_sensitive: {a: o/b.csv}}\n",
    "same command with another config": "version: '4.0'\nactions:\n  a:\n    run: matching:v0.0.1\n    config: {n: 1}\n"
    "    outputs: {moderately_sensitive: {a: o/a.csv}}\n  b:\n    run: matching:v0.0.1\n    config: {n: 2}\n    outputs: {moderately_sensitive: {a: o/b.csv}}\n",
    "tabs after values": "version: '4.0'\t\nactions:\n  a:\t\n    run: r:v2 a.R\t# model\n    outputs:\t\n      moderately_sensitive:\n        a: o/a.csv\t\n",
    "carriage returns": ("version: '4.0'\nactions:" + DATASET).replace("\n", "\r\n"),
    "a byte order mark": "\ufeffversion: '4.0'\nactions:" + DATASET,
    "a document mark": "---\nversion: '4.0'\nactions:" + DATASET + "...\n",
    "names with dots and dashes": "version: '4.0'\nactions:\n  1_a.b-C:\n    run: python:v2 a.py\n    outputs: {moderately_sensitive: {a: o/a.html}}\n",
    "numbers as names": "version: '4.0'\nactions:\n  2020:\n    run: python:v2 a.py\n    outputs: {moderately_sensitive: {2020: o/a.html}}\n"
    "  b:\n    needs: [2020]\n    run: python:v2 b.py\n    outputs: {moderately_sensitive: {2020: o/b.html}}\n",
    "spaces in paths": "version: '4.0'\nactions:\n  a:\n    run: python:v2 'my script.py'\n    outputs: {moderately_sensitive: {a: 'my outputs/a (1) & b.html'}}\n",
    "outputs at the top": "version: '4.0'\nactions:\n  a:\n    run: python:v2 a.py\n    outputs: {moderately_sensitive: {a: '*.png', b: released.svgz}}\n",
    "pre-release and dev": "version: '4.0'\nactions:\n  a:\n    run: python:v2.1-pre a.py\n    outputs: {highly_sensitive: {a: a.rds}}\n"
    "  b:\n    run: r:dev a.R\n    outputs: {highly_sensitive: {a: b.rds}}\n",
    "Unicode in comments and config": "version: '4.0'\nactions:\n  a:\n    # naïve – “quotes”\n    run: python:v2 a.py\n    config: {title: 'Übersicht ☂'}\n"
    "    outputs: {highly_sensitive: {a: a.rds}}\n",
    "no actions": "version: '5.0'\nactions: {}\n",
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_file_as_studies_write_it_is_read(text: str) -> None:
    try:
        read_pipeline(text.encode())
    except Mistakes as mistakes:
        pytest.fail(str(mistakes))


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        ("ehrql:v1 generate-measures m.py --output output/a.csv", ActionKind.QUERY),
        ("ehrql:v1 assure a.py", ActionKind.QUERY_TOOL),
        ("sqlrunner:v1 a.sql", ActionKind.RAW_SQL),
        ("cohortextractor:latest generate_measures", ActionKind.COHORT_EXTRACTOR),
        ("stata-mp:latest a.do", ActionKind.ANALYSIS),
        ("r:v2 a.R", ActionKind.ANALYSIS),
        ("cohort-joiner:v0.0.7 --lhs a", ActionKind.REUSABLE),
    ],
)
def test_the_kind_of_an_action_follows_from_its_command(run: str, kind: ActionKind) -> None:
    text = f"version: 1\nactions:\n  a:\n    run: {run}\n    outputs: {{moderately_sensitive: {{a: output/a.csv}}}}\n"
    assert kind_of(read_pipeline(text).actions["a"].command) is kind
