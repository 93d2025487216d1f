"""Tables as public studies release them are let pass: nothing in them is stopped."""

from __future__ import annotations

import pytest
from released_shapes import MAKERS, corpus

from armslength.disclosure.check import check_bytes
from armslength.disclosure.report import Verdict


@pytest.mark.parametrize("seed", range(6))
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
    assert len({make.__name__ for make in MAKERS}) >= 160


# What makes a table pass, made a little less so: each must still be stopped.
@pytest.mark.parametrize(
    ("text", "code"),
    [
        # 0 and 1 are levels only where they tell rows apart.
        ("sex,region,events,patients\nF,N,0,400\nF,S,1,510\nM,N,0,620\nM,S,1,300\n", "B1"),
        ("events,patients\n3,100\n1,200\n", "B1"),
        ("region,deaths,patients\nA,1,100\nB,2,250\nC,3,300\nD,5,900\n", "B1"),
        # Numbers of rows count up by one.
        ("no,group\n1,a\n2,b\n4,c\n5,d\n", "B1"),
        # One identifier that is not a multiple of 5 is enough.
        ("region,patient_id\nA,900\nB,905\nC,1000\nD,1021\nE,400\nF,500\n", "A1"),
        # Seven columns to the nearest 7 do not excuse one that is not.
        ("g,n,patients\na,70,701\nb,77,44\nc,84,98\nd,147,91\ne,700,63\nf,777,77\n", "C1"),
        # A 5 beside `<=7` was left by mistake, beside `<=5` it may be a 6.
        ("g,deaths\na,<=7\nb,5\nc,10\nd,25\n", "C7"),
        # People come in combinations that repeat, or leave most combinations out.
        (
            "age,sex,bmi,died\n"
            + "".join(f"{30 + 7 * i % 60},{'FM'[i % 2]},{20 + i / 7:.1f},{i % 3 // 2}\n" for i in range(60)),
            "A2",
        ),
        ("Three rows\n\nIn all 3 patients or their carers answered\n", "B11"),
    ],
)
def test_a_table_that_only_looks_like_a_released_one_is_stopped(text, code):
    name = "x.log" if text.startswith("Three") else "x.csv"
    findings = check_bytes(text.encode(), name=name).findings
    assert code in {finding.code for finding in findings if finding.verdict is Verdict.BLOCK}


def test_two_outcomes_of_the_same_people_are_not_one_table_twice():
    sizes = [905, 1205, 640, 730]
    a, b = ["[REDACTED]", 20, 35, "[REDACTED]"], [0, 90, 400, 0]
    text = "\n".join(
        f"{title}\nAge,Events,N\n"
        + "".join(f"{18 + 10 * i}-{27 + 10 * i},{n},{sizes[i]}\n" for i, n in enumerate(events))
        for title, events in (("Stroke", a), ("Death", b))
    )
    found = {finding.code for finding in check_bytes(text.encode(), name="x.csv").findings}
    assert "D6" not in found
