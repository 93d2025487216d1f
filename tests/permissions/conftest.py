"""What other rooms' tests are made of is used here too: random questions, and copies of providers' databases."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / room) for room in ("engines", "backends")]

import pytest  # noqa: E402
from physical import Copy  # noqa: E402


@pytest.fixture
def tpp_copy(tmp_path: Path) -> Copy:
    return Copy("tpp", tmp_path / "tpp.duckdb")
