"""The policy is data: it is read, changed by projects with a reason and for a time, and printed as the manual."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from armslength.disclosure.catalogue import every_about
from armslength.disclosure.check import check_bytes
from armslength.disclosure.policy import DEFAULT, parse_policy
from armslength.disclosure.report import Verdict
from armslength.disclosure.telling.manual import check_pages, checks_page, policy_page
from armslength.kernel.errors import Mistake

DOCS = Path(__file__).parents[2] / "docs" / "reference"
UNROUNDED = b"region,patients\nA,411\nB,1228\n"
OVERRIDE = f"""
base = "{DEFAULT.version}"
project = "weekly"
[[override]]
check = "C1"
severity = "warn"
files = "weekly_*.csv"
reason = "whole regions"
approved_by = "the checking lead"
expires = 2027-01-31
"""


def policy(text: str, today: date = date(2026, 12, 1)):
    return parse_policy(text, where="policy.toml", today=today)


def test_an_override_holds_for_its_files_and_no_others():
    overridden = policy(OVERRIDE)
    assert check_bytes(UNROUNDED, name="weekly_1.csv", policy=overridden).verdict is Verdict.WARN
    assert check_bytes(UNROUNDED, name="other.csv", policy=overridden).verdict is Verdict.BLOCK


def test_an_override_ends_on_its_day_and_the_policy_says_so():
    lapsed = policy(OVERRIDE, date(2027, 1, 31))
    assert check_bytes(UNROUNDED, name="weekly_1.csv", policy=lapsed).verdict is Verdict.BLOCK
    assert [override.check for override in lapsed.lapsed] == ["C1"]


def test_a_finding_says_who_made_it_less_grave_why_and_until_when():
    report = check_bytes(UNROUNDED, name="weekly_1.csv", policy=policy(OVERRIDE))
    assert report.findings[0].derivation[-1] == (
        "block lowered to warn until 2027-01-31, approved by the checking lead: whole regions"
    )


def test_an_override_never_makes_a_finding_graver():
    graver = policy(f'base = "{DEFAULT.version}"\n[severity]\nC1 = "block"\nB10 = "block"\n')
    text = b"region,patients\n" + b"A,[REDACTED]\n" * 7
    assert check_bytes(text, name="x.csv", policy=graver).verdict is Verdict.INFO


def test_a_check_can_be_switched_off():
    off = policy(f'base = "{DEFAULT.version}"\n[severity]\nC1 = "off"\n')
    assert check_bytes(UNROUNDED, name="x.csv", policy=off).verdict is Verdict.CLEAR


def test_another_threshold_moves_every_check():
    ten = policy(f'base = "{DEFAULT.version}"\nversion = "ten"\nthreshold = 10\n')
    report = check_bytes(b"region,patients\nA,10\nB,25\nC,35\n", name="x.csv", policy=ten)
    assert report.policy_version == "ten"
    assert [finding.code for finding in report.findings] == ["B1"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("version = ", "Invalid"),
        ('version = "1"', "threshold"),
        ('base = "1999-01"', "1999-01"),
        (f'base = "{DEFAULT.version}"\nthresholds = 3', "thresholds"),
        (f'base = "{DEFAULT.version}"\nthreshold = "seven"', "numbers"),
        (f'base = "{DEFAULT.version}"\nthreshold = 0', "at least 1"),
        (f'base = "{DEFAULT.version}"\n[severity]\nC1 = "severe"', "severe"),
        (OVERRIDE.replace('"whole regions"', '" "'), "reason"),
        (OVERRIDE.replace("2027-01-31", '"soon"'), "2027-01-31"),
        (OVERRIDE.replace('files = "weekly_*.csv"', 'file = "x"'), "file"),
        (OVERRIDE.replace('reason = "whole regions"\n', ""), "reason"),
        (OVERRIDE.replace('approved_by = "the checking lead"\n', ""), "approved_by"),
        (OVERRIDE.replace("expires = 2027-01-31\n", ""), "expires"),
        (OVERRIDE.replace("2027-01-31", "2027-01-31T00:00:00"), "2027-01-31"),
    ],
)
def test_a_policy_that_is_none_is_a_mistake_that_says_why(text, hint):
    with pytest.raises(Mistake) as caught:
        policy(text)
    assert caught.value.code == "C003"
    assert hint in str(caught.value)


def test_the_manual_is_what_the_checks_say():
    """Run `armslength check-outputs --manual docs/reference` when this fails."""
    assert (DOCS / "disclosure-checks.md").read_text() == checks_page(DEFAULT)
    assert (DOCS / "disclosure-policy.md").read_text() == policy_page()
    printed = {page.name: page.read_text() for page in (DOCS / "checks").iterdir()}
    assert printed == check_pages()


def test_every_check_names_its_source_and_its_codes_are_its_own():
    codes = [about.code for about in every_about()]
    assert len(codes) == len(set(codes))
    assert all(about.source and about.mend and about.verdicts for about in every_about())
