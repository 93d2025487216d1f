"""What the tests of environments share: a recipe so small that it is built without a network, and a study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_recipe import write_lock

from armslength.kernel import bubblewrap
from armslength.runner.environments import Entry, building, recipes
from armslength.runner.executors.sandbox import SandboxExecutor


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a recipe `tiny`, with its lock; what is built from it goes to a folder of its own."""
    folder = tmp_path / "recipes" / "tiny"
    folder.mkdir(parents=True)
    write_lock(folder)
    monkeypatch.setattr(recipes, "PLACES", (tmp_path / "recipes", *recipes.PLACES))
    monkeypatch.setenv(recipes.FOLDER_VARIABLE, str(tmp_path / "built"))
    building.lock_of.cache_clear()
    yield folder
    building.lock_of.cache_clear()


@pytest.fixture
def entry(recipe: Path) -> Entry:
    return Entry(name="tiny:v1", kind="python", recipe="tiny", about="one module")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxExecutor]:
    if reason := bubblewrap.why_not_usable():
        pytest.skip(reason)
    executor = SandboxExecutor(tmp_path / "jobs")
    yield executor
    for job in executor.jobs():
        executor.cleanup(job)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "analysis").mkdir(parents=True)
    return folder
