"""What an editor knows: the type of every column and answer, also in sorted and picked rows; and what is misspelt."""

from __future__ import annotations

from pathlib import Path

from ehrql.tables import core
from mypy import api

from armslength.query.api.table_stubs import table_stubs

EXPRESSIONS = {
    "patients.date_of_birth": "DatePatientSeries",
    'patients.age_on("2020-01-01")': "IntPatientSeries",
    'patients.age_on("2020-01-01") >= 18': "BoolSeries",
    'patients.sex.is_in(["female"])': "BoolSeries",
    "clinical_events.date": "DateEventSeries",
    "clinical_events.where(clinical_events.numeric_value > 3).date": "DateEventSeries",
    "clinical_events.numeric_value.mean_for_patient()": "FloatPatientSeries",
    "clinical_events.date.maximum_for_patient()": "DatePatientSeries",
    "clinical_events.count_for_patient()": "IntPatientSeries",
    "last.exists_for_patient()": "BoolPatientSeries",
    "last.date": "DatePatientSeries",
    "last.numeric_value": "FloatPatientSeries",
    "last.snomedct_code": "CodePatientSeries",
    "last.date + days(3)": "DateSeries",
    "(last.date - patients.date_of_birth).years": "IntSeries",
    'practice_registrations.for_patient_on("2020-01-01").practice_pseudo_id': "IntPatientSeries",
    'practice_registrations.exists_for_patient_on("2020-01-01")': "BoolPatientSeries",
    'addresses.for_patient_on("2020-01-01").imd_quintile': "StrPatientSeries",
    'case(when(last.exists_for_patient()).then("a"), otherwise="b")': "StrSeries",
    "case(when(last.exists_for_patient()).then(1), otherwise=0)": "IntSeries",
    "when(last.exists_for_patient()).then(last.date).otherwise(None)": "DatePatientSeries",
    "maximum_of(last.date, patients.date_of_birth)": "DatePatientSeries",
    "beta.sex": "StrPatientSeries",
}
STUDY = """
from ehrql import case, days, maximum_of, when
from ehrql.tables.beta.core import patients as beta
from ehrql.tables.core import clinical_events, patients, practice_registrations
from ehrql.tables.tpp import addresses

last = clinical_events.where(clinical_events.numeric_value > 3).sort_by(clinical_events.date).last_for_patient()
"""
SLIPS = ("last.numeric_valu", "patients.date_of_brith", "clinical_events.cod", "patients.sex.yeer")


def test_types_are_known_and_slips_are_found(tmp_path: Path) -> None:
    told = [f"reveal_type({written})" for written in EXPRESSIONS]
    study = tmp_path / "dataset_definition.py"
    study.write_text("\n".join([STUDY, *told, *SLIPS]))
    printed, _, _ = api.run([str(study), "--cache-dir", str(tmp_path / "cache"), "--follow-imports=silent"])
    notes = [
        line.split('"')[1].rpartition(".")[2] for line in printed.splitlines() if "Revealed type" in line
    ]
    assert dict(zip(EXPRESSIONS, notes, strict=True)) == EXPRESSIONS
    found = [
        line.split(' has no attribute "')[1].split('"')[0]
        for line in printed.splitlines()
        if "attr-defined" in line
    ]
    assert found == [slip.rpartition(".")[2] for slip in SLIPS]


def test_every_table_has_a_stub_with_all_its_columns() -> None:
    stub = table_stubs()["core.pyi"]
    for name in core.__all__:
        assert f"\n{name}: _{name}\n" in stub
        for column in getattr(core, name)._columns:
            assert f"    def {column}(self) -> s." in stub
