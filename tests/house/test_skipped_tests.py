"""Where CI=true nothing may be skipped, except what needs something that exists elsewhere only."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SKIPPING = """
import pytest

def test_that_skips():
    pytest.skip({reason!r})
"""
WHOLE_FILE = "import pytest\npytest.skip({reason!r}, allow_module_level=True)\n"
ELSEWHERE = "needs a real SQL Server: ARMSLENGTH_TEST_MSSQL is not set"


@pytest.fixture
def run(pytester, monkeypatch):
    pytester.makeconftest((Path(__file__).parents[1] / "conftest.py").read_text())

    def run_with(text: str, *, ci: str):
        monkeypatch.setenv("CI", ci)
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider")

    return run_with


@pytest.mark.parametrize("text", [SKIPPING, WHOLE_FILE])
def test_a_skipped_test_fails_in_ci_and_says_why(run, text):
    outcome = run(text.format(reason="bubblewrap is not installed"), ci="true")
    assert outcome.ret != 0
    outcome.stdout.fnmatch_lines(["*skipped where nothing may be skipped: bubblewrap is not installed*"])


@pytest.mark.parametrize("text", [SKIPPING, WHOLE_FILE])
def test_a_skipped_test_is_fine_elsewhere(run, text):
    run(text.format(reason="bubblewrap is not installed"), ci="").assert_outcomes(skipped=1)


def test_what_exists_elsewhere_only_may_be_skipped_in_ci(run):
    run(SKIPPING.format(reason=ELSEWHERE), ci="true").assert_outcomes(skipped=1)


def test_an_expected_failure_is_not_a_skipped_test(run):
    text = "import pytest\n\n@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert False\n"
    run(text, ci="true").assert_outcomes(xfailed=1)
