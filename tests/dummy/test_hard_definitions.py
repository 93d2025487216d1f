"""Every branch of hard definitions is shown, or proved impossible; and nothing is proved that can be shown."""

from __future__ import annotations

from functools import cache

import pytest
from hard_definitions import DEFINITIONS, NEVER
from realistic_studies import DATASETS

from armslength.query.dummy.coverage import Outcome
from armslength.query.dummy.inventor import Invented
from armslength.query.dummy.ordering import invent_for_dataset
from armslength.query.dummy.proofs import why_impossible
from armslength.query.dummy.targets import Goal
from armslength.query.dummy.wants import TRUE
from armslength.query.language.dataset import query_of


@cache
def made(name: str) -> Invented:
    dataset = (DEFINITIONS | DATASETS)[name]()
    return invent_for_dataset(query_of(dataset), dataset._dummy_data)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_what_can_be_shown_is_shown_and_the_rest_is_proved_impossible(name):
    invented = made(name)
    assert invented.why_fewer == ""
    assert len(invented.patients) == 40
    missed = {
        each.target.about: each.outcome
        for each in invented.coverage.findings
        if each.outcome is not Outcome.SHOWN
    }
    assert missed == dict.fromkeys(NEVER[name], Outcome.IMPOSSIBLE)


@pytest.mark.parametrize("name", [*DEFINITIONS, *DATASETS])
def test_nothing_that_a_patient_shows_is_proved_impossible(name):
    dataset = (DEFINITIONS | DATASETS)[name]()
    population = Goal(((query_of(dataset).population, TRUE),))
    invented = made(name)
    for finding in invented.coverage.of(Outcome.SHOWN):
        assert why_impossible([population, finding.target.goal], invented.question) is None, (
            finding.target.about
        )


def test_the_reason_names_what_clashes():
    def reason(name, about):
        findings = made(name).coverage.of(Outcome.IMPOSSIBLE)
        return next(each.reason for each in findings if each.target.about == about)

    assert reason("deprivation known for all", "`imd`: the default ('unknown')") == (
        "`addresses.imd_rounded` would have to be present and at least 32845 and at most 32800 (or missing)"
    )
    assert reason("what the population excludes", "a row that passes a filter of `population`") == (
        "a row of `clinical_events` is needed where there must be none"
    )
    assert reason("equal and not equal", "`never` true") == (
        "`clinical_events.date` and `clinical_events.date` cannot be in two orders at once"
    )
