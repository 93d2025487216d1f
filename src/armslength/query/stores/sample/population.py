"""POPULATION: make the sample, chunk by chunk, into a store."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa

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
BYTES_A_PATIENT = 700  # on disk; measured 610

Drawn = list[tuple[str, pa.RecordBatch]]


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
    the number of people done. Takes some 250 MB of memory, however many people. Raises Mistake D060 to
    D062 for numbers that make no population, D063 where the disk has no room for it, and those of StoreWriter.
    """
    _check(patients=patients, seed=seed, end_date=end_date)
    _require_room(path, patients=patients)
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
        for number, chunk in enumerate(
            _chunks(seed=seed, patients=patients, end=day_number(end_date)), start=1
        ):
            for table, batch in chunk:
                writer.write(table, batch)
            progress(min(number * CHUNK, patients))
    return read_store(path)


def _chunks(*, seed: int, patients: int, end: int) -> Iterator[Drawn]:
    """Yield every chunk in order. Other threads draw the next few while one is written."""

    def drawn(chunk: int) -> Drawn:
        return list(draw_chunk(chunk, seed=seed, patients=patients, end=end))

    ahead = len(os.sched_getaffinity(0))
    waiting: deque[Future[Drawn]] = deque()
    with ThreadPoolExecutor(ahead, thread_name_prefix="sample") as pool:
        try:
            for chunk in range(-(-patients // CHUNK)):
                waiting.append(pool.submit(drawn, chunk))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _require_room(path: Path, *, patients: int) -> None:
    """Refuse before an hour of work what the disk cannot hold."""
    place = next((each for each in path.absolute().parents if each.is_dir()), Path("/"))
    needed, free = patients * BYTES_A_PATIENT, shutil.disk_usage(place).free
    if needed > free:
        what = f"{patients:,} people need about {needed / 1e9:,.1f} GB; {free / 1e9:,.1f} GB are free"
        hint = "free some space, choose another place, or fewer people"
        raise Mistake("D063", what, where=str(place), hint=hint)


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
