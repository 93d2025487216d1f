"""`armslength environments`: what is there, what is in it, and how what is missing is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from armslength.cli import run
from armslength.runner.environments import digest, read_catalogue
from armslength.runner.environments.recipes import Image, remember_image


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    assert run(["environments", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_name_is_listed_with_where_its_programs_are_from(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["environments", "list"]) == 0
    said = capsys.readouterr().out
    for name, entry in read_catalogue().entries.items():
        (line,) = (line for line in said.splitlines() if line.startswith(f"{name} "))
        assert not entry.instead or f"as {entry.instead}" in line
    assert "this installation" in said


def test_the_list_for_programs_says_the_same(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = told(capsys, "list")
    assert isinstance(listed, list)
    found = {one["environment"]: one for one in listed}
    assert set(found) == set(read_catalogue().entries)
    assert found["ehrql:v1"]["digest"] == f"sha256:{digest()}"
    assert found["python:v1"]["instead"] == "python:v2"


def test_an_environment_is_shown_with_every_package(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, "show", "python:v2")
    assert isinstance(shown, dict)
    assert shown["usable"] and shown["lock"].startswith("sha256:")
    assert any(one.startswith("numpy==") for one in shown["packages"])


def test_images_that_are_not_built_are_listed_with_the_command_that_builds_them(
    recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = told(capsys, "list", "--image")
    assert isinstance(listed, list)
    assert not any(one["usable"] for one in listed)
    assert all("--image" in one["hint"] for one in listed)
    remember_image(Image("sha256:" + 64 * "3", "r-v2", "2030-01-02T03:04:05Z"))
    shown = told(capsys, "show", "r:v1", "--image")
    assert isinstance(shown, dict)
    assert (shown["image"], shown["built_at"]) == ("sha256:" + 64 * "3", "2030-01-02T03:04:05Z")


def test_what_needs_no_building_says_so(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["environments", "build", "ehrql:v1"]) == 0
    heard = capsys.readouterr()
    assert "needs no building" in heard.err
    assert heard.out == f"ehrql:v1 sha256:{digest()}\n"


def test_an_image_is_not_built_without_an_engine_that_confines(
    recipe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")
    assert run(["environments", "build", "python:v2", "--image"]) != 0
    assert "R003" in capsys.readouterr().err


def test_a_name_that_nobody_knows_is_answered_with_the_closest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["environments", "show", "pythn:v2"]) != 0
    assert "did you mean `python:v2`?" in capsys.readouterr().err
