"""The manual is printed from the specification and the contracts, and the committed pages are those."""

import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]
GENERATOR = HOUSE / "tools" / "generate_manual.py"
REFERENCE = HOUSE / "docs" / "reference"


def test_the_committed_manual_is_current():
    """When this fails: run `tools/generate_manual.py` and commit what it changes."""
    made = subprocess.run([sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def test_a_page_shows_the_tables_the_query_and_the_answer():
    page = (REFERENCE / "language" / "frames.md").read_text()
    section = page.split("## Except where drops only what is true")[1].split("\n## ")[0]
    assert "| patient | b1 | i1 |" in section
    assert "dataset.rest = e.except_where(e.b1).i1.sum_for_patient()" in section
    assert section.rstrip().endswith("| 1 | 50 |\n| 2 | 5 |")


def test_a_contract_page_shows_promises_permissions_and_helpers():
    page = (REFERENCE / "tables" / "tpp.md").read_text()
    assert "Needs the permission `appointments`." in page
    assert "| `msoa_code` | str |" in page
    assert "Matches the pattern `E020[0-9]{5}`" in page
    assert "`for_patient_on(date)`" in page
