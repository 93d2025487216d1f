"""Tables as public studies release them are let pass: nothing in them is stopped."""

from __future__ import annotations

import pytest
from released_shapes import MAKERS, corpus

from armslength.disclosure.check import check_bytes
from armslength.disclosure.report import Verdict


@pytest.mark.parametrize("seed", range(15))
def test_nothing_is_stopped_in_tables_made_safe_by_their_authors(seed):
    stopped = [
        (name, finding.code, finding.what)
        for name, text in corpus(seed)
        for finding in check_bytes(text.encode(), name=name).findings
        if finding.verdict is Verdict.BLOCK
    ]
    assert stopped == []


def test_the_corpus_has_many_shapes():
    corpus(0)
    assert len({make.__name__ for make in MAKERS}) >= 30
