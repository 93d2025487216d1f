"""Addresses of Trino keep their secrets and speak in the open only where they may; left-over tables are found again."""

from __future__ import annotations

import argparse
import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from armslength.cli.ehrql import backend_admin
from armslength.kernel.errors import Mistake
from armslength.query.api.databases import Database
from armslength.query.backends.emisv2 import BACKEND
from armslength.query.engines.dialects.trino import Trino, scratch_of
from armslength.query.engines.dialects.trino_address import parsed
from armslength.query.engines.dialects.trino_leftovers import left_over_tables
from armslength.query.engines.dialects.trino_scratch import made_at, new_run
from armslength.query.engines.engine import DatabaseServer
from trino_server import StandIn, running_server


@pytest.mark.parametrize(
    ("address", "scheme", "port"),
    [
        ("trino://reader@localhost/lake/records", "http", 8080),
        ("trino://reader@127.0.0.1:9/lake/records", "http", 9),
        ("trino://reader:s3cret@localhost/lake/records", "https", 443),
        ("trino://reader@db.example.org/lake/records", "https", 443),
        ("trino://reader@db.example.org/lake/records?scheme=http", "http", 8080),
        ("trino://reader@localhost.example.org/lake/records", "https", 443),
    ],
)
def test_only_this_machine_is_spoken_to_in_the_open(address: str, scheme: str, port: int) -> None:
    found = parsed(address)
    assert (found.scheme, found.port) == (scheme, port)


@pytest.mark.parametrize(
    "address",
    [
        "trino://reader:s3cret@db/lake/records?scheme=http",
        "trino://reader@db/lake/records?scheme=http&access_token=s3cret",
        "trino://reader:s3cret@db/lake",
        "trino://reader:s3cret/x@db/lake/records",
        "trino://reader:12/s3cret@db/lake/records",
        "trino://reader:s3cret@[db/lake/records",
        "trino://reader:s3cret@db:port/lake/records",
        "trino://:s3cret@db/lake/records",
        "trino://reader:s3cret@db/lake/records?sheme=http",
        "trino://reader:s3cret@db/lake/records?scratch=a.b.c",
        "trino://reader:s3cret@db/lake/records?scheme=ftp",
    ],
)
def test_an_address_that_is_not_understood_is_refused_without_its_secret(address: str) -> None:
    with pytest.raises(Mistake) as told:
        parsed(address)
    assert told.value.code == "Q114" and "s3cret" not in str(told.value)


def test_a_server_that_is_not_there_is_told_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trino.client.sleep", lambda _: None)
    address = "trino://reader:s3cret@127.0.0.1:1/lake/records"
    database = Database(dsn=address, engine="armslength.query.engines.dialects.trino.Trino")
    assert "s3cret" not in repr(database) + repr(DatabaseServer(address=address)) + repr(parsed(address))
    with pytest.raises(Mistake) as told:
        Trino.open(DatabaseServer(address=address))
    assert told.value.code == "Q106" and "s3cret" not in str(told.value)
    assert "trino://reader@127.0.0.1:1/lake/records" in str(told.value)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with running_server() as found:
        yield found


def tables(server: StandIn, *names: str) -> None:
    for name in names:
        server.warehouse.execute(f"CREATE TABLE lake.scratch.{name} (i BIGINT)")


OLD = "armslength_20200102_0304_0123456789ab_scan_1"
OF_EHRQL = "ehrql_20200102_0304_0123456789ab_tmp_1"
OTHERS = (
    "patients",
    "armslength_20209902_0304_0123456789ab_scan_1",
    "armslength_20200102_0304_notarunsname_x",
)


def cleaned(server: StandIn, *, dry_run: bool = False, backend: str = "emisv2") -> int:
    given = argparse.Namespace(
        backend_name=backend,
        task=["cleanup-temp-tables"],
        max_age_days=14,
        dry_run=dry_run,
        dsn=server.address,
    )
    return backend_admin.run(given)


def test_old_tables_of_runs_are_dropped_and_no_others(
    server: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    new = f"armslength_{new_run()}_population"
    tables(server, OLD, OF_EHRQL, new, *OTHERS)
    assert cleaned(server, dry_run=True) == 0 and capsys.readouterr().out == "false\n"
    assert len(server.warehouse.tables("scratch")) == 6
    assert cleaned(server) == 0
    said = capsys.readouterr()
    assert said.out == "true\n" and said.err == f"dropped {OLD}\ndropped {OF_EHRQL}\n"
    assert set(server.warehouse.tables("scratch")) == {new, *OTHERS}
    assert cleaned(server) == 0 and capsys.readouterr().out == "false\n"


def test_a_backend_that_is_not_on_trino_has_no_such_task(server: StandIn) -> None:
    with pytest.raises(Mistake) as told:
        cleaned(server, backend="tpp")
    assert told.value.code == "Q055" and told.value.exit_status == 2


def test_the_time_in_a_name_is_that_of_its_run() -> None:
    moment = datetime.datetime(2030, 1, 2, 3, 4, tzinfo=datetime.UTC)
    assert made_at(f"armslength_{new_run(moment)}_scan_1_codes") == moment


KILLED = """
import os, signal, sys
from armslength.query.engines.backend import DIRECT
from armslength.query.engines.dialects.trino import Trino
from armslength.query.engines.engine import DatabaseServer
from armslength.query.model import nodes as n

people = n.SelectPatientTable("people", n.TableSchema.of({"age": int}))
with Trino.open(DatabaseServer(address=sys.argv[1])) as engine:
    plan = engine.compile(n.Dataset(n.Exists(people), (("age", n.SelectColumn(people, "age")),)), backend=DIRECT)
    for _ in engine.execute(plan, progress=lambda step: os.kill(os.getpid(), signal.SIGKILL)):
        pass
"""


def test_what_a_killed_client_left_is_found(server: StandIn, tmp_path: Path) -> None:
    server.warehouse.execute("CREATE TABLE people AS SELECT 1 AS patient_id, 40 AS age")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    line = [sys.executable, "-c", KILLED, server.address]
    ran = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    (left,) = server.warehouse.tables("scratch")
    now = datetime.datetime.now(datetime.UTC)
    soon, late = now + datetime.timedelta(days=13), now + datetime.timedelta(days=15)
    fortnight = datetime.timedelta(days=14)
    assert left_over_tables(server.address, older_than=fortnight, now=soon) == []
    assert left_over_tables(server.address, older_than=fortnight, now=late) == [left]


def test_tables_of_the_second_emis_generation_are_made_in_the_schema_of_the_user() -> None:
    address = parsed("trino://reader@localhost/lake/records")
    assert BACKEND.scratch_of_user
    assert scratch_of(address, run="", by_user=True).schema == "reader"
    assert scratch_of(address, run="").schema == "records"
