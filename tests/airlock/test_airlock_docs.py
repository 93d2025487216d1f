"""The airlock's own words: every error code, setting and state is documented, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from armslength.airlock.models.states import State

HOUSE = Path(__file__).parents[2]
ROOM = HOUSE / "src" / "armslength"


def code() -> str:
    files = [*sorted((ROOM / "airlock").rglob("*.py")), *sorted((ROOM / "cli").glob("airlock*.py"))]
    return "\n".join(path.read_text() for path in files)


def test_every_error_code_has_an_entry():
    page = (HOUSE / "docs/reference/errors/airlock.md").read_text()
    assert set(re.findall(r"^## (A\d+)$", page, re.MULTILINE)) == set(re.findall(r'"(A\d{3})"', code()))


def test_every_setting_is_explained():
    page = (HOUSE / "docs/how-to/run-the-airlock.md").read_text()
    source = (ROOM / "airlock" / "configuration.py").read_text()
    read = set(re.findall(r'reader\.\w+\(\s*"([A-Z0-9_]+)"', source)) | {
        "LEDGER_KEY",
        "LEDGER_KEY_FILE",
        "SERVER",
        "BACKEND",
    }
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_state_is_in_the_manual():
    page = (HOUSE / "docs/how-to/review-a-release.md").read_text()
    assert [state.value for state in State if f"| {state.value} |" not in page] == []
