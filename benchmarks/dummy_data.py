"""How long it takes to invent patients: studies of growing size, and what share of their branches is shown.

    python benchmarks/dummy_data.py [--patients 1000]

The study has a population with seven conditions, and for every three variables a codelist of 500 codes with a last
date, a banded value and a count. The figure to beat: 1,000 patients of a study with 100 variables in under 10 seconds.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

from ehrql import case, create_dataset, when
from ehrql.tables.core import clinical_events, patients, practice_registrations

from armslength.query.dummy.ordering import invent_for_dataset
from armslength.query.language.dataset import query_of
from armslength.query.language.dummy_data import DummyDataConfig
from armslength.query.model import nodes as n

INDEX = "2021-12-08"
CODES = 500
MEBIBYTE = 1 << 10  # ru_maxrss counts in KiB


def codes(group: int) -> list[str]:
    """A codelist."""
    return [str(100_000_000 + group * 1_000_000 + number) for number in range(CODES)]


def study(variables: int) -> n.Dataset:
    """A dataset with about so many variables."""
    dataset = create_dataset()
    age = patients.age_on(INDEX)
    coded = [clinical_events.where(clinical_events.snomedct_code.is_in(codes(group))) for group in (0, 1)]
    dataset.define_population(
        (age >= 16)
        & (age <= 110)
        & practice_registrations.for_patient_on(INDEX).exists_for_patient()
        & patients.sex.is_in(["male", "female"])
        & patients.is_alive_on(INDEX)
        & coded[0].where(clinical_events.date.is_on_or_between("2021-01-01", INDEX)).exists_for_patient()
        & ~coded[1].exists_for_patient()
    )
    dataset.age = age
    for group in range(2, 2 + (variables - 1) // 3):
        add_group(dataset, group)
    return query_of(dataset)


def add_group(dataset: Any, group: int) -> None:
    """Three variables of one codelist."""
    events = clinical_events.where(clinical_events.snomedct_code.is_in(codes(group)))
    last = events.where(events.date.is_on_or_before(INDEX)).sort_by(events.date).last_for_patient()
    value = last.numeric_value
    band = case(when(value >= 30).then("high"), when(value >= 25).then("raised"), otherwise="usual")
    recent = events.where(events.date.is_on_or_between("2020-12-08", INDEX))
    dataset.add_column(f"date_{group}", last.date)
    dataset.add_column(f"band_{group}", band)
    dataset.add_column(f"often_{group}", recent.count_for_patient() >= 2)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--patients", type=int, default=1000)
    size = parser.parse_args().patients
    print("variables   nodes  patients  seconds  shown      MiB")
    for variables in (10, 44, 100, 300):
        dataset = study(variables)
        began = time.perf_counter()
        invented = invent_for_dataset(dataset, DummyDataConfig(population_size=size))
        seconds = time.perf_counter() - began
        nodes = sum(1 for _ in n.walk(dataset))
        shown = f"{invented.coverage.shown}/{len(invented.coverage.findings)}"
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBIBYTE
        found = len(invented.patients)
        print(
            f"{len(dataset.variables):>9}  {nodes:>6}  {found:>8}  {seconds:>7.1f}  {shown:<9}  {memory:>4}"
        )


if __name__ == "__main__":
    main()
