"""How fast the attacker and the release ledger are. Run: python benchmarks/disclosure_attack.py [LEDGER CELLS]"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from armslength.disclosure.attack.attacker import attack
from armslength.disclosure.attack.findings import CHECKS
from armslength.disclosure.attack.keys import CellKey
from armslength.disclosure.attack.system import Quantity, System, total_of
from armslength.disclosure.check import examine
from armslength.disclosure.history.cells import Release, ReleasedCell
from armslength.disclosure.history.comparison import compare
from armslength.disclosure.history.ledger import ReleasedFile, ReleaseLedger

FILE_CELLS = 1_000
AGES = [f"{5 * step}-{5 * step + 4}" for step in range(20)]


def measure(what: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    said = work()
    print(f"{what:<62} {time.perf_counter() - start:7.2f} s  {said if said is not None else ''}")


def margins(size: int) -> System:
    """A square table with exact margins and every third cell hidden."""
    chance = random.Random(1)
    truth = [[chance.randint(1, 60) for _ in range(size)] for _ in range(size)]
    cells = [
        Quantity(name=f"{r},{c}", low=1, high=7, hidden=True, may_exceed=True)
        if value <= 7
        else Quantity(name=f"{r},{c}", low=value, high=value)
        for r, row in enumerate(truth)
        for c, value in enumerate(row)
    ]
    sums = [sum(row) for row in truth] + [sum(row[c] for row in truth) for c in range(size)]
    totals = [Quantity(name=f"total {n}", low=value, high=value) for n, value in enumerate(sums)]
    relations = [total_of(size * size + r, range(r * size, (r + 1) * size), words="row") for r in range(size)]
    relations += [
        total_of(size * size + size + c, range(c, size * size, size), words="column") for c in range(size)
    ]
    return System(quantities=(*cells, *totals), relations=tuple(relations))


def attack_margins(size: int) -> str:
    system = margins(size)
    hidden = [system.target(n) for n, quantity in enumerate(system.quantities) if quantity.hidden]
    result = attack(system, hidden)
    derived = sum(answer.bounds.candidates == 1 for answer in result.answers)
    return f"{len(hidden)} hidden cells, {derived} derived exactly, {result.undecided} undecided"


def attack_table() -> str:
    lines = ["region,area,month," + ",".join(f"count_{number}" for number in range(47))]
    for row in range(5_000):
        grow, area = (9, "Total") if row % 10 == 9 else (1, f"a{row % 10}")
        cells = [str(grow * (10 + (row // 10 * number) % 900)) for number in range(47)]
        cells[row % 47] = "[REDACTED]"
        lines.append(f"r{row // 10},{area},2021-01,{','.join(cells)}")
    (subject,) = examine("\n".join(lines).encode(), name="big.csv").subjects
    start = time.perf_counter()
    found = sum(1 for check in CHECKS for _ in check.find(subject))
    return f"of which the attack took {time.perf_counter() - start:.2f} s; {found} findings"


def files(count: int, release: int) -> list[ReleasedFile]:
    """Files of a thousand cells each; the same file of the next release has moved a little."""
    made = []
    for number in range(count):
        cells = tuple(
            ReleasedCell(
                key=CellKey("n", (("age", AGES[c % 20]), ("area", str(c // 20)), ("file", str(number)))),
                shown=str(100 + c), low=100 + c, high=100 + c + (release % 3), hidden=False, treatment="exact",
                file=f"{number}.csv", row=c,
            )
            for c in range(FILE_CELLS)
        )  # fmt: skip
        made.append(ReleasedFile(name=f"{number}.csv", sha256=f"{release}-{number}", cells=cells))
    return made


def main() -> None:
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    measure("5,000 x 50 table with 5,000 hidden cells: read, check, attack", attack_table)
    for size in (10, 20, 40):
        measure(f"{size} x {size} table with exact margins", lambda size=size: attack_margins(size))
    with tempfile.TemporaryDirectory() as folder, ReleaseLedger(Path(folder) / "ledger.sqlite") as ledger:

        def fill() -> str:
            ledger.add(Release(id="r0", project="study", on=date(2030, 1, 1)), files(100, 0))
            _pour(Path(folder) / "ledger.sqlite", cells - 100 * FILE_CELLS)
            return f"{(Path(folder) / 'ledger.sqlite').stat().st_size / 2**30:.2f} GiB"

        measure(f"fill a ledger with {cells:,} cells", fill)
        asked = files(3, 1)
        new = Release(id="new", project="study", on=date(2030, 2, 1))
        measure(
            "compare 3 files of 1,000 cells with it",
            lambda: len(compare(asked, ledger, release=new).findings),
        )


def _pour(path: Path, cells: int) -> None:
    """Add cells of other keys straight into the file: making ten million objects first would take minutes."""
    chance = random.Random(2)
    keys = sorted(chance.getrandbits(63) for _ in range(max(0, cells)))
    with sqlite3.connect(path) as database:
        rows = (
            (key, 1, place, 100, 104, "102", "nearest 5", "n\x1fage=40-44\x1fregion=7")
            for place, key in enumerate(keys)
        )
        database.executemany("insert into cell values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        slices = ((key >> 5, key) for key in keys)
        database.executemany("insert or ignore into slice values (?, ?)", slices)
    database.close()


if __name__ == "__main__":
    main()
