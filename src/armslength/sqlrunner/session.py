"""One query in a session that can only read: held to the opt-outs, to a time and to a number of rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.backend import Backend
from armslength.query.engines.dialects.duckdb import DuckDB
from armslength.query.engines.engine import DatabaseFile, ParquetFiles, Settings, Source
from armslength.query.formats.store import read_store
from armslength.sqlrunner.catalogue import (
    Catalogue,
    catalogue_of,
    check_lists_are_known,
    tables_in,
    with_tables,
)
from armslength.sqlrunner.judge import Judgement

BATCH_ROWS = 64_000
DIALECT = "duckdb"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What one query may use. Reaching a bound fails the query: an answer is whole, or it is not there."""

    seconds: int = 600
    rows: int = 1_000_000
    memory: str = "2GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open database and what of it may be named."""

    engine: DuckDB
    catalogue: Catalogue

    @contextmanager
    def answer(self, judgement: Judgement, *, bounds: Bounds) -> Iterator[pa.RecordBatchReader]:
        """Run a judged query and stream its rows.

        Raises Mistake Q410 (its time is over), Q411 (too many rows), Q412 (the database refuses it).
        """
        self._compare_names(judgement)
        timer = threading.Timer(bounds.seconds, self.engine.cancel)
        timer.daemon = True
        timer.start()
        try:
            with _told_as_mistakes(bounds), closing(self._reader(judgement)) as rows:
                counted = _counted(rows, most=bounds.rows)
                yield pa.RecordBatchReader.from_batches(rows.schema, counted)
        finally:
            timer.cancel()

    def _reader(self, judgement: Judgement) -> pa.RecordBatchReader:
        return self.engine.connection.sql(judgement.sql).to_arrow_reader(BATCH_ROWS)

    def _compare_names(self, judgement: Judgement) -> None:
        """Ask the database's own reader which tables the query names: a second opinion on the first one's."""
        # On a connection without any table: names are wanted as they stand, not what they lead to.
        with _told_as_mistakes(Bounds()), duckdb.connect(":memory:") as empty:
            seen = empty.get_table_names(judgement.sql)
        for name in seen:
            if name.lower() not in self.catalogue.names:
                what = f"the database would read `{name}`, which the judgement of the query does not know of"
                raise Mistake("Q409", what, hint="this is a defect; report the query, without any data")


@contextmanager
def opened(
    dsn: str, *, backend: Backend, others: list[Backend], memory: str = Bounds.memory
) -> Iterator[Session]:
    """Open a store (its folder) or a DuckDB file (`duckdb:///path`) for one query.

    Raises Mistakes of stores (D…), Q106 (it cannot be opened), Q114 (the address is not understood), Q401 to Q403.
    """
    catalogue = catalogue_of(backend, dialect=DIALECT)
    source = _source(dsn)
    with DuckDB.open(source, settings=Settings(memory_limit=memory)) as engine:
        if isinstance(source, DatabaseFile):
            tables = tables_in(engine.connection)
        else:
            store = read_store(Path(dsn))
            tables = {name: [each.name for each in table.columns] for name, table in store.tables.items()}
        check_lists_are_known(tables, backend=backend, others=others)
        yield Session(engine=engine, catalogue=with_tables(catalogue, tables, backend=backend))


def _source(dsn: str) -> Source:
    parts = urlsplit(dsn)
    if parts.scheme == "duckdb":
        return DatabaseFile(path=Path(unquote(parts.netloc + parts.path)))
    if parts.scheme and not Path(dsn).exists():
        hint = "give the folder of a store, or `duckdb:///path/to/file.duckdb`; check queries for other databases "
        hint += "with `armslength sql check --dialect`"
        raise Mistake(
            "Q114", f"database addresses that start with `{parts.scheme}:` are not known", hint=hint
        )
    store = read_store(Path(dsn))
    return ParquetFiles(tables={name: tuple(store.files_of(name)) for name in store.tables})


def _counted(rows: pa.RecordBatchReader, *, most: int) -> Iterator[pa.RecordBatch]:
    found = 0
    for batch in rows:
        found += batch.num_rows
        if found > most:
            hint = "ask for sums instead of rows, add a `LIMIT`, or raise `--max-rows`"
            raise Mistake("Q411", f"the answer has more than {most:,} rows", hint=hint)
        yield batch


@contextmanager
def _told_as_mistakes(bounds: Bounds) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        # Errors of a query that is already streaming arrive dressed as Arrow's.
        if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in str(error):
            what = f"the query was stopped after {bounds.seconds:,} seconds"
            raise Mistake("Q410", what, hint="make it cheaper, or raise `--max-seconds`") from None
        first = str(error).split("\n", 1)[0]
        hint = "the query as it ran is in the log; `armslength sql check` shows it, too"
        raise Mistake("Q412", f"the database refuses the query: {first}", hint=hint) from None
