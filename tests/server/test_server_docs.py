"""The words about the site are complete: error codes, settings, states."""

from __future__ import annotations

import re
from pathlib import Path

from armslength.ledger import Kind
from armslength.policy.roles import ProjectState
from armslength.server.models.releases import PublicationState
from armslength.server.templatetags.words import kind_words
from armslength.web.looks import JOB, PROJECT, PUBLICATION, REQUEST
from armslength.wire.jobs import JobState, RequestState

HOUSE = Path(__file__).parents[2]
SOURCE = HOUSE / "src" / "armslength"


def test_every_error_code_of_the_site_has_an_entry_and_no_entry_is_stale():
    files = [*SOURCE.glob("server/**/*.py"), SOURCE / "cli" / "server.py"]
    used = {code for file in files for code in re.findall(r'"(S\d{3})"', file.read_text())}
    page = (HOUSE / "docs/reference/errors/server.md").read_text()
    assert set(re.findall(r"^## (S\d{3})$", page, re.MULTILINE)) == used


def test_every_setting_is_in_the_table():
    source = (SOURCE / "web/settings.py").read_text() + (SOURCE / "server/settings.py").read_text()
    read = set(re.findall(r'nvironment\.(?:text|flag|number|words)\("(\w+)"', source))
    table = set(
        re.findall(r"^\| `(\w+)` \|", (HOUSE / "docs/how-to/run-the-server.md").read_text(), re.MULTILINE)
    )
    assert read == table


def test_every_state_has_a_look_and_a_meaning():
    for looks, states in (
        (JOB, JobState),
        (REQUEST, RequestState),
        (PROJECT, ProjectState),
        (PUBLICATION, PublicationState),
    ):
        assert {str(state.value) for state in states} == set(looks)
        assert all(look.meaning for look in looks.values())


def test_every_kind_of_entry_has_words():
    assert all(kind_words(kind) for kind in Kind)
