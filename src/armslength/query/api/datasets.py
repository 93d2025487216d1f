"""Generate a dataset: ask a database, check what comes back, write files that are whole or absent."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from armslength.kernel.errors import Mistake
from armslength.policy.data_permissions import TABLE_NEEDS, DataPermission
from armslength.query.api.databases import Database, named_tables, open_database
from armslength.query.engines.backend import Backend, qualified
from armslength.query.engines.engine import Progress, ResultTable, no_progress
from armslength.query.formats.columns import OutputColumn, output_columns
from armslength.query.formats.destinations import files_for
from armslength.query.formats.writers import WrittenFile, write_csv, write_rows
from armslength.query.model.measures import parameters_of
from armslength.query.model.nodes import Dataset, SelectPatientTable, SelectTable

PERMISSION_STATUS = 12
EVENT_LEVEL_DATA = DataPermission.EVENT_LEVEL_DATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The files a dataset was written to, by the name of their table; the main one is `dataset`."""

    files: dict[str, WrittenFile]

    @property
    def patients(self) -> int:
        return self.files["dataset"].rows


def generate_dataset(
    dataset: Dataset,
    *,
    database: Database,
    output: str | Path,
    permissions: Iterable[str] = (),
    progress: Progress = no_progress,
) -> Generated:
    """Run a query and write its tables to `output` (`x.csv`, `x.arrow`, `x.parquet`, or `folder/:csv`).

    Raises Mistake for whatever is wrong with the question, the database, its data or the disk; every
    file is then whole or absent.
    """
    columns = columns_of(dataset)
    destinations = files_for(output, tuple(columns))
    files = {}
    asked = results_of(dataset, database=database, permissions=permissions, progress=progress)
    with closing(asked) as results:
        for result in results:
            path, described = destinations[result.name], columns[result.name]
            files[result.name] = write_rows(result.rows, path, columns=described)
    return Generated(files=files)


def print_dataset(
    dataset: Dataset,
    *,
    database: Database,
    stream: IO[bytes],
    permissions: Iterable[str] = (),
    progress: Progress = no_progress,
) -> dict[str, int]:
    """Run a query and write its tables as CSV to a stream; several are told apart by a line with their name."""
    columns = columns_of(dataset)
    counts: dict[str, int] = {}
    asked = results_of(dataset, database=database, permissions=permissions, progress=progress)
    with closing(asked) as results:
        for result in results:
            if len(columns) > 1:
                stream.write((b"\r\n\r\n" if counts else b"") + result.name.encode() + b"\r\n")
            counts[result.name] = write_csv(result.rows, stream, columns=columns[result.name])
    return counts


def results_of(
    dataset: Dataset,
    *,
    database: Database,
    permissions: Iterable[str] = (),
    progress: Progress = no_progress,
) -> Generator[ResultTable, None, None]:
    """Run a query and yield its tables, streaming and checked; the database is closed at the end.

    Every query of a database goes through here. It is answered from what `permissions` let a project see; without
    any that is the least. Whoever stops early closes the generator, with `contextlib.closing`.
    """
    require_no_parameters(dataset)
    granted = frozenset(permissions)
    backend = database.find_backend(given=granted)
    require_permissions(dataset, granted=granted, backend=backend)
    engine = open_database(database, dataset=dataset, backend=backend)
    try:
        plan = engine.compile(dataset, backend=backend)
        with closing(engine.execute(plan, progress=progress)) as results:
            for result in results:
                if result.name == "dataset":
                    yield ResultTable(name=result.name, rows=one_row_per_patient(result.rows))
                else:
                    yield result
    finally:
        engine.close()


def columns_of(dataset: Dataset) -> dict[str, tuple[OutputColumn, ...]]:
    """Return the columns of each result table of a dataset, the main one first."""
    columns = {"dataset": output_columns(dataset.variables)}
    return columns | {name: output_columns(events.members) for name, events in dataset.events}


def require_permissions(
    dataset: Dataset, *, granted: Iterable[str], backend: Backend | None = None, claimed: bool = False
) -> None:
    """Raise Mistake Q115 naming each permission the query needs and does not have, with the reason.

    `claimed`: no real data are asked, so what is `granted` is what the definition claims.

    A table needs what its contract says and what the backend that answers says. The second holds also for
    a question that calls a table of the backend by another contract's name.
    """
    needed: dict[str, list[str]] = {}
    for table in named_tables(dataset):
        name = qualified(table.namespace, table.name)
        for permission in _permissions_of(table, backend):
            needed.setdefault(permission, []).append(f"table `{name}`")
    if dataset.events:
        needed[EVENT_LEVEL_DATA.value] = ["an event table"]
    missing = {name: reasons for name, reasons in needed.items() if name not in set(granted)}
    if missing:
        told = "; ".join(f"`{name}` for {', '.join(reasons)}" for name, reasons in sorted(missing.items()))
        hint = "ask whoever runs this database to grant the project these permissions"
        if claimed:
            claims = ", ".join(f'"{name}"' for name in dict.fromkeys([*granted, *sorted(missing)]))
            hint = f"where no real data are used it is enough to claim them: `claim_permissions({claims})`"
        raise Mistake("Q115", f"permission is missing: {told}", hint=hint, exit_status=PERMISSION_STATUS)


def _permissions_of(table: SelectTable | SelectPatientTable, backend: Backend | None) -> set[str]:
    wanted = {table.required_permission, TABLE_NEEDS.get(qualified(table.namespace, table.name))}
    if backend is not None and backend.tables is not None:
        wanted.add(backend.mapping_of(table).needs)
    return {permission for permission in wanted if permission is not None}


def require_no_parameters(dataset: Dataset) -> None:
    """Raise Mistake Q105 when something in the query still has to be given a value."""
    names = ", ".join(f"`{parameter.name}`" for parameter in parameters_of(dataset))
    if names:
        hint = "`INTERVAL` has a value only inside measures; write a date instead"
        raise Mistake("Q105", f"the query has parameters without a value: {names}", hint=hint)


def one_row_per_patient(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Pass rows on, raising Mistake Q112 at the first patient who appears a second time.

    Engines give a dataset ordered by patient. A patient twice means that a table which promises one
    row for each patient holds several: the counts of any study would be wrong.
    """

    def checked() -> Iterator[pa.RecordBatch]:
        previous: int | None = None
        for batch in rows:
            patients = batch.column(0)
            if batch.num_rows:
                first = patients[0].as_py()
                is_rising = pc.all(pc.less(patients[:-1], patients[1:])).as_py() is not False
                if not is_rising or (previous is not None and first <= previous):
                    raise _appears_twice()
                previous = patients[-1].as_py()
            yield batch

    return pa.RecordBatchReader.from_batches(rows.schema, checked())


def _appears_twice() -> Mistake:
    hint = "a table of one row for each patient holds several; tell whoever provides the database"
    return Mistake("Q112", "a patient appears more than once in the results", hint=hint)
