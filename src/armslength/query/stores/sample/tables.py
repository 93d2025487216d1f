"""TABLES: one chunk of the sample as rows of the contract tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from armslength.query.stores.sample.chance import NEVER, YEAR, Days, Flags, generator
from armslength.query.stores.sample.illness import CAUSES, draw_causes, draw_onsets
from armslength.query.stores.sample.people import (
    AREAS,
    HIGHEST_RANK,
    PRACTICES,
    SEXES,
    People,
    areas,
    draw_people,
)
from armslength.query.stores.sample.records import (
    CHUNK,
    EVENT_CODES,
    MEDICINE_CODES,
    NO_VALUE,
    Rows,
    draw_events,
    draw_medicines,
)

REGISTERED_DEATHS_BEGIN = 17_928  # 2019-02-01, as the contract of ons_deaths says
CAUSE_COLUMNS = tuple(f"cause_of_death_{number:02}" for number in range(1, 16))

_TEXT = pa.dictionary(pa.int16(), pa.string())
_ID = ("patient_id", pa.int64())
# Text is drawn as an index into a fixed list of codes and never becomes a Python string.
SCHEMAS: dict[str, pa.Schema] = {
    "patients": pa.schema(
        [_ID, ("date_of_birth", pa.date32()), ("sex", _TEXT), ("date_of_death", pa.date32())]
    ),
    "practice_registrations": pa.schema(
        [_ID, ("start_date", pa.date32()), ("end_date", pa.date32()), ("practice_pseudo_id", pa.int64())]
    ),
    "clinical_events": pa.schema(
        [_ID, ("date", pa.date32()), ("snomedct_code", _TEXT), ("numeric_value", pa.float64())]
    ),
    "medications": pa.schema([_ID, ("date", pa.date32()), ("dmd_code", _TEXT)]),
    "ons_deaths": pa.schema(
        [
            _ID,
            ("date", pa.date32()),
            ("underlying_cause_of_death", _TEXT),
            *((name, _TEXT) for name in CAUSE_COLUMNS),
        ]
    ),
    "addresses": pa.schema(
        [
            _ID,
            ("address_id", pa.int64()),
            ("start_date", pa.date32()),
            ("end_date", pa.date32()),
            ("address_type", pa.int64()),
            ("rural_urban_classification", pa.int64()),
            ("imd_rounded", pa.int64()),
            ("msoa_code", _TEXT),
            ("has_postcode", pa.bool_()),
            ("care_home_is_potential_match", pa.bool_()),
            ("care_home_requires_nursing", pa.bool_()),
            ("care_home_does_not_require_nursing", pa.bool_()),
        ]
    ),
}
SORTED_BY: dict[str, tuple[str, ...]] = {
    "patients": ("patient_id",),
    "practice_registrations": ("patient_id", "start_date"),
    "clinical_events": ("patient_id", "date"),
    "medications": ("patient_id", "date"),
    "ons_deaths": ("patient_id",),
    "addresses": ("patient_id", "address_id"),
}
_MOST_ADDRESSES = 16


def draw_chunk(chunk: int, *, seed: int, patients: int, end: int) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Return the rows of one chunk by table. `patients` cuts the last chunk; it changes nobody in it."""
    chance = generator(seed, chunk)
    first = chunk * CHUNK
    people = draw_people(chance, CHUNK, end=end)
    onsets = draw_onsets(chance, people)
    build = _Builder(first_id=first + 1, count=min(CHUNK, patients - first))
    yield "patients", _patients(build, chance, people)
    yield "practice_registrations", _registrations(build, chance, people, end=end)
    yield "addresses", _addresses(build, chance, people, end=end)
    yield "ons_deaths", _deaths(build, chance, people, onsets)
    yield "clinical_events", _events(build, draw_events(chance, people, onsets))
    yield "medications", _medicines(build, draw_medicines(chance, people, onsets))


class _Builder:
    """Turns rows of the chunk into record batches with patient ids, leaving out those beyond the count."""

    def __init__(self, *, first_id: int, count: int) -> None:
        self.first_id, self.count = first_id, count

    def batch(self, table: str, who: NDArray[np.int64], columns: list[pa.Array]) -> pa.RecordBatch:
        """Build a batch; rows must be sorted by `who`."""
        ids = pa.array(who + self.first_id)
        batch = pa.record_batch([ids, *columns], schema=SCHEMAS[table])
        return batch.slice(0, int(np.searchsorted(who, self.count)))


def _dates(day: NDArray[Any], missing: Flags | None = None) -> pa.Array:
    return pa.array(day.astype(np.int32), mask=missing).view(pa.date32())


def _texts(index: NDArray[Any], values: tuple[str, ...], missing: Flags | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int16), mask=missing), _known(values))


@lru_cache
def _known(values: tuple[str, ...]) -> pa.Array:
    """Return the texts of a column as one array, the same for every batch: nobody compares it again."""
    return pa.array(values)


