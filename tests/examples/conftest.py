"""What the tests of the example studies share: a copy of one, on a machine that can run it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.kernel import bubblewrap

EXAMPLES = Path(__file__).parents[2] / "examples"
LEFT_BY_RUNS = shutil.ignore_patterns(
    ".armslength", ".pytest_cache", "__pycache__", "metadata", "output", "store"
)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], Path]:
    """Copies an example study to where it can be run."""
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")

    def copied(name: str) -> Path:
        copy = tmp_path / name
        shutil.copytree(EXAMPLES / name, copy, ignore=LEFT_BY_RUNS)
        return copy

    return copied
