"""The small print of the `ehrql` command: what older runners and project files rely on."""

from __future__ import annotations

BOTH = """\
from ehrql import create_dataset, create_measures, years
from ehrql.tables.core import patients
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
dataset.sex = patients.sex
dataset.configure_dummy_data(population_size=7)
measures = create_measures()
measures.define_measure(
    "women",
    numerator=patients.sex == "female",
    denominator=patients.exists_for_patient(),
    intervals=years(1).starting_on("2020-01-01"),
)
measures.configure_dummy_data(population_size=23)
"""


def test_a_file_with_a_dataset_and_measures_keeps_what_each_says_of_invented_data(ehrql, study):
    (study / "both.py").write_text(BOTH)
    dataset = ehrql(study, "generate-dataset", "both.py")
    assert len(dataset.stdout.splitlines()) == 1 + 7
    assert "invented 23 patients" in ehrql(study, "generate-measures", "both.py").stderr
    assert "invented 23 patients" in ehrql(study, "create-dummy-tables", "both.py").stderr
