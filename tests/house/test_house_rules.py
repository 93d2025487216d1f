"""The house keeps its own rules: purposes, budgets, error pages, vocabulary."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SOURCE = HOUSE / "src"
# Classes that list the columns of promised tables: data, one folder deep or two.
TABLES = SOURCE / "armslength" / "query" / "contracts"
PYTHON = sorted(
    path
    for path in SOURCE.rglob("*.py")
    if "migrations" not in path.parts and path.parent not in (TABLES, TABLES / "raw")
)
FILE_BUDGET, FUNCTION_BUDGET = 400, 40
# What is over the budget today. The list may only shrink.
FILE_DEBT: dict[str, int] = {}
FUNCTION_DEBT: dict[str, int] = {}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def rooms() -> list[Path]:
    return sorted(path.parent for path in SOURCE.rglob("__init__.py") if "migrations" not in path.parts)


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.relative_to(SOURCE).as_posix())
def test_every_room_says_what_it_is_for(room):
    purpose = ast.get_docstring(ast.parse((room / "__init__.py").read_text()))
    assert purpose, f"{room}/__init__.py needs one sentence that says what the room is for"


def test_no_file_is_over_the_budget_except_listed_debt():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in PYTHON}
    over = {name: lines for name, lines in lengths.items() if lines > FILE_DEBT.get(name, FILE_BUDGET)}
    assert over == {}
    paid = {name for name in FILE_DEBT if lengths.get(name, 0) <= FILE_BUDGET}
    assert paid == set(), "debt is paid: take it off the list"


def functions():
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name_of(path)}::{node.name}", node.end_lineno - node.lineno + 1


def test_no_function_is_over_the_budget_except_listed_debt():
    over = {name: lines for name, lines in functions() if lines > FUNCTION_DEBT.get(name, FUNCTION_BUDGET)}
    assert over == {}


CODE = re.compile(r"^[QDPRSALCWYX]\d{3}$")
# Clinical data: the codes there are diagnoses.
CLINICAL = SOURCE / "armslength" / "query" / "stores" / "sample" / "concepts.py"


def error_codes() -> dict[str, str]:
    """Every error code that the source mentions as a whole string, and a file that does."""
    codes = {}
    for path in PYTHON:
        if path == CLINICAL:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
                codes[node.value] = name_of(path)
    return codes


def documented_codes() -> set[str]:
    pages = (HOUSE / "docs" / "reference" / "errors").glob("*.md")
    return {
        code for page in pages for code in re.findall(r"^## ([A-Z]\d{3})\b", page.read_text(), re.MULTILINE)
    }


def test_every_error_code_has_a_page_and_every_page_a_code():
    raised = error_codes()
    missing = {code: place for code, place in raised.items() if code not in documented_codes()}
    assert missing == {}
    stale = documented_codes() - set(raised) - {"X000"}
    assert stale == set()


def test_every_extra_is_one_role_or_one_engine():
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    roles = {"researcher", "provider", "runner", "server", "airlock"}
    engines = set(project["entry-points"]["armslength.engines"])
    extras = set(project["optional-dependencies"])
    assert extras >= roles | {"all"} and extras - roles - {"all"} <= engines | {"trino"}


def test_the_readme_names_two_commands_to_set_up():
    first_screen = (HOUSE / "README.md").read_text()[:3500]
    commands = set(re.findall(r"^\s*\$?\s*(make [a-z]+)\b", first_screen, re.MULTILINE))
    assert commands == {"make demo", "make test"}


def test_every_decision_is_dated_and_says_context_decision_and_price():
    pages = sorted((HOUSE / "docs" / "decisions").glob("*.md"))
    assert pages
    for page in pages:
        assert re.match(r"\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md", page.name), page.name
        text = page.read_text()
        for heading in ("## Context", "## Decision", "## Price"):
            assert heading in text, f"{page.name} lacks {heading}"
