"""Golden texts are rewritten with `--update-golden`, and then read by a person before they are committed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    with contextlib.suppress(ValueError):  # another room of tests may have declared it
        parser.addoption("--update-golden", action="store_true", help="rewrite golden texts")


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compare a text with the golden file of this name."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if request.config.getoption("--update-golden", default=False):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"run pytest with --update-golden to write {path.name}"
        assert text == path.read_text()

    return compare
