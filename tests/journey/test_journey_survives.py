"""The platform is killed while it works; afterwards everything is there once."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from armslength.cli.stage import services, story
from armslength.cli.stage.cast import STATINS, STATINS_OMOP
from armslength.cli.stage.visitor import Visitor
from armslength.query.stores.omop import import_omop

from conftest import staged  # isort: skip

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(600)]
COMMANDS = {"runner": ["runner", "run", "--config"]}


def kill(service: services.Service) -> None:
    """End a program and its workers at once, as when their machine loses power."""
    os.killpg(service.pid, signal.SIGKILL)
    while services.is_running(service):
        time.sleep(0.02)


def test_a_run_survives_the_death_of_the_runner_and_of_the_jobs_site(tmp_path, store):
    troupe = staged(tmp_path / "stage", play=STATINS, store=store)
    running = services.start(troupe.stage)
    try:
        address = story.ask_for_a_run(troupe)
        states = story.wait_for_the_run(troupe, address)
        assert next(states) == "Submitted"
        assert next(states) == "In progress"
        for service in running:
            if service.name in {"runner", "server"}:
                kill(service)
        running += services.start(troupe.stage, only={"server", "runner"})
        assert list(states)[-1] == "Succeeded"
        visitor = Visitor(troupe.stage.server)
        page = visitor.open(address)
        jobs = {link for link, _ in page.links if re.fullmatch(r"/jobs/[a-z0-9]{16}", link)}
        visitor.close()
        assert len(jobs) == 2, "two actions, two jobs: nothing doubled, nothing lost"
    finally:
        services.stop(running)


def test_the_omop_sibling_runs_on_the_real_export_and_hides_nearly_everything(tmp_path, omop_export):
    store, report = import_omop(omop_export, to=tmp_path / "store")
    assert (store.table("person").rows, report.rows_refused) == (28, 0)
    troupe = staged(tmp_path / "stage", play=STATINS_OMOP, store=store.path)
    with services.running(troupe.stage):
        address = story.ask_for_a_run(troupe)
        assert list(story.wait_for_the_run(troupe, address))[-1] == "Succeeded"
    table = troupe.stage.level4 / STATINS_OMOP.workspace / "outputs" / "statin_rates.csv"
    header, *rows = [line.split(",") for line in table.read_text().splitlines()]
    counts = [cell for row in rows for cell in row[2:]]
    assert header == ["characteristic", "group", "patients", "on_statin"]
    assert counts.count("[REDACTED]") > len(counts) / 2
    assert all(cell == "[REDACTED]" or int(cell) % 5 == 0 for cell in counts)
