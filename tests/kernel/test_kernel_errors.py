"""Mistakes say what, where and what next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from armslength.kernel import clock, ids
from armslength.kernel.errors import Mistake, Mistakes


def test_a_mistake_says_what_where_and_what_next():
    mistake = Mistake(
        "P003", "action `rates` needs `data`", where="project.yaml:7", hint="did you mean `dataset`?"
    )
    assert str(mistake) == (
        "error P003: action `rates` needs `data`\n  at project.yaml:7\n\nhint: did you mean `dataset`?"
    )


def test_several_mistakes_are_told_together_and_the_gravest_status_wins():
    both = Mistakes([Mistake("P001", "one"), Mistake("P002", "two", exit_status=2)])
    assert str(both) == "error P001: one\n\nerror P002: two"
    assert both.exit_status == 2
    with pytest.raises(ValueError, match="empty list"):
        Mistakes([])


def test_moments_are_written_in_utc_and_read_back():
    paris = datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=1)))
    assert clock.to_text(paris) == "2030-01-02T02:04:05.000006Z"
    assert clock.from_text(clock.to_text(paris)) == paris
    with pytest.raises(ValueError, match="time zone"):
        clock.to_text(datetime(2030, 1, 2))
    assert clock.utc_now().tzinfo is UTC


def test_ids_are_short_safe_and_do_not_repeat():
    made = {ids.new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(set(one) <= set(ids.ALPHABET) and len(one) == ids.LENGTH for one in made)
