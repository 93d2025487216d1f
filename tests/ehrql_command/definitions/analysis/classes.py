from collections.abc import Callable
from dataclasses import dataclass, field

from ehrql import create_dataset
from ehrql.tables.core import clinical_events, patients


@dataclass
class Variable:
    name: str
    codes: list = field(default_factory=list)
    summarise: Callable = lambda events: events.exists_for_patient()


VARIABLES = [
    Variable("diabetes", ["44054006", "46635009"]),
    Variable("readings", ["73211009"], lambda events: events.count_for_patient()),
    Variable(
        "latest", ["73211009"], lambda events: events.sort_by(events.date).last_for_patient().numeric_value
    ),
]


class StudyDefinition:
    def __init__(self):
        self.dataset = create_dataset()

    def build(self):
        self.dataset.define_population(patients.exists_for_patient())
        for variable in VARIABLES:
            rows = clinical_events.where(clinical_events.snomedct_code.is_in(variable.codes))
            self.dataset.add_column(variable.name, variable.summarise(rows))
        return self.dataset


if True:
    dataset = StudyDefinition().build()
