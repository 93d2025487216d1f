"""How fast the ledger is: append, prove, export and verify. Run: python benchmarks/ledger.py [ENTRIES]"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from armslength.ledger import Key, Kind, Log, MemoryStorage, verify_entry
from armslength.ledger.verify import verify_export

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = {
    "workspace": "diabetes-main",
    "commit": "c0ffee" * 6 + "abcd",
    "actions": ["generate_dataset", "rates", "figure"],
    "name": "Zoë Ångström",
}


def measure(what: str, work: Callable[[], object], *, times: int) -> None:
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    print(f"{what:<34} {times:>9,} in {seconds:6.2f} s  {times / seconds:>10,.0f} a second")


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    log = Log(MemoryStorage(), key=Key.generate())
    log.begin(site="https://jobs.test", at=AT)

    def append() -> None:
        for number in range(entries):
            log.append(Kind.REQUEST, actor="ann", subject=f"request:{number}", body=BODY, at=AT)

    lines: list[str] = []
    measure("append", append, times=entries)
    measure("export", lambda: lines.extend(log.export(at=AT)), times=entries)
    measure("verify an export", lambda: verify_export(lines, where="memory"), times=entries)
    head = log.head(at=AT)
    places = range(0, entries, max(1, entries // 1000))
    proved = [
        (log.entry(index).to_object(), log.inclusion(index, size=head.size).to_object()) for index in places
    ]
    measure("sign a head", lambda: [log.head(at=AT) for _ in range(1000)], times=1000)
    measure(
        "make an inclusion proof",
        lambda: [log.inclusion(i, size=head.size) for i in places],
        times=len(places),
    )
    measure(
        "check an inclusion proof",
        lambda: [verify_entry(head, entry, proof, where="memory") for entry, proof in proved],
        times=len(proved),
    )
    measure(
        "make a consistency proof", lambda: [log.consistency(i, head.size) for i in places], times=len(places)
    )
    print(
        f"{sum(map(len, lines)) / entries:.0f} bytes an entry; {len(proved[1][1]['hashes'])} hashes a proof"
    )


if __name__ == "__main__":
    main()
