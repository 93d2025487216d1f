"""The `armslength` command: verbs, help, statuses."""

from __future__ import annotations

import pytest

from armslength.cli import VERBS, run


def test_an_unknown_verb_says_so_and_fails(capsys):
    assert run(["nope"]) == 2
    assert "error X001: there is no verb `nope`" in capsys.readouterr().err


def test_every_verb_has_a_line_of_help(capsys):
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(verb in told for verb in VERBS)


@pytest.mark.parametrize(
    "verb", ["data", "check-outputs", "ledger", "runner", "server", "airlock", "demo", "up", "down"]
)
def test_every_verb_explains_itself(verb, capsys):
    assert run([verb, "--help"]) == 0
    assert f"armslength {verb}" in capsys.readouterr().out
