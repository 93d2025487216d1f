"""A Spark on this machine: a Connect server of one process's own, gone with it. Needs Java 17 or later.

Only who has its token may ask it; the token is neither in its command line nor in any file.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.query.engines.engine import MEMORY_LIMIT, Settings

MAIN = "org.apache.spark.sql.connect.service.SparkConnectServer"
STARTED = re.compile(r"Spark Connect server started at: \S*?:(\d+)")
PATIENCE = 300  # seconds; it takes five to thirty
GIGABYTE = 1 << 30
UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
# What is told of itself: where it listens. Anything less than an error is not.
LOGGING = """
rootLogger.level = error
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %m%n
logger.started.name = org.apache.spark.sql.connect.service.SparkConnectServer
logger.started.level = info
"""
# A shell that waits for the end of its input, which comes when this process ends, however it does.
GUARD = '"$@" </dev/null & child=$!; read -r _; kill $child 2>/dev/null; wait $child'


@dataclass(slots=True, kw_only=True)
class LocalSpark:
    """A running server. `address` holds its token."""

    process: subprocess.Popen[bytes]
    folder: Path
    address: str

    def is_running(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """End the server, and remove what it wrote."""
        _ended(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def why_not(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return why no Spark can be started here, or None."""
    home = environment.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and (Path(home) / "bin/java").exists()):
        return "Java is not installed"
    if not (_spark_home() / "bin/spark-submit").exists():
        return "this pyspark is a client only; install `armslength[spark]`"
    return None


def _spark_home() -> Path:
    import pyspark  # only its place is asked, and only when a server is to start here

    return Path(pyspark.__file__).parent


def started(settings: Settings, *, options: Mapping[str, str] | None = None, java: str = "") -> LocalSpark:
    """Start a server that uses this machine within the settings. Raises Mistake Q106."""
    if reason := why_not():
        hint = "install Java 17 (`apt install openjdk-17-jre-headless`) and `armslength[spark]`, or name a Spark "
        hint += "Connect server: `sc://host:15002`"
        raise Mistake("Q106", f"Spark cannot be started on this machine: {reason}", hint=hint)
    parent = settings.spill_folder
    folder = Path(tempfile.mkdtemp(prefix="armslength-spark-", dir=parent))
    token = secrets.token_urlsafe(32)
    process = None
    try:
        (folder / "log4j2.properties").write_text(LOGGING)
        line = _command(folder, settings, options or {}, java)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["sh", "-c", GUARD, "sh", *line],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=_environment(token),
                start_new_session=True,  # Ctrl-C is for us, who then stop it in order
            )
        port = _port(process, folder / "log")
    except BaseException:
        if process is not None:
            _ended(process)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # Only `localhost` may be sent a token without encryption: the client takes care of it.
    return LocalSpark(process=process, folder=folder, address=f"sc://localhost:{port}/;token={token}")


def _environment(token: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    return kept | {"SPARK_HOME": str(_spark_home()), "SPARK_CONNECT_AUTHENTICATE_TOKEN": token}


def _command(folder: Path, settings: Settings, options: Mapping[str, str], java: str) -> list[str]:
    threads = settings.threads or os.cpu_count() or 1
    wanted = {
        "spark.connect.grpc.binding.address": "localhost",
        "spark.connect.grpc.binding.port": "0",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder / "spilled"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": str(4 * threads),
        "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'} {java}",
    } | dict(options)
    line = [str(_spark_home() / "bin/spark-submit"), "--class", MAIN, "--master", f"local[{threads}]"]
    line += ["--driver-memory", f"{_megabytes(settings.memory_limit)}m"]
    for name, value in wanted.items():
        line += ["--conf", f"{name}={value}"]
    return [*line, "spark-internal"]


def _megabytes(limit: str | None) -> int:
    """Return how much memory Java may take: half of the machine's when nothing is said. Raises Mistake Q109."""
    if limit is None:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2 // (1 << 20)
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?)I?B?", limit.strip().upper())
    size = float(found[1]) * 1024 ** UNITS[found[2]] / (1 << 20) if found else 0
    if size < 512:
        hint = "give a size such as `4GB`; Spark needs at least `512MB`"
        raise Mistake("Q109", f"{MEMORY_LIMIT} is {limit!r}", hint=hint)
    return int(size)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while True:
        text = log.read_text(errors="replace")
        if found := STARTED.search(text):
            return int(found[1])
        if process.poll() is not None or time.monotonic() > deadline or "Exception in thread" in text:
            lines = [line for line in text.splitlines() if line.strip()]
            what = "; ".join(lines[-3:])[:500] or "it said nothing"
            raise Mistake("Q106", f"Spark cannot be started on this machine: {what}")
        time.sleep(0.1)


def _ended(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # noqa: S101 - it was opened with one
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
