"""Everything the analysts keep in configuration: dataclasses, named tuples, JSON, csv, string formatting."""

import csv
import json
import sys
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import product
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

sys.path.append(str(Path(__file__).parent))
from ehrql import (
    case,
    codelist_from_csv,
    create_dataset,
    days,
    get_parameter,
    maximum_of,
    minimum_of,
    when,
    years,
)
from ehrql.tables import core
from ehrql.tables.tpp import clinical_events, medications, patients, practice_registrations


@dataclass(frozen=True)
class Condition:
    name: str
    file: str
    column: str = "code"
    lookback: Optional[int] = None

    @property
    def codes(self) -> List[str]:
        return codelist_from_csv(Path("codelists") / self.file, column=self.column)


class Outcome(NamedTuple):
    name: str
    codes: list


class Sex(str, Enum):
    FEMALE = "female"
    MALE = "male"


conditions = [
    Condition("af", "af-snomed.csv"),
    Condition("liver", "liver-snomed.csv", lookback=5),
    Condition("neuro", "neuro-snomed.csv", lookback=10),
    Condition("heart_failure", "heart-failure-snomed.csv"),
]
with open("codelists/cambridge-multimorbidity.csv") as f:
    multimorbidity: Dict[str, list] = defaultdict(list)
    for row in csv.DictReader(f):
        multimorbidity[row["condition"]].append(row["code"])
dates = json.loads((Path("analysis") / "study-dates.json").read_text())
index = datetime.strptime(dates["campaign_start"], "%Y-%m-%d").date()
windows = OrderedDict(
    (f"w{n}", (index + timedelta(days=7 * n), index + timedelta(days=7 * n + 6))) for n in range(4)
)

dataset = create_dataset()
registered = practice_registrations.for_patient_on(index)
dataset.define_population(
    registered.exists_for_patient()
    & (patients.sex == Sex.FEMALE.value).__or__(patients.sex == Sex.MALE.value)
    & core.patients.date_of_birth.is_on_or_before(index - years(16))
)
dataset.configure_dummy_data(population_size=20)
dataset.configure_dummy_data(population_size=25, timeout=30)
for c in conditions:
    rows = clinical_events.where(clinical_events.snomedct_code.is_in(c.codes)).where(
        clinical_events.date < index
    )
    if c.lookback is not None:
        rows = rows.where(rows.date >= index - years(c.lookback))
    dataset.add_column(c.name, rows.exists_for_patient())
    dataset.add_column(f"{c.name}_date", rows.date.maximum_for_patient())
counts = []
for name, codes in sorted(multimorbidity.items()):
    found = clinical_events.where(clinical_events.snomedct_code.is_in(set(codes))).exists_for_patient()
    counts.append(found.as_int())
    setattr(dataset, "mm_{}".format(name), found)
dataset.multimorbidity = sum(counts[1:], counts[0])
dataset.mm_cat = when(dataset.multimorbidity >= 2).then("2+").otherwise("0-1")
for (w, (a, b)), kind in product(windows.items(), ["gp", "rx"]):
    frame = {"gp": clinical_events, "rx": medications}[kind]
    setattr(dataset, f"{kind}_{w}", frame.where(frame.date.is_on_or_between(a, b)).count_for_patient())
all_dates = [getattr(dataset, f"{c.name}_date") for c in conditions]
dataset.first_any = minimum_of(*all_dates)
dataset.last_any = maximum_of(*all_dates, "1900-01-01")
dataset.season = case(
    *[
        when(dataset.first_any.month.is_in(m)).then(s)
        for s, m in {
            "winter": [12, 1, 2],
            "spring": [3, 4, 5],
            "summer": [6, 7, 8],
            "autumn": [9, 10, 11],
        }.items()
    ],
    otherwise=None,
)
has = hasattr(dataset, "af") and not hasattr(dataset, "nothing")
assert has
