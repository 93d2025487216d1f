"""Copies of the databases of providers, made anew for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from physical import Copy


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], Copy]:
    """Make an empty copy of a backend's database."""
    return lambda backend: Copy(backend, tmp_path / f"{backend}.duckdb")


@pytest.fixture
def tpp_copy(copy_of: Callable[[str], Copy]) -> Copy:
    return copy_of("tpp")
