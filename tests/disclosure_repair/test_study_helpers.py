"""What studies call to make their outputs safe, in Python and in R, and the page that shows how."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armslength.disclosure.check import examine, examine_file
from armslength.disclosure.report import Verdict
from armslength.disclosure.study import midpoint6, rate, round_counts, suppress, survival_curve, write_table
from armslength.disclosure.study.claims import verify_claims

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "make-outputs-safe.md"


@given(st.integers(0, 10**7))
def test_rounded_counts_are_near_and_small_ones_hidden(count):
    shown = round_counts(count)
    if 1 <= count <= 7:
        assert shown == "[REDACTED]"
    else:
        assert shown % 5 == 0 and abs(shown - count) <= 2
    middle = midpoint6(count)
    assert (count == 0 and middle == 0) or (middle % 6 == 3 and middle - 2 <= count <= middle + 3)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_rate_is_never_of_a_small_part_or_rest(numerator, denominator):
    shown = rate(numerator, denominator)
    rest = denominator - numerator
    if denominator <= 7 or rest < 0 or 1 <= numerator <= 7 or 1 <= rest <= 7:
        assert shown is None
    else:
        assert 0 <= shown <= 1


def test_missing_counts_stay_hidden_and_others_must_be_counts():
    assert round_counts([None, float("nan"), 20]) == ["[REDACTED]", "[REDACTED]", 20]
    assert suppress(round_counts([3, 20])) == ["[REDACTED]", 20]
    for wrong in (-1, 2.5):
        with pytest.raises(ValueError, match="not a count"):
            round_counts(wrong)


def test_a_pandas_column_stays_one():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series([3, 12, 40], index=list("abc"))
    assert round_counts(series).to_dict() == {
        "a": "[REDACTED]",
        "b": 10,
        "c": 40,
    }


@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1, max_size=400))
def test_a_survival_curve_steps_only_where_more_than_seven_events_have_gathered(people):
    steps = survival_curve([time for time, _ in people], [event for _, event in people])
    before, survival = 0, 1.0
    for step in steps:
        gathered = sum(event and before < time <= step.time for time, event in people)
        assert gathered > 7 and step.at_risk > 7
        assert 0 <= step.survival <= survival
        assert step.events % 3 == 0
        before, survival = step.time, step.survival


def test_a_written_table_passes_the_checks_and_its_claims_hold(tmp_path):
    raw = {"North": 123, "South": 4, "East": 77, "West": 310}
    rows = [{"region": name, "n": shown} for name, shown in round_counts(raw).items()]
    path = tmp_path / "regions.csv"
    beside = write_table(rows, path, rounded=["n"])
    found = examine_file(path)
    assert found.report.verdict.gravity <= Verdict.INFO.gravity
    assert list(verify_claims(path, found.document.tables)) == []
    assert json.loads(beside.read_text())["columns"]["n"]["base"] == 5


def test_claims_that_do_not_hold_are_found(tmp_path):
    path = tmp_path / "regions.csv"
    write_table({"region": ["North", "East"], "n": [120, 80]}, path, rounded=["n"])
    path.write_text(path.read_text().replace("80", "81"))
    said = [finding.what for finding in verify_claims(path, examine_file(path).document.tables)]
    assert said == [
        "the claims were written for another version of this file",
        "column `n` does not keep to what is claimed of it: 81 is no multiple of 5",
    ]


def test_a_false_claim_is_refused_and_nothing_is_written(tmp_path):
    path = tmp_path / "regions.csv"
    with pytest.raises(ValueError, match="81 is no multiple of 5"):
        write_table([{"n": 81}], path, rounded=["n"])
    with pytest.raises(ValueError, match="at most 7"):
        write_table([{"n": 5}], path, rounded=["n"])
    with pytest.raises(ValueError, match="no column `m`"):
        write_table([{"n": 10}], path, midpoint6=["m"])
    assert list(tmp_path.iterdir()) == []


def test_the_helpers_need_nothing_but_python():
    """A study's environment has other versions of everything; only the standard library is sure to be there."""
    script = (
        "import sys; from armslength.disclosure.study import write_table;"
        "print(sorted(n for n in ('numpy', 'scipy', 'pandas', 'pydantic', 'rich') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_runs_as_written(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert blocks
    (tmp_path / "output").mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for file in (tmp_path / "output").glob("*.csv"):
        assert examine(file.read_bytes(), name=file.name).report.verdict is not Verdict.BLOCK


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_r_script_says_the_same_as_python(tmp_path):
    script = resources.files("armslength.disclosure.study").joinpath("armslength.R").read_text()
    counts = [0, 1, 7, 8, 12, 13, 100, 123456]
    (tmp_path / "t.R").write_text(
        script
        + f"\nn <- c({', '.join(map(str, counts))})\n"
        + "cat(round_counts(n), sep = '\\n'); cat(midpoint6(n), sep = '\\n'); cat(rate(123, 4567), '\\n')\n"
        + "write_table(data.frame(region = c('a', 'b'), n = c(10, 20)), 'out.csv', rounded = 'n')\n"
    )
    done = subprocess.run(["Rscript", "t.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = done.stdout.split()
    assert lines[:8] == [str(shown) for shown in round_counts(counts)]
    assert [float(line) for line in lines[8:16]] == midpoint6(counts)
    assert float(lines[16]) == rate(123, 4567)
    path = tmp_path / "out.csv"
    assert list(verify_claims(path, examine_file(path).document.tables)) == []
