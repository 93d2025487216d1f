"""Start the stand-in for SQL Server as a program of its own, as the driver would wait for a server in this one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

PASSWORD = "T0p-secret;{x}=/@"
REAL = "ARMSLENGTH_TEST_MSSQL_DSN"


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a stand-in and yield its address."""
    program = Path(__file__).with_name("server.py")
    environment = os.environ | {"STAND_IN_PASSWORD": PASSWORD}
    server = subprocess.Popen(
        [sys.executable, str(program)],
        env=environment,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        yield f"mssql://sa:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/records?encrypt=no"
    finally:
        server.kill()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()


@contextlib.contextmanager
def asked_server() -> Iterator[str]:
    """Yield the address of the SQL Server that the tests are to ask: a real one where it is named, else a stand-in."""
    if address := os.environ.get(REAL):
        yield address
    else:
        with running_server() as address:
            yield address
