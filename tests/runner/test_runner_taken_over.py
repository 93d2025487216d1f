"""A jobs site that was taken over, with a ledger that is in order: what it can still not have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from inside_runner import PROJECT, Inside
from jobs_site import BACKEND, now

from armslength.ledger import Kind
from armslength.runner.planner import _says_where
from armslength.wire.jobs import Cancellation

pytestmark = pytest.mark.sandbox
QUERY = """
  rows:
    run: ehrql:v1 generate-dataset a.py --output outputs/a.csv {}
    outputs:
      highly_sensitive:
        rows: outputs/a.csv
"""


def test_a_request_shown_again_after_its_end_does_not_run_again(inside: Inside) -> None:
    request = inside.ask(actions=("people",))
    inside.start()
    assert inside.wait_over(request) == "succeeded"

    def show_everything_again(answer: dict[str, Any]) -> dict[str, Any]:
        size = answer["head"]["size"]
        again = [
            {
                "entry": inside.site.log.entry(n).to_object(),
                "inclusion": inside.site.log.inclusion(n, size=size).to_object(),
            }
            for n in range(1, size)
        ]
        return answer | {"items": again, "more": True}

    inside.site.tamper = show_everything_again
    polls = inside.site.polls
    inside.wait(lambda: inside.site.polls > polls + 3)
    inside.kill()
    inside.start()  # nor after a restart
    polls = inside.site.polls
    inside.wait(lambda: inside.site.polls > polls + 2)
    [[count]] = inside.query("SELECT count(*) FROM jobs")
    assert count == 1
    assert inside.level(3, "outputs/people.csv").read_text() == "patient_id,age\n"


def test_an_answer_that_always_promises_more_is_not_asked_for_at_once(inside: Inside) -> None:
    inside.site.tamper = lambda answer: answer | {"more": True}
    inside.start()
    inside.wait(lambda: inside.site.polls >= 2)
    before, start = inside.site.polls, now()
    inside.wait(lambda: (now() - start).total_seconds() > 3)
    assert inside.site.polls - before <= 4  # once a second


def test_a_cancellation_in_another_persons_name_is_left_alone(inside: Inside) -> None:
    request = inside.ask(actions=("people",))
    message = Cancellation(request=request, backend=BACKEND, cancelled_by="ann", cancelled_at=now())
    body = message.model_dump(mode="json")
    inside.site.log.append(Kind.CANCEL, actor="mallory", subject=f"request:{request}", body=body, at=now())
    inside.site.log.append(Kind.CANCEL, actor="ann", subject="request:another", body=body, at=now())
    inside.start()
    assert inside.wait_over(request) == "succeeded"
    assert inside.log().count("R041") == 2


def test_a_workspace_belongs_to_the_project_that_used_it_first(inside: Inside) -> None:
    policy = inside.folder / "policy.toml"
    text = policy.read_text()
    policy.write_text(
        text + text[text.index("[projects.trial]") :].replace("[projects.trial]", "[projects.other]")
    )
    first = inside.ask(actions=("people",))
    inside.start()
    assert inside.wait_over(first) == "succeeded"
    second = inside.ask(project="other")
    assert inside.wait_over(second) == "refused"
    assert inside.site.requests[second].reason == "workspace_of_another_project"
    manifest = json.loads(inside.level(4, "metadata/manifest.json").read_text())
    assert manifest["project"] == "trial"


def test_a_study_does_not_choose_what_reads_the_records(inside: Inside) -> None:
    _, commit = inside.push({"project.yaml": PROJECT + QUERY.format("--back core")})
    request = inside.ask(commit=commit, actions=("rows",))
    inside.start()
    assert inside.wait_over(request) == "refused"
    assert inside.site.requests[request].reason == "option_not_allowed"


@pytest.mark.parametrize(
    "option", ["--dsn", "--ds", "--d", "--backend=x", "--b", "--query-engine", "--q=duckdb"]
)
def test_no_spelling_of_an_option_gets_around_that(option: str) -> None:
    assert _says_where(("generate-dataset", "a.py", option, "x")) == option.partition("=")[0]


def test_parameters_of_a_definition_are_its_own() -> None:
    assert _says_where(("generate-dataset", "a.py", "--output", "a.csv", "--", "--backend", "x")) is None
