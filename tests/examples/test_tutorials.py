"""The tutorials are true: every command prints what the page says, and every excerpt is in the study.

`ARMSLENGTH_WRITE_TUTORIALS=1 pytest tests/examples/test_tutorials.py` writes the pages and their pictures anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tutorials import PICTURE, alike, blocks, rewritten, run, typed

HOUSE = Path(__file__).parents[2]
DOCS = HOUSE / "docs"
STUDIES = {"measures-over-time": "blood-pressure-over-time", "case-control": "smoking-and-heart-attack"}
LANGUAGES = {"python": ".py", "yaml": ".yaml", "r": ".R"}
WRITES = bool(os.environ.get("ARMSLENGTH_WRITE_TUTORIALS"))
AGAIN = "if this is meant, write the page anew: ARMSLENGTH_WRITE_TUTORIALS=1 pytest tests/examples/test_tutorials.py"


def page_of(tutorial: str) -> Path:
    return DOCS / "tutorials" / f"{tutorial}.md"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("tutorial", STUDIES)
def test_every_command_prints_what_the_tutorial_says(tutorial: str, copy_of: Callable[[str], Path]):
    page, study = page_of(tutorial), copy_of(STUDIES[tutorial])
    if WRITES:
        page.write_text(rewritten(page.read_text(), study=study, pictures=DOCS / "images"))
        return
    for block in blocks(page.read_text(), "console"):
        for one in typed(block):
            assert alike(run(one.command, study=study)) == alike(one.printed), f"$ {one.command}\n{AGAIN}"
    for picture in PICTURE.findall(page.read_text()):
        assert (study / "output" / "results" / picture).is_file()


@pytest.mark.parametrize("tutorial", STUDIES)
def test_every_excerpt_is_in_the_study(tutorial: str):
    files = [
        path
        for path in (HOUSE / "examples" / STUDIES[tutorial]).rglob("*")
        if path.suffix in LANGUAGES.values()
    ]
    texts = [path.read_text() for path in files]
    excerpts = blocks(page_of(tutorial).read_text(), *LANGUAGES)
    assert excerpts
    missing = [excerpt for excerpt in excerpts if not any(excerpt in text for text in texts)]
    assert missing == []


@pytest.mark.parametrize("tutorial", STUDIES)
def test_the_pictures_of_a_tutorial_are_there(tutorial: str):
    pictures = PICTURE.findall(page_of(tutorial).read_text())
    assert pictures
    assert [name for name in pictures if not (DOCS / "images" / name).is_file()] == []


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("4 succeeded in 9.8 s", "4 succeeded in 1:02"),
        ("8 passed in 6.93s", "8 passed in 12.10s"),
        ("  output/rates.csv  (313 B, 8 rows)", "  output/rates.csv  (1.2 KiB, 8 rows)"),
    ],
)
def test_times_and_sizes_may_differ(printed: str, said: str):
    assert alike(printed) == alike(said)


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("4 succeeded in 9.8 s", "3 succeeded in 9.8 s"),
        ("  output/rates.csv  (313 B, 8 rows)", "  output/rates.csv  (313 B, 9 rows)"),
        ("2024-01,41,46", "2024-01,41,47"),
        ("smokingcurrent,3.46,2.48", "smokingcurrent,3.46,2.49"),
    ],
)
def test_nothing_else_may_differ(printed: str, said: str):
    assert alike(printed) != alike(said)
