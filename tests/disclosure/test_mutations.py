"""A table made unsafe in one way is found out: at least 99 in 100 of each class of mutation."""

from __future__ import annotations

import random

import pytest
from mutations import HEADER, MUTATIONS, people, safe
from released_shapes import table

from armslength.disclosure.check import check_bytes
from armslength.disclosure.report import Verdict

TRIES = 60


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_found(name):
    missed = []
    for seed in range(TRIES):
        file, text, codes = MUTATIONS[name](random.Random(f"{name}/{seed}"))
        report = check_bytes(text.encode(), name=file)
        found = {
            finding.code for finding in report.findings if finding.verdict in (Verdict.BLOCK, Verdict.WARN)
        }
        if not found & codes:
            missed.append((seed, report.findings))
    assert len(missed) * 100 <= TRIES, missed[:2]


def test_the_table_before_its_mutation_is_let_pass():
    for seed in range(TRIES):
        report = check_bytes(table(HEADER, safe(people(random.Random(seed)))).encode(), name="a.csv")
        assert not [finding for finding in report.findings if finding.verdict is Verdict.BLOCK], (
            report.findings
        )
