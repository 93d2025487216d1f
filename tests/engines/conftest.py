"""Golden SQL is rewritten with `--update-golden`, and then read by a person before it is committed."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import EMBEDDED, SHARES


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/engines/golden/")


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compare a text with the golden file of this name."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if request.config.getoption("--update-golden", default=False):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"run pytest with --update-golden to write {path.name}"
        assert text == path.read_text()

    return compare


@pytest.fixture(params=SHARES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every engine that answers generated queries, by name."""
    name: str = request.param
    if name not in EMBEDDED:
        request.getfixturevalue(name)  # starts its server, or skips with the reason
    return name


@pytest.fixture(params=["duckdb", "postgresql"])
def real_engine(request: pytest.FixtureRequest) -> str:
    """The engines whose databases are here and not stood in for, so that their limits are their own."""
    name: str = request.param
    if name not in EMBEDDED:
        request.getfixturevalue(name)
    return name
