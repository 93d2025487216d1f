"""POPULATION: make the sample, chunk by chunk, into a store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.query.formats.store import Store, StoreWriter, read_store
from armslength.query.stores.sample.chance import day_number
from armslength.query.stores.sample.records import CHUNK
from armslength.query.stores.sample.tables import SCHEMAS, SORTED_BY, draw_chunk

# Raise it whenever the same seed begins to give other people.
RECIPE = 1
END_DATE = date(2026, 1, 1)
EARLIEST_END, LATEST_END = date(2013, 1, 1), date(2060, 1, 1)
MOST_PATIENTS = 100_000_000


def make_sample(
    path: Path,
    *,
    patients: int,
    seed: int,
    end_date: date = END_DATE,
    replace: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Store:
    """Write a store of made-up people and return it.

    The same `patients`, `seed` and `end_date` give the same bytes, on any day and under any load; a
    smaller store of the same seed holds the first people of a larger one. `progress` is called with
    the number of people done. Raises Mistake D060 to D062 for numbers that make no population, and
    those of StoreWriter.
    """
    _check(patients=patients, seed=seed, end_date=end_date)
    made_from = {
        "maker": "sample",
        "recipe": RECIPE,
        "patients": patients,
        "seed": seed,
        "end_date": end_date.isoformat(),
    }
    with StoreWriter(path, kind="core", created_from=made_from, replace=replace) as writer:
        for name, schema in SCHEMAS.items():
            writer.add_table(name, schema=schema, patient_id="patient_id", sorted_by=SORTED_BY[name])
        for chunk in range(-(-patients // CHUNK)):
            for table, batch in draw_chunk(chunk, seed=seed, patients=patients, end=day_number(end_date)):
                writer.write(table, batch)
            progress(min((chunk + 1) * CHUNK, patients))
    return read_store(path)


def _check(*, patients: int, seed: int, end_date: date) -> None:
    if not 1 <= patients <= MOST_PATIENTS:
        what = f"a sample cannot have {patients} patients"
        raise Mistake(
            "D060", what, where="--patients", hint=f"choose from 1 to {MOST_PATIENTS:,}", exit_status=2
        )
    if not 0 <= seed < 2**63:
        raise Mistake(
            "D061",
            f"{seed} is not a seed",
            where="--seed",
            hint="choose a whole number from 0",
            exit_status=2,
        )
    if not EARLIEST_END <= end_date <= LATEST_END:
        hint = f"choose a day from {EARLIEST_END} to {LATEST_END}"
        raise Mistake(
            "D062", f"a sample cannot end on {end_date}", where="--end-date", hint=hint, exit_status=2
        )
