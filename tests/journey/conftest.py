"""One stage for all journeys: both sites and the runner, over real HTTP, with a small made-up population."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from armslength.cli.stage import services
from armslength.cli.stage.cast import STATINS, Play, cast
from armslength.cli.stage.layout import Stage, free_ports
from armslength.cli.stage.story import Troupe
from armslength.kernel.bubblewrap import why_not_usable
from armslength.query.stores.sample.population import make_sample

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FOR_THE_DOCS = os.environ.get("ARMSLENGTH_SCREENSHOTS") == "1"
IMAGES = Path(__file__).parents[2] / "docs" / "images"


@pytest.fixture(scope="session", autouse=True)
def sandbox() -> None:
    if reason := why_not_usable():
        pytest.skip(f"jobs cannot be confined here: {reason}")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    patients = 50_000 if FOR_THE_DOCS else 6000
    return make_sample(tmp_path_factory.mktemp("records") / "store", patients=patients, seed=1).path


def staged(folder: Path, *, play: Play, store: Path) -> Troupe:
    """Set a stage up; nothing runs yet."""
    server_port, airlock_port = free_ports(2)
    stage = Stage(folder=folder, play=play, store=store, server_port=server_port, airlock_port=airlock_port)
    troupe = Troupe(stage=stage, cast=cast())
    services.set_up(stage, cast=troupe.cast.values())
    return troupe


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[Troupe]:
    """The people of the example study, with everything running."""
    # In pictures for the docs, addresses say where things are on no particular machine.
    folder = Path(tempfile.gettempdir(), "armslength") if FOR_THE_DOCS else tmp_path_factory.mktemp("stage")
    troupe = staged(folder, play=STATINS, store=store)
    with services.running(troupe.stage):
        yield troupe
    if FOR_THE_DOCS:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if not found:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: into the docs when ARMSLENGTH_SCREENSHOTS=1, else into a folder of the test."""
    if FOR_THE_DOCS:
        IMAGES.mkdir(parents=True, exist_ok=True)
        return IMAGES
    return tmp_path_factory.mktemp("pictures")