def _patients(build: _Builder, chance: np.random.Generator, people: People) -> pa.RecordBatch:
    months = people.birth.astype("datetime64[D]").astype("datetime64[M]")
    born = months.astype("datetime64[D]").astype(np.int64)
    # The practice does not hear of every death.
    unknown = (people.death == NEVER) | (chance.random(len(people)) < 0.01)
    columns = [_dates(born), _texts(people.sex, SEXES), _dates(people.death, unknown)]
    return build.batch("patients", np.arange(len(people)), columns)


def _registrations(
    build: _Builder, chance: np.random.Generator, people: People, *, end: int
) -> pa.RecordBatch:
    starts = np.concatenate([people.enters[:, None], people.moves], axis=1)
    stops = np.concatenate([people.moves - 1, people.leaves[:, None]], axis=1)
    stops = np.minimum(stops, people.leaves[:, None])
    after_gap = (starts == people.gap_starts[:, None]) & (starts < NEVER)
    starts = np.where(after_gap, people.gap_ends[:, None], starts)
    popular = np.cumsum(areas().rural[:PRACTICES] % 5 + 1.0)
    practice = np.searchsorted(popular / popular[-1], chance.random(starts.shape)) + 1
    who, nth = np.nonzero((starts <= stops) & (starts < NEVER))
    stop = stops[who, nth]
    still_there = (stop >= end) & (people.death[who] == NEVER)
    columns = [_dates(starts[who, nth]), _dates(stop, still_there), pa.array(practice[who, nth])]
    return build.batch("practice_registrations", who, columns)


def _addresses(build: _Builder, chance: np.random.Generator, people: People, *, end: int) -> pa.RecordBatch:
    count = len(people)
    extra = people.enters[:, None] + (chance.random((count, 2)) * (people.leaves - people.enters)[:, None])
    extra = np.where(chance.random((count, 2)) < 0.22, extra + 1, NEVER)
    starts = np.sort(np.concatenate([people.enters[:, None], people.moves, extra], axis=1), axis=1).astype(
        np.int32
    )
    stops = np.concatenate([starts[:, 1:] - 1, np.full((count, 1), NEVER)], axis=1)
    stops = np.minimum(stops, people.leaves[:, None])
    shape = starts.shape
    moved_far = (chance.random(shape) < 0.4) & (np.arange(shape[1])[None, :] > 0)
    area = np.where(moved_far, chance.integers(0, AREAS, shape), people.area[:, None])
    # The home of the deprivation that shaped the person, or another place near it in rank.
    rank = np.where(moved_far, areas().rank[area], (1 - people.deprivation[:, None]) * HIGHEST_RANK)
    who, nth = np.nonzero((starts <= stops) & (starts < NEVER))
    start, stop, area, rank = starts[who, nth], stops[who, nth], area[who, nth], rank[who, nth]
    draw = chance.random((5, len(who)))
    nowhere = draw[0] < 0.012
    kind = np.where((nth > 0) & (draw[1] < 0.05), np.where(draw[2] < 0.7, 1, 3), 0)
    home = ((start - people.birth[who]) / YEAR > 76) & (draw[3] < 0.3)
    nursing = draw[4] < 0.45
    columns = [
        pa.array((build.first_id + who) * _MOST_ADDRESSES + nth),
        _dates(start),
        _dates(stop, (stop >= end) & (people.death[who] == NEVER)),
        pa.array(kind),
        pa.array(areas().rural[area], mask=nowhere),
        pa.array((np.clip(rank, 1, HIGHEST_RANK) / 100 + 0.5).astype(np.int64) * 100, mask=nowhere),
        _texts(area, areas().msoa, nowhere),
        pa.array(~nowhere),
        pa.array(home),
        pa.array(nursing, mask=~home),
        pa.array(~nursing, mask=~home),
    ]
    return build.batch("addresses", who, columns)


def _deaths(
    build: _Builder, chance: np.random.Generator, people: People, onsets: dict[str, Days]
) -> pa.RecordBatch:
    who, causes = draw_causes(chance, people, onsets)
    registered = people.death[who] >= REGISTERED_DEATHS_BEGIN
    who, causes = who[registered], causes[registered]
    named = [_texts(np.maximum(cause, 0), CAUSES, cause < 0) for cause in causes.T]
    nothing = pa.DictionaryArray.from_arrays(pa.nulls(len(who), pa.int16()), pa.array(CAUSES))
    # The certificate repeats the underlying cause among the conditions it lists.
    listed = [*named, *[nothing] * (len(CAUSE_COLUMNS) - len(named))]
    return build.batch("ons_deaths", who, [_dates(people.death[who]), named[0], *listed])


def _events(build: _Builder, rows: Rows) -> pa.RecordBatch:
    values = pa.array(rows.value / 10.0, mask=rows.value == NO_VALUE)
    columns = [_dates(rows.day), _texts(rows.code, EVENT_CODES), values]
    return build.batch("clinical_events", rows.who, columns)


def _medicines(build: _Builder, rows: Rows) -> pa.RecordBatch:
    return build.batch("medications", rows.who, [_dates(rows.day), _texts(rows.code, MEDICINE_CODES)])
