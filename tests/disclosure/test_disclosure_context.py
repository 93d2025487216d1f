"""What a file alone does not tell: checks that judge by a context, and say so where there is none."""

from __future__ import annotations

import json

import pytest

from armslength.disclosure.beside import CONTEXT_CHECKS, with_context
from armslength.disclosure.check import examine
from armslength.disclosure.context import read_context
from armslength.disclosure.policy import DEFAULT
from armslength.disclosure.report import Verdict
from armslength.kernel.errors import Mistake

TABLE = b"region,n,hr,se,cost\nNorth,905,1.21,0.11,81000\nSouth,640,1.12,0.12,64000\n"
REQUEST = {
    "context": "Statin use by region among registered adults",
    "controls": "Counts up to 7 redacted, the others rounded to 5",
    "population": "adults registered on 1 March 2024",
    "earlier_outputs": "none",
}
FILE = {
    "action": "tables", "commit": "5f0c2d1", "published": True, "dirty": False, "out_of_date": False,
    "script": "n = round_counts(n)\n", "observations": 905, "parameters": 12, "smallest_group": 240,
    "contributions": [{"line": 2, "column": "cost", "total": 81000, "largest": 900, "second": 850}],
}  # fmt: skip


def report(context: dict[str, object] | None, name: str = "output/table1.csv"):
    known = None if context is None else read_context(json.dumps(context), where="context.json")
    examined = [(name, examine(TABLE, name="table1.csv"))]
    return with_context(examined, known, policy=DEFAULT)[0][1].report


def whole(request: dict[str, object] | None = None, **file: object) -> dict[str, object]:
    return {
        "request": REQUEST | (request or {}),
        "overlaps": [],
        "files": {"table1.csv": FILE | file},
    }


def found(context: dict[str, object]) -> dict[str, Verdict]:
    return {
        finding.code: finding.verdict
        for finding in report(context).findings
        if finding.code in {check.about.code for check in CONTEXT_CHECKS}
    }


def test_without_a_context_every_such_check_is_not_run_and_none_passes():
    told = {check.code for check in report(None).not_run}
    assert told == {"B7", "B8", "C8", "F1", "F5", "F8", "F9"}
    assert all(check.needs for check in report(None).not_run)


def test_a_whole_context_leaves_nothing_unasked_and_tells_where_counts_are_rounded():
    assert report(whole()).not_run == ()
    assert found(whole()) == {"B8": Verdict.INFO, "C8": Verdict.INFO}
    said = next(finding for finding in report(whole()).findings if finding.code == "C8")
    assert said.derivation == ("1: n = round_counts(n)",)


@pytest.mark.parametrize("left_out", ["script", "commit", "published", "contributions", "observations"])
def test_what_a_context_leaves_out_is_not_checked(left_out):
    context = whole()
    files = context["files"]
    assert isinstance(files, dict)
    beside = {"commit": "dirty", "published": "out_of_date", "observations": "smallest_group"}
    gone = {left_out, beside.get(left_out)}
    files["table1.csv"] = {key: value for key, value in FILE.items() if key not in gone}
    code = {"script": "C8", "commit": "F9", "published": "F8", "contributions": "B8", "observations": "B7"}
    assert {check.code for check in report(context).not_run} == {code[left_out]}


@pytest.mark.parametrize(
    ("context", "code", "verdict"),
    [
        (whole({"context": ""}), "F1", Verdict.BLOCK),
        (whole({"controls": "done"}), "F1", Verdict.BLOCK),
        (whole({"controls": "we took great care with all of this"}), "F1", Verdict.WARN),
        (whole({"population": ""}), "F1", Verdict.WARN),
        (whole({"earlier_outputs": ""}) | {"overlaps": ["output/table1.csv"]}, "F5", Verdict.WARN),
        (whole(out_of_date=True), "F8", Verdict.WARN),
        (whole(published=False), "F8", Verdict.WARN),
        (whole(dirty=True), "F9", Verdict.WARN),
        (whole(script="write.csv(d)  # round later\n"), "C8", Verdict.INFO),
        (whole(script="# round_counts(n)\nwrite.csv(d)\n"), "C8", Verdict.WARN),
        (
            whole(script="create_measures()\nm.configure_disclosure_control(enabled=False)"),
            "C8",
            Verdict.WARN,
        ),
        (whole(observations=20), "B7", Verdict.WARN),
        (whole(smallest_group=7), "B7", Verdict.WARN),
    ],
)
def test_what_is_wrong_beside_a_file_is_found(context, code, verdict):
    assert found(context)[code] is verdict


def test_a_file_of_another_commit_than_the_others_is_named():
    context = whole(commit="0ld")
    context["files"] = {"table1.csv": FILE | {"commit": "0ld"}, "b.csv": FILE, "c.csv": FILE}
    assert found(context)["F9"] is Verdict.WARN


@pytest.mark.parametrize(
    ("largest", "second", "dominated"),
    [(51, 1, True), (49, 37, True), (48, 1, False), (49, 36, False), (30, 10, False)],
)
def test_dominance_is_told_by_its_rule_and_never_by_its_numbers(largest, second, dominated):
    parts = [{"line": 2, "column": "cost", "total": 100, "largest": largest, "second": second}]
    told = [
        finding
        for finding in report(whole(contributions=parts)).findings
        if finding.code == "B8" and finding.verdict is Verdict.WARN
    ]
    assert bool(told) is dominated
    steps = " ".join(step.replace("85 %", "") for finding in told for step in finding.derivation)
    assert str(largest) not in steps


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{", "line 1"),
        ("[]", "not an object"),
        ('{"requests": {}}', "requests"),
        ('{"files": {"a": {"commit": 3}}}', "commit"),
        ('{"files": {"a": {"published": 1}}}', "published"),
        ('{"files": {"a": {"observations": true}}}', "observations"),
        ('{"files": {"a": {"contributions": [{"line": 1}]}}}', "column"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_context_that_is_none_is_a_mistake_that_says_why(text, hint):
    with pytest.raises(Mistake) as caught:
        read_context(text, where="context.json")
    assert caught.value.code == "C006"
    assert hint in str(caught.value)
