"""What the tests of the toolkit share: a service of codelists that listens, and a folder to work in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from codelist_service import CodelistService, listening


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[CodelistService]:
    """A running service, named in the environment of the commands."""
    with listening() as made:
        monkeypatch.setenv("ARMSLENGTH_CODELISTS_SERVICE", made.address)
        monkeypatch.delenv("GITHUB_WORKFLOW", raising=False)
        monkeypatch.setattr("armslength.cli.codelists.service.PAUSE_SECONDS", 0.0)
        yield made


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the commands are run in."""
    folder = tmp_path / "study"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
