"""One session with a Spark Connect server: statements, rows in and rows out, each stopped when told or too late."""

from __future__ import annotations

import contextlib
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from armslength.kernel.errors import Mistake
from armslength.query.engines.compile.scope import named
from armslength.query.engines.dialects.spark_address import SparkAddress
from armslength.query.engines.engine import STATEMENT_TIMEOUT

with warnings.catch_warnings():
    # Spark's client warns of a pandas newer than itself; nothing here makes a pandas table.
    warnings.simplefilter("ignore", FutureWarning)
    from pyspark.errors import PySparkException
    from pyspark.sql.connect import proto
    from pyspark.sql.connect.client import SparkConnectClient
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

FAILURE: type[Exception] = PySparkException  # what the client raises, whatever it was
SESSION = {
    "spark.sql.ansi.enabled": "true",  # or what leaves 64 bits would begin again from below
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",  # or `${x}` within a text of a study would be replaced
    # A kept table stays partitioned by patient, so that joining it to another one moves no rows.
    "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64000",
    "spark.sql.parser.escapedStringLiterals": "false",
    # Every layer of a long calculation takes the analyzer another round; by itself it gives up after 100.
    "spark.sql.analyzer.maxIterations": "2000",
}
KINDS = (
    (pa.types.is_boolean, pa.bool_()),
    (pa.types.is_integer, pa.int64()),
    (pa.types.is_floating, pa.float64()),
    (pa.types.is_date, pa.date32()),
)
SMALL_UPLOAD = 1 << 20  # bytes that travel within one message
# A server that does not answer is asked a few times within seconds; then the engine says so, or connects anew.
PATIENCE: dict[str, Any] = {"max_retries": 4, "initial_backoff": 200, "max_backoff": 2000}
UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(slots=True, kw_only=True)
class Session:
    """An open session. `is_late` says that the last statement was stopped because it took too long."""

    spark: SparkSession
    timeout: float | None = None
    is_late: bool = False
    _running: int = 0  # the number of the statement that runs, 0 for none
    _begun: int = 0

    @property
    def client(self) -> SparkConnectClient:
        return self.spark.client

    def run(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        command = proto.Command(sql_command=proto.SqlCommand(input=_query(sql)))
        with self.limited(), quiet():
            self.client.execute_command(command)

    def rows(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Stream the rows of a query as the server gives them, some thousand at a time."""
        with self.limited():
            answers = self.client.to_table_as_iterator(proto.Plan(root=_query(sql)), {})
            while True:
                with quiet():
                    found = next(answers, None)
                if found is None:
                    return
                if isinstance(found, pa.Table):
                    yield from found.to_batches()

    def upload(self, name: str, rows: pa.Table) -> None:
        """Make a temporary view of rows held here."""
        plain = rows.cast(pa.schema([pa.field(each.name, _kept_as(each.type)) for each in rows.schema]))
        if plain.nbytes > SMALL_UPLOAD:
            # The client keeps large ones on the server, in parts.
            with quiet():
                self.spark.createDataFrame(plain).createOrReplaceTempView(name)
            return
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, plain.schema) as writer:
            writer.write_table(plain)
        local = proto.LocalRelation(data=sink.getvalue().to_pybytes())
        view = proto.CreateDataFrameViewCommand(
            input=proto.Relation(local_relation=local), name=name, replace=True
        )
        with quiet():
            self.client.execute_command(proto.Command(create_dataframe_view=view))

    def read_files(self, name: str, paths: list[str], *, kind: str) -> None:
        """Make a temporary view of files that the server can read."""
        source = proto.Read(data_source=proto.Read.DataSource(format=kind, paths=paths))
        view = proto.CreateDataFrameViewCommand(input=proto.Relation(read=source), name=name, replace=True)
        with quiet():
            self.client.execute_command(proto.Command(create_dataframe_view=view))

    def stop(self) -> None:
        """Stop everything that this session does; from another thread."""
        self.spark.interruptAll()
        threading.Thread(target=self._insist, args=(self._running,), daemon=True).start()

    def _insist(self, number: int) -> None:
        """Stop a statement again that was still on its way to the server the first time."""
        for _ in range(20):
            time.sleep(0.5)
            if not number or self._running != number:
                return
            with contextlib.suppress(PySparkException):
                self.spark.interruptAll()

    def end(self) -> None:
        """Close the session, also one that is broken."""
        with contextlib.suppress(PySparkException, OSError), quiet():
            self.client.release_session()
        self.client.close()

    @contextlib.contextmanager
    def limited(self) -> Iterator[None]:
        """Stop the statement within on the server once it has taken its time. Spark itself has no such limit."""
        self.is_late = False
        self._begun += 1
        self._running = self._begun
        timer = None if self.timeout is None else threading.Timer(self.timeout, self._too_late)
        if timer is not None:
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            self._running = 0
            if timer is not None:
                timer.cancel()

    def _too_late(self) -> None:
        self.is_late = True
        with contextlib.suppress(PySparkException):
            self.stop()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the client's warnings to ourselves: of retries, which end as an error of their own, and of pandas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _query(sql: str) -> proto.Relation:
    return proto.Relation(sql=proto.SQL(query=sql))


def _kept_as(kind: pa.DataType) -> pa.DataType:
    return next((plain for is_it, plain in KINDS if is_it(kind)), pa.string())


def identifier(name: str) -> str:
    """Return a table's name as SQL."""
    return named(name).sql(dialect="spark")


def opened(address: SparkAddress, *, timeout: str | None, again: Callable[[Exception], Mistake]) -> Session:
    """Open a session as this engine needs it; `again` says in words why one cannot be opened."""
    session = None
    limit = seconds_of(timeout) if timeout else None
    try:
        spark = SparkSession(connection=address.connect)
        session = Session(spark=spark, timeout=limit)
        session.client.set_retry_policies([DefaultPolicy(**PATIENCE)])
        pairs = [proto.KeyValue(key=name, value=value) for name, value in SESSION.items()]
        wanted = proto.ConfigRequest.Set(pairs=pairs, silent=True)
        with quiet():
            session.client.config(proto.ConfigRequest.Operation(set=wanted))
        for word, name in (("CATALOG", address.catalog), ("SCHEMA", address.schema)):
            if name:
                parts = ".".join(identifier(part) for part in name.split("."))
                session.run(f"SET CATALOG {parts}" if word == "CATALOG" else f"USE {parts}")
    except BaseException as error:
        if session is not None:
            session.end()
        if isinstance(error, PySparkException):
            raise again(error) from None
        raise
    return session


def seconds_of(timeout: str) -> float:
    """Read how long a statement may take. Raises Mistake Q109.

    >>> seconds_of("30min"), seconds_of("300ms")
    (1800.0, 0.3)
    """
    found = re.fullmatch(r"(\d+) ?(ms|s|min|h|d)", timeout.strip())
    if found is None or not int(found[1]):
        what = f"{STATEMENT_TIMEOUT} cannot be {timeout!r}"
        raise Mistake("Q109", what, hint="write it as `30min` or `2h`")
    return int(found[1]) * UNITS[found[2]]
