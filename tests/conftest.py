"""What every test may use: the shared data when it is there, with the reason when it is not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
OMOP_EXPORT = HOUSE.parent / "shared" / "data" / "omop-synthea27nj" / "Synthea27Nj_5.4.zip"

# The only reasons for which a test may be skipped where CI=true: what they name exists elsewhere only.
ELSEWHERE = "needs a real "


def why_skip_fails(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """Return why a skipped test counts as failed here, or None. CI installs everything, so nothing may be left out."""
    if os.environ.get("CI") != "true" or not report.skipped or hasattr(report, "wasxfail"):
        return None
    reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    return None if reason.startswith(ELSEWHERE) else f"skipped where nothing may be skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if why := why_skip_fails(report):
        report.outcome, report.longrepr = "failed", why
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if why := why_skip_fails(report):
        report.outcome, report.longrepr = "failed", why
    return report


@pytest.fixture(scope="session")
def omop_export() -> Path:
    """The real OMOP CDM 5.4 export that lies beside the checkout; read in place, never committed."""
    if not OMOP_EXPORT.exists():
        pytest.skip(f"needs a real OMOP export at {OMOP_EXPORT}")
    return OMOP_EXPORT


@pytest.fixture(scope="session")
def postgresql() -> Generator[str, None, None]:
    """The address of a PostgreSQL server of these tests' own, which the engine asks of rows held in memory."""
    from postgresql_server import running_server, why_not

    if reason := why_not():
        pytest.skip(reason)
    with running_server() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARMSLENGTH_POSTGRESQL_DSN", address)
        yield address


@pytest.fixture(scope="session")
def mssql() -> Generator[str, None, None]:
    """The address of a SQL Server, a real one if it is named or a stand-in, which is asked of rows held in memory."""
    from mssql_server.running import asked_server

    with asked_server() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARMSLENGTH_MSSQL_DSN", address)
        yield address


@pytest.fixture(scope="session")
def spark() -> Generator[str, None, None]:
    """The address of a Spark of these tests' own, which the engine asks of rows held in memory and of files."""
    pytest.importorskip("pyspark")
    from spark_server import running_server, why_not

    if reason := why_not():
        pytest.skip(f"{reason}: tools/need-spark")
    with running_server() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARMSLENGTH_SPARK_DSN", address)
        yield address


@pytest.fixture(scope="session")
def trino() -> Generator[str, None, None]:
    """The address of a Trino, a real one if it is named or a stand-in, which the engine asks of rows held in memory."""
    from trino_server import running_server

    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        address = os.environ.get("ARMSLENGTH_TEST_TRINO_DSN") or stack.enter_context(running_server()).address
        patch.setenv("ARMSLENGTH_TRINO_DSN", address)
        yield address
