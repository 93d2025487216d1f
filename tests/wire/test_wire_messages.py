"""Messages believe nothing: unknown fields, wrong types, unsafe names and paths are refused with the field named."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from armslength.kernel.errors import Mistake
from armslength.wire.jobs import FINAL, MOVES, JobRequest, JobState, StateReport
from armslength.wire.message import ActionId, OutputPath, Person, Slug, read

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def request(**changes) -> dict:
    fields = {
        "version": 1,
        "id": "2345678923456789",
        "backend": "north",
        "project": "statins",
        "workspace": "statins-main",
        "repository": "https://example.org/statins.git",
        "branch": "main",
        "commit": "a" * 40,
        "actions": ["run_all"],
        "requested_by": "ann",
        "requested_at": "2030-01-02T03:04:05.000000Z",
    }
    return fields | changes


def test_a_request_survives_the_journey():
    sent = JobRequest(**request(actions=("run_all",), requested_at=NOW))
    assert read(JobRequest, sent.to_json(), sender="the server") == sent


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", 2),
        ("id", "../../etc"),
        ("project", "Statins"),
        ("workspace", "a/b"),
        ("branch", "-x"),
        ("branch", "main\n"),
        ("commit", "HEAD"),
        ("actions", []),
        ("actions", ["a b"]),
        ("force", "yes"),
        ("requested_by", "ann;drop"),
        ("requested_at", "2030-01-02T03:04:05"),
        ("shell", "rm -rf /"),
    ],
)
def test_a_bad_field_is_refused_by_name(field, value):
    with pytest.raises(Mistake) as caught:
        read(JobRequest, json.dumps(request(**{field: value})), sender="https://jobs.example.org")
    assert caught.value.code == "W001"
    assert field in caught.value.what
    assert "rm -rf" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "\x00", '"x"', "1e999"])
def test_garbage_is_a_mistake(text):
    with pytest.raises(Mistake, match="cannot be read"):
        read(StateReport, text, sender="somebody")


@pytest.mark.parametrize("path", ["outputs/a.csv", "x y/[REDACTED].csv", "ünï/ä.csv", "metadata/x.log"])
def test_ordinary_output_paths_pass(path):
    assert TypeAdapter(OutputPath).validate_python(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "../x",
        "a/../b",
        "/etc/passwd",
        "a//b",
        "a/.b",
        ".git",
        "a\\b",
        "a/",
        "a\nb",
        "a\x00b",
        "./a",
        "x" * 1001,
    ],
)
def test_paths_that_could_leave_a_workspace_are_refused(path):
    with pytest.raises(ValidationError):
        TypeAdapter(OutputPath).validate_python(path)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Slug, "a/b"), (Slug, ""), (Slug, "-a"), (ActionId, "../x"), (ActionId, ".x"), (Person, "a b")],
)
def test_names_have_a_safe_alphabet(kind, name):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(name)


def test_the_table_of_moves_is_whole_and_its_final_states_are_final():
    assert set(MOVES) == set(JobState)
    assert {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED} == FINAL
    reached = {JobState.WAITING}
    while onward := {state for known in reached for state in MOVES[known]} - reached:
        reached |= onward
    assert reached == set(JobState)


@pytest.mark.parametrize(
    "name", ["r\u202evsc.csv", "a\u200b.csv", "e\u0301.csv", "a\u2028.csv", "a\u00a0b.csv"]
)
def test_paths_that_deceive_the_eye_cross_no_wall(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(OutputPath).validate_python(f"output/{name}")
    assert TypeAdapter(OutputPath).validate_python("output/é.csv")
