"""How long a study waits before its query starts: imports, loading in the jail, compiling.

    python benchmarks/load_and_compile.py [--variables 300] [--codelists 60] [--codes 200] [--rounds 5]

The study is generated: variables of every usual kind over tables of `tpp`, codelists from CSV files. Times are the
best of some rounds; `processor` is what the work itself took, whatever else the machine was doing.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

KINDS = (
    "{events}.exists_for_patient()",
    "{events}.count_for_patient()",
    "{events}.sort_by({events}.date).last_for_patient().date",
    "{events}.sort_by({events}.date).first_for_patient().numeric_value",
    "{events}.numeric_value.mean_for_patient()",
    "{events}.where({events}.date.is_on_or_before(index - months({number}))).exists_for_patient()",
    "case(when({events}.count_for_patient() > {number}).then('many'), otherwise='few')",
    "(index - {events}.date.minimum_for_patient()).years",
    "minimum_of({events}.date.minimum_for_patient(), patients.date_of_birth + years({number}))",
)


def write_study(folder: Path, *, variables: int, codelists: int, codes: int) -> Path:
    """Write a study of this size and return its definition."""
    (folder / "codelists").mkdir(parents=True)
    lines = [
        "import datetime",
        "from ehrql import *",
        "from ehrql.tables.tpp import clinical_events, patients, practice_registrations",
        "index = datetime.date(2023, 3, 31)",
        "dataset = create_dataset()",
        "dataset.define_population(",
        "    (patients.age_on(index) >= 18) & practice_registrations.for_patient_on(index).exists_for_patient()",
        ")",
    ]
    for number in range(codelists):
        path = folder / "codelists" / f"list_{number}.csv"
        rows = (f"{100_000_000 + number * codes + code},term {code}\n" for code in range(codes))
        path.write_text("code,term\n" + "".join(rows))
        lines.append(f'list_{number} = codelist_from_csv("codelists/list_{number}.csv", column="code")')
        condition = f"clinical_events.snomedct_code.is_in(list_{number})"
        lines.append(f"events_{number} = clinical_events.where({condition})")
    for number in range(variables):
        kind = KINDS[number % len(KINDS)]
        made = kind.format(events=f"events_{number % codelists}", number=number % 20 + 1)
        lines.append(f"dataset.variable_{number} = {made}")
    definition = folder / "dataset_definition.py"
    definition.write_text("\n".join(lines) + "\n")
    return definition


def best(rounds: int, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time (children included), each the best of some rounds."""
    clock, processor = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), used_processor()
        work()
        clock.append(time.perf_counter() - began)
        processor.append(used_processor() - used)
    return min(clock), min(processor)


def used_processor() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def started(*line: str) -> Callable[[], object]:
    """A program run to its end."""
    return lambda: subprocess.run([sys.executable, *line], check=True, capture_output=True)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("variables", 300), ("codelists", 60), ("codes", 200), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    from armslength.query.api.explanations import explain
    from armslength.query.loading.load import load

    with tempfile.TemporaryDirectory() as folder:
        sizes = {name: getattr(wanted, name) for name in ("variables", "codelists", "codes")}
        definition = write_study(Path(folder) / "study", **sizes)
        os.chdir(definition.parent)
        query = load(definition).require_dataset()
        work: dict[str, Callable[[], object]] = {
            "start Python": started("-c", "pass"),
            "start Python, import ehrql": started("-c", "import ehrql"),
            "ehrql --help": started("-m", "ehrql", "--help"),
            "load the definition in its jail": lambda: load(definition),
            "compile the query": lambda: explain(query),
            "load and compile": lambda: explain(load(definition).require_dataset()),
            "ehrql dump-dataset-sql": started("-m", "ehrql", "dump-dataset-sql", definition.name),
        }
        print(f"{wanted.variables} variables, {wanted.codelists} codelists of {wanted.codes} codes")
        print(f"{'':<34}{'clock':>9}{'processor':>12}")
        for name, each in work.items():
            clock, processor = best(wanted.rounds, each)
            print(f"{name:<34}{clock * 1000:>6.0f} ms{processor * 1000:>9.0f} ms")


if __name__ == "__main__":
    main()
