"""The catalogue: every name leads to an environment, to the one that stands in for it, or to a reason and a way on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from armslength.kernel.errors import Mistake
from armslength.runner.environments import Environment, entry_of, find_environment, offered, read_catalogue
from armslength.runner.environments.catalogue import catalogue_from
from armslength.runner.environments.recipes import (
    IMAGES,
    Image,
    read_images,
    recipe_folder,
    remember_image,
)

PINNED = "registry.example/armslength/r@sha256:" + 64 * "a"
HOUSE = Path(__file__).parents[2]


@pytest.mark.parametrize("name", read_catalogue().entries)
def test_every_name_has_a_recipe_and_words(name: str) -> None:
    entry = entry_of(name)
    assert recipe_folder(entry.recipe).is_dir()
    assert entry.about
    assert bool(entry.instead) <= bool(entry.note), "what stands in for something says what differs"


def test_the_reference_page_names_every_environment_and_every_refusal() -> None:
    page = (HOUSE / "docs" / "reference" / "environments.md").read_text()
    catalogue = read_catalogue()
    for name in (*catalogue.entries, *catalogue.refused, *catalogue.reusable):
        assert f"`{name}`" in page, name


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("stata-mp:v1", "R012", "licence"),
        ("jupyter:latest", "R012", "export the notebook as a script"),
        ("cohortextractor:latest", "R012", "ehrql:v1 generate-dataset"),
        ("cox-ipw:v0.0.30", "R012", "program of another repository"),
        ("pyton:v2", "R010", "did you mean `python:v2`?"),
        ("r:v22", "R010", "did you mean `r:v2`?"),
        ("cox-ip:v1", "R010", "did you mean `cox-ipw`?"),
        ("nothing-like-it:v1", "R010", "there is ehrql:v1, sqlrunner:v1, python:v2, r:v2"),
    ],
)
def test_what_is_not_run_is_told_with_a_way_on(name: str, code: str, words: str) -> None:
    with pytest.raises(Mistake) as told:
        find_environment(name)
    assert told.value.code == code
    assert words in str(told.value)


def test_what_stands_in_for_another_says_so_and_is_the_same_thing() -> None:
    old, new = find_environment("python:v1"), find_environment("python:v2")
    assert (old.name, old.digest, old.argv(("a.py",))) == ("python:v1", new.digest, new.argv(("a.py",)))
    assert "3.8" in old.note


@pytest.mark.parametrize(
    "wrong",
    [
        {"a:v1": {"instead": "b:v1", "note": "x"}},
        {"a:v1": {"kind": "perl", "recipe": "a", "about": "x"}},
        {"a:v1": {"recipe": "a", "about": "x"}},
    ],
)
def test_a_catalogue_with_a_hole_is_a_defect(wrong: dict[str, dict[str, str]]) -> None:
    with pytest.raises(AssertionError):
        catalogue_from(wrong)


def test_a_query_never_takes_its_program_from_the_study() -> None:
    query = find_environment("ehrql:v1")
    for first in ("python", "sh", "/bin/sh", "-c"):
        assert query.argv((first, "x"))[-3:] == ("ehrql", first, "x")
        assert "-P" in query.argv((first,))


def test_an_analysis_may_name_its_program() -> None:
    python = find_environment("python:v2")
    assert python.argv(("python", "a.py")) == (python.python, "a.py")
    assert python.argv(("sh", "a.sh"))[0].endswith("/sh")
    assert python.argv(("analysis/sh", "b"))[1:] == ("analysis/sh", "b")


def test_without_an_image_the_command_that_makes_one_is_told(recipe: Path) -> None:
    with pytest.raises(Mistake, match="R011") as told:
        find_environment("python:v1", images=True)
    assert told.value.hint == "run: armslength environments build python:v2 --image"


def test_an_image_is_used_by_its_digest_which_is_the_digest_of_the_job(recipe: Path) -> None:
    remember_image(Image(PINNED, "r-v2"))
    found = find_environment("r:v2", images=True)
    assert (found.image, found.digest, found.path) == (PINNED, 64 * "a", "")
    assert found.argv(("analysis/model.R", "--n", "3")) == ("Rscript", "analysis/model.R", "--n", "3")
    assert found.argv(("Rscript", "analysis/model.R"))[0] == "Rscript"
    remember_image(Image("sha256:" + 64 * "b", "python-v2"))
    assert set(read_images()) == {"r-v2", "python-v2"}
    assert find_environment("python:v2", images=True).argv(("python", "a.py")) == ("python3", "a.py")


@pytest.mark.parametrize("content", ["{", '{"r-v2": {"image": "debian:bookworm"}}'])
def test_an_image_that_moves_or_a_damaged_list_is_refused(recipe: Path, content: str) -> None:
    place = recipe.parents[1] / "built"
    place.mkdir()
    (place / IMAGES).write_text(content)
    with pytest.raises(Mistake, match="R013"):
        find_environment("r:v2", images=True)
    assert all(isinstance(one, Mistake) for one in offered(images=True).values())


def test_every_locked_package_has_a_hash() -> None:
    for lock in (HOUSE / "environments").glob("*/requirements.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text())
        assert entries
        for one in entries:
            assert re.match(r"[a-z0-9.-]+==\S+", one), one[:80]
            assert "--hash=sha256:" in one, one[:80]


def test_an_environment_says_its_name_and_digest() -> None:
    assert Environment("a:v1", ("a",), False, "", "0" * 64, "").recorded() == f"a:v1 sha256:{64 * '0'}"
