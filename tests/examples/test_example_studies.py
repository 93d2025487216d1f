"""The example studies run as they are on people whom ehrQL invents, and nothing they write is stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tutorials import finished

STUDIES = ("blood-pressure-over-time", "smoking-and-heart-attack")


def moderately_sensitive(study: Path) -> list[str]:
    actions = yaml.safe_load((study / "project.yaml").read_text())["actions"].values()
    return [path for action in actions for path in action["outputs"].get("moderately_sensitive", {}).values()]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", STUDIES)
def test_a_study_runs_without_a_store_and_nothing_it_writes_is_stopped(
    name: str, copy_of: Callable[[str], Path]
):
    study = copy_of(name)
    ran = finished("armslength run run_all", study=study)
    assert ran.returncode == 0, ran.stdout
    written = moderately_sensitive(study)
    assert [path for path in written if not (study / path).is_file()] == []
    checked = finished(f"armslength check-outputs {' '.join(written)}", study=study)
    assert checked.returncode == 0, checked.stdout
