"""A PostgreSQL server for the tests that ask one: its own data folder, a socket and no port, gone afterwards.

It sorts text as English does, so that a query which leaves the order to the database is found out.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

WHERE = "/usr/lib/postgresql"
USER = "postgres"
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
SMALL = {"max_connections": "40", "shared_buffers": "64MB", "listen_addresses": ""}


def programs() -> Path | None:
    """Return the folder with the newest server's programs: distributions keep them off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = [each for each in Path(WHERE).glob("*/bin") if (each / "initdb").exists()]
    return max(versions, key=lambda each: float(each.parent.name), default=None)


def why_not() -> str | None:
    """Return why no server can be started here, or None."""
    return None if programs() else "PostgreSQL is not installed: tools/need-postgresql"


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server and yield the address of its database. A server refuses to run as root, so it runs as another."""
    folder = Path(tempfile.mkdtemp(prefix="armslength-pg-"))
    try:
        as_other = _owned_by_other(folder)
        bin_folder = programs()
        assert bin_folder is not None
        data = folder / "data"
        locale = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        initdb = [
            str(bin_folder / "initdb"),
            "-D",
            str(data),
            "-U",
            "tests",
            "-A",
            "trust",
            "--no-sync",
            *locale,
        ]
        made = subprocess.run([*as_other, *initdb], capture_output=True, text=True, cwd=folder)
        assert made.returncode == 0, made.stdout + made.stderr
        settings = QUICK | SMALL | {"unix_socket_directories": str(folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("w") as log:
            line = [*as_other, str(bin_folder / "postgres"), "-D", str(data), *options]
            server = subprocess.Popen(line, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            address = f"postgresql://tests@/postgres?host={folder}"
            _wait_for(address, server, folder / "log")
            yield address
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: sessions are ended, not waited for
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owned_by_other(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    known = {each.pw_name for each in pwd.getpwall()}
    other = pwd.getpwnam(USER if USER in known else "nobody")
    os.chown(folder, other.pw_uid, other.pw_gid)
    return ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups"]


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        assert server.poll() is None and time.monotonic() < deadline, log.read_text()
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address, connect_timeout=5).close()
            return
        time.sleep(0.1)
