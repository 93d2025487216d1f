"""Disclosure control side by side with ACRO, on tables that both can judge.

    uv venv ELSEWHERE && uv pip install --python ELSEWHERE/bin/python acro
    .venv/bin/python benchmarks/disclosure_beside_acro.py --with-acro ELSEWHERE/bin/python

ACRO judges while a table is computed from records; this platform judges the table that comes out, without records.
Both are told to hide counts from 1 to 7. The records are invented, the same in every run.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from armslength.disclosure.beside import with_context
from armslength.disclosure.check import examine
from armslength.disclosure.context import Context, Contribution, FileContext, Request
from armslength.disclosure.policy import DEFAULT

PEOPLE = 4_000
Records = list[dict[str, str]]

ACRO = """
import contextlib, io, json, sys, time
import pandas as pd
from acro import ACRO
people = pd.read_csv(sys.argv[1], keep_default_na=False, na_values=[""])
said = {}
for name, rows, columns, sums, margins in json.loads(sys.argv[2]):
    with contextlib.redirect_stdout(io.StringIO()):
        session = ACRO(suppress=False)
        session.config["safe_threshold"] = 8
        more = {"values": people[sums], "aggfunc": "sum"} if sums else {}
        start = time.process_time()
        session.crosstab(people[rows], people[columns], margins=margins, **more)
        took = time.process_time() - start
        (record,) = session.results.results.values()
    said[name] = [record.status, took, record.summary]
print(json.dumps(said))
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One table: what it counts or sums up, whether it shows margins, and how it is treated before we see it.

    `treated`: `raw`; `hidden` (counts from 1 to 7 are); `rounded` (and the rest to 5, totals from what is shown).
    """

    name: str
    rows: str
    columns: str
    sums: str = ""
    margins: bool = True
    treated: str = "raw"


CASES = (
    Case(name="large counts", rows="sex", columns="smoker"),
    Case(name="small counts", rows="region", columns="sex"),
    Case(name="small counts, without totals", rows="region", columns="sex", margins=False),
    Case(name="small counts hidden, exact totals", rows="region", columns="sex", treated="hidden"),
    Case(name="small counts hidden, all rounded", rows="region", columns="sex", treated="rounded"),
    Case(name="large counts, rounded", rows="sex", columns="smoker", treated="rounded"),
    Case(name="a category missing for some", rows="ethnicity", columns="sex"),
    Case(name="visits, nobody dominates", rows="sex", columns="smoker", sums="visits", margins=False),
    Case(name="costs, one person dominates", rows="clinic", columns="smoker", sums="cost", margins=False),
)


def people() -> Records:
    chance = random.Random(7)
    made = []
    for number in range(PEOPLE):
        clinic = chance.choice("PQRS")
        made.append(
            {
                "sex": chance.choice(["female", "male"]),
                "smoker": chance.choice(["yes", "no"]),
                "region": chance.choices("ABCDEF", [300, 300, 200, 195, 4, 1])[0],
                "ethnicity": chance.choices(["white", "black", "asian", ""], [800, 120, 79, 1])[0],
                "clinic": clinic,
                "visits": str(chance.randint(0, 20)),
                "cost": f"{1_000_000 if number == 11 else chance.lognormvariate(4, 1):.2f}",
            }
        )
    return made


def table_of(case: Case, records: Iterable[dict[str, str]]) -> tuple[str, tuple[Contribution, ...]]:
    """The output file of a case, and for sums what the records say of their largest parts."""
    cells: dict[tuple[str, str], list[float]] = defaultdict(list)
    for person in records:
        if person[case.rows] and person[case.columns]:
            cells[person[case.rows], person[case.columns]].append(float(person[case.sums or "visits"]))
    rows, columns = (sorted({key[place] for key in cells}) for place in (0, 1))
    if case.sums:
        shown = {key: f"{sum(parts):.0f}" for key, parts in cells.items()}
        lines = [[r, *(shown.get((r, c), "0") for c in columns)] for r in rows]
        parts = [
            Contribution(
                line=2 + rows.index(r),
                column=f"{case.sums}_{c}",
                total=sum(v),
                largest=max(v),
                second=sorted(v)[-2],
            )
            for (r, c), v in cells.items()
        ]
        return _written([case.rows, *(f"{case.sums}_{c}" for c in columns)], lines), tuple(parts)
    counts = {(r, c): len(cells.get((r, c), ())) for r in rows for c in columns}
    if case.treated == "rounded":
        counts = {key: 5 * round(n / 5) if n > 7 or n == 0 else -1 for key, n in counts.items()}
    said = {
        key: "[REDACTED]" if n < 0 or (case.treated == "hidden" and 1 <= n <= 7) else str(n)
        for key, n in counts.items()
    }
    known = {key: max(0, n) for key, n in counts.items()}
    lines = [[r, *(said[r, c] for c in columns)] for r in rows]
    if case.margins:
        lines = [[*line, str(sum(known[line[0], c] for c in columns))] for line in lines]
        sums = [sum(known[r, c] for r in rows) for c in columns]
        lines.append(["Total", *map(str, sums), str(sum(sums))])
    header = [case.rows, *(f"count_{c}" for c in columns), *(["count_total"] if case.margins else [])]
    return _written(header, lines), ()


def _written(header: list[str], lines: list[list[str]]) -> str:
    return "\n".join(",".join(line) for line in [header, *lines]) + "\n"


def ours(case: Case, records: Records) -> tuple[str, float]:
    """Our verdict on a case's output, with the codes behind it, and the seconds of the processor."""
    text, parts = table_of(case, records)
    file = FileContext(contributions=parts) if case.sums else FileContext()
    context = Context(request=Request(), files={"table.csv": file})
    start = time.process_time()
    examined = with_context(
        [("table.csv", examine(text.encode(), name="table.csv"))], context, policy=DEFAULT
    )
    took = time.process_time() - start
    of_table = [f for f in examined[0][1].report.findings if f.code[0] in "ABCD" and f.code not in ("C8",)]
    graves = Counter(f.verdict.value for f in of_table if f.verdict.value in ("block", "warn"))
    codes = sorted({f.code for f in of_table if f.verdict.value == ("block" if graves["block"] else "warn")})
    verdict = "block" if graves["block"] else "warn" if graves["warn"] else "clear"
    return f"{verdict} {' '.join(codes)}".strip(), took


def theirs(python: str, records: Records) -> dict[str, list]:
    """ACRO's status, seconds and summary per case, in an interpreter of its own."""
    asked = [(case.name, case.rows, case.columns, case.sums, case.margins) for case in CASES]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(records[0]))
            writer.writeheader()
            writer.writerows(records)
        done = subprocess.run(
            [python, "-c", ACRO, str(path), json.dumps(asked)],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=600, cwd=folder,
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print the table of verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--with-acro", metavar="PYTHON", help="an interpreter that has acro installed")
    asked = parser.parse_args()
    records = people()
    ours(CASES[0], records)  # the first table pays for what is imported
    said = theirs(asked.with_acro, records) if asked.with_acro else {}
    print(f"{'table':<36}{'ACRO':>8}{'ms':>7}   {'ours':<24}{'ms':>6}")
    for case in CASES:
        status, seconds, _ = said.get(case.name, ("-", 0.0, ""))
        verdict, took = ours(case, records)
        print(f"{case.name:<36}{status:>8}{1000 * seconds:>7.0f}   {verdict:<24}{1000 * took:>6.0f}")


if __name__ == "__main__":
    main()
