"""A Spark for the tests that ask one: the engine's own way of starting it, made quick for tables of a few rows."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from armslength.query.engines.dialects.spark_local import started, why_not
from armslength.query.engines.engine import Settings

__all__ = ["running_server", "why_not"]

# Java that compiles little starts sooner, and so does a query that is interpreted instead of compiled.
JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss8m"
QUICK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.shuffle.compress": "false",
    "spark.connect.session.manager.defaultSessionTimeout": "10m",
}


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a Spark and yield its address, which holds its token; or yield that of one which is there for tests."""
    if address := os.environ.get("ARMSLENGTH_TEST_SPARK_DSN"):
        yield address
        return
    spark = started(Settings(threads=2, memory_limit="1500MB"), options=QUICK, java=JAVA)
    try:
        yield spark.address
    finally:
        spark.close()
