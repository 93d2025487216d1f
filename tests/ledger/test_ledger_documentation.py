"""Every error code of the ledger and of policy has its entry, and no entry speaks of a code that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SOURCE = HOUSE / "src" / "armslength"


@pytest.mark.parametrize(("room", "letter"), [("ledger", "L"), ("policy", "Y")])
def test_every_code_is_documented(room, letter):
    code = re.compile(rf'"({letter}\d{{3}})"')
    files = [*(SOURCE / room).rglob("*.py"), *(SOURCE / "cli").glob(f"{room}.py")]
    used = {found for path in files for found in code.findall(path.read_text())}
    page = (HOUSE / "docs" / "reference" / "errors" / f"{room}.md").read_text()
    assert re.findall(rf"^## ({letter}\d+)", page, re.MULTILINE) == sorted(used)


def test_the_protocol_page_names_every_field_that_travels():
    page = (HOUSE / "docs" / "reference" / "ledger-protocol.md").read_text()
    for name in (
        "index",
        "previous",
        "at",
        "kind",
        "actor",
        "subject",
        "body",
        "size",
        "root",
        "key_id",
        "signature",
    ):
        assert name in page, name
