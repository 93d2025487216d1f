"""How long disclosure control takes: one large table, a hundred mixed files.

    .venv/bin/python benchmarks/disclosure.py

Limits that are held to: a CSV of 5,000 x 50 in under 2 s, 100 mixed files in under 10 s.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "disclosure"))

from mutations import MUTATIONS
from released_shapes import corpus

from armslength.disclosure.check import check_bytes

WIDE_LIMIT, MIXED_LIMIT = 2.0, 10.0  # seconds


def wide_table(kind: str) -> bytes:
    """A table of 5,000 rows and 50 columns: counts, shares or decimals, with groups before them."""
    source = random.Random(kind)
    columns = {
        "counts": lambda i: [str(5 * source.randint(0, 9_000)) for _ in range(5_000)],
        "raw": lambda i: [str(source.randint(0, 90_000)) for _ in range(5_000)],
        "decimals": lambda i: [f"{source.random():.10f}" for _ in range(5_000)],
    }
    names = {"counts": "n_{}", "raw": "events_{}", "decimals": "prop_{}"}
    shown = [
        columns[kind](index) if index % 2 or kind != "decimals" else columns["counts"](index)
        for index in range(47)
    ]
    header = ["region", "month", "band"] + [
        names[kind if index % 2 or kind != "decimals" else "counts"].format(index) for index in range(47)
    ]
    rows = zip(["North"] * 5_000, ["2021-01-01"] * 5_000, ["40-49"] * 5_000, *shown, strict=True)
    return "\n".join([",".join(header), *(",".join(row) for row in rows)]).encode()


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def mixed_files() -> list[tuple[str, bytes]]:
    """A hundred files: released shapes, and their mutations."""
    files = [(name, text.encode()) for name, text in corpus(1, rounds=3)]
    for name, make in MUTATIONS.items():
        file, text, _ = make(random.Random(name))
        files.append((file, text.encode()))
    return files[:100]


def main() -> int:
    """Print the table; with `--strict` the exit status tells whether the limits were kept."""
    print(f"{'what':<44}{'seconds':>9}{'limit':>8}")
    kept = True
    for kind in ("counts", "raw", "decimals"):
        data = wide_table(kind)
        seconds = timed(lambda data=data: check_bytes(data, name="wide.csv"))
        kept &= seconds < WIDE_LIMIT
        print(f"{f'5,000 x 50 CSV of {kind}, {len(data) / 1e6:.1f} MB':<44}{seconds:>9.2f}{WIDE_LIMIT:>8.1f}")
    files = mixed_files()
    seconds = timed(lambda: [check_bytes(data, name=name) for name, data in files])
    kept &= seconds < MIXED_LIMIT
    print(f"{f'{len(files)} mixed files':<44}{seconds:>9.2f}{MIXED_LIMIT:>8.1f}")
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0 if kept or "--strict" not in sys.argv else 1


if __name__ == "__main__":
    sys.exit(main())
