"""A country on one machine: a study of a hundred variables over records that the sample generator makes.

    python benchmarks/country.py [--patients 24000,240000] [--folder FOLDER] [--memory 12GB] [--ways …] [--json FILE]

For each size the study runs as `armslength` runs it, and beside it in the same run: one bare scan of the columns it
needs (`scan`), the same study written by hand in SQL (`hand`), and unshared, with every pass switched off (`plain`,
at the smallest size only unless it is asked for). Each way has a process of its own, pinned to two cores, which writes
its result to a Parquet file; the answers are compared column by column. `processor` adds up all cores: on a
busy machine compare that. Stores are kept in `--folder` under `country-PATIENTS` and made where they are missing; with
`--store` a size is given by its store. A whole country:

    python benchmarks/country.py --patients 240000,2400000,24000000 --folder /large/disk --ways ours,scan,hand
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

WRITING = "put the result together and write it"
WAYS = ("ours", "scan", "hand", "plain")
SAID = {
    "ours": "armslength, to a checked file",
    "scan": "(a) bare scan of the columns needed",
    "hand": "(b) SQL by hand",
    "plain": "(c) unshared, passes=()",
}


def main() -> None:
    """Make what is missing, run each way in a process of its own, print what it took."""
    options = _options()
    if options.child:
        print(json.dumps(_child(options)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        stores = options.store or [
            _made(Path(options.folder or scratch), int(size)) for size in options.patients.split(",")
        ]
        found = []
        for number, store in enumerate(sorted(stores, key=_patients)):
            asked = options.ways or ("ours,scan,hand,plain" if number == 0 else "ours,scan,hand")
            found.append(_measured(store, asked.split(","), options, Path(options.folder or scratch)))
    _print_growth(found)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1) + "\n")


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--patients", default="24000,240000", help="sizes, with commas between")
    options.add_argument("--store", type=Path, action="append", help="a store that is there; repeatable")
    options.add_argument("--folder", help="where stores, results and spill go; by itself a temporary folder")
    options.add_argument("--ways", help=f"of {','.join(WAYS)}")
    options.add_argument("--memory", default="12GB")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--json", help="write every figure to this file")
    options.add_argument("--child", choices=WAYS, help=argparse.SUPPRESS)
    options.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    return options.parse_args()


def _made(folder: Path, patients: int) -> Path:
    """Return the store of a size, made if it is not there."""
    from armslength.query.formats.store import is_store
    from armslength.query.stores.sample.population import make_sample

    path = folder / f"country-{patients}"
    if not is_store(path):
        began = time.process_time()
        store = make_sample(path, patients=patients, seed=1)
        rows, took = sum(table.rows for table in store.tables.values()), time.process_time() - began
        print(
            f"made {patients:,} patients: {rows:,} rows, {rows / took / 1e6:.1f} million a second of processor"
        )
    return path


def _patients(store: Path) -> int:
    from armslength.query.formats.store import read_store

    return read_store(store).tables["patients"].rows


def _measured(store: Path, ways: list[str], options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the ways over one store, one after the other, and print a table."""
    from armslength.query.formats.store import read_store

    tables = read_store(store).tables
    events = tables["clinical_events"].rows
    patients = tables["patients"].rows
    print(f"\n{patients:,} patients, {events:,} events, {tables['medications'].rows:,} prescriptions")
    print(
        f"{'clock':>9}{'processor':>11}{'memory':>10}{'spilled':>10}{'read':>10}{'rows':>12}{'ratio':>8}  way"
    )
    found: dict[str, Any] = {"patients": patients, "events": events, "ways": {}}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for way in ways:
            line = [sys.executable, __file__, "--child", way, "--store", str(store), "--scratch", scratch]
            line += ["--memory", options.memory, "--threads", str(options.threads)]
            done = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True)
            figures = found["ways"][way] = json.loads(done.stdout)
            _print_way(way, figures, found["ways"])
        if {"ours", "hand"} <= set(ways):
            found["differences"] = _differences(Path(scratch))
            told = found["differences"] or "none: every column has the same values"
            print(f"  answers that differ from those of SQL by hand: {told}")
        if "ours" in ways:
            found["estimate"] = _estimate(store, options)
            told, ours = found["estimate"], found["ways"]["ours"]
            print(
                f"  estimated beforehand: {told['processor']:.1f} s of processor, it took {ours['processor']:.1f} s; "
                f"up to {told['memory'] / 1e9:.2f} GB, it took {ours['memory'] / 1e9:.2f} GB"
            )
    _print_steps(found["ways"])
    return found


def _estimate(store: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Return what `armslength explain --cost` says of the study."""
    from studies.country import study

    from armslength.query.api.databases import Database
    from armslength.query.api.estimates import estimate, estimate_as_data
    from armslength.query.engines.engine import Settings
    from armslength.query.language.dataset import query_of

    settings = Settings(memory_limit=options.memory, threads=options.threads)
    return estimate_as_data(estimate(query_of(study()), database=Database(dsn=str(store), settings=settings)))


def _print_way(way: str, figures: dict[str, Any], ways: dict[str, Any]) -> None:
    base = ways["ours"]["processor"] if "ours" in ways else figures["processor"]
    ratio = base / figures["processor"]
    print(
        f"{figures['clock']:>7.1f} s{figures['processor']:>9.1f} s{figures['memory'] / 1e9:>7.2f} GB"
        f"{figures['spilled'] / 1e9:>7.2f} GB{figures['read'] / 1e9:>7.2f} GB{figures['rows']:>12,}{ratio:>8.2f}"
        f"  {SAID[way]}",
        flush=True,
    )


def _print_steps(ways: dict[str, Any]) -> None:
    for way in ("ours", "hand"):
        if way in ways:
            print(f"  by step, {way}: clock and processor")
            for purpose, (clock, processor) in ways[way]["steps"].items():
                print(f"{clock:>9.2f} s{processor:>9.2f} s  {purpose}")


def _print_growth(found: list[dict[str, Any]]) -> None:
    print(f"\n{'patients':>12}{'processor each 1,000':>22}{'clock each 1,000':>18}{'memory':>11}")
    for each in found:
        if "ours" in each["ways"]:
            ours, thousands = each["ways"]["ours"], each["patients"] / 1000
            print(
                f"{each['patients']:>12,}{1000 * ours['processor'] / thousands:>19.2f} ms"
                f"{1000 * ours['clock'] / thousands:>15.2f} ms{ours['memory'] / 1e9:>8.2f} GB"
            )


def _differences(scratch: Path) -> list[str]:
    """Return the columns whose values are not the same for every patient, by a checksum of each."""
    import duckdb

    ours, hand = (f"read_parquet('{scratch}/{way}.parquet')" for way in ("ours", "hand"))
    with duckdb.connect() as connection:
        kinds = {row[0]: row[1] for row in connection.execute(f"DESCRIBE FROM {hand}").fetchall()}
        names = [row[0] for row in connection.execute(f"DESCRIBE FROM {ours}").fetchall()]
        if list(kinds) != names:
            return [f"the columns are not the same: {sorted(set(kinds) ^ set(names))}"]
        sums = ", ".join(f"bit_xor(hash(patient_id, {name}::{kind}))" for name, kind in kinds.items())
        results = [
            connection.execute(f"SELECT count(*), {sums} FROM {each}").fetchone() for each in (ours, hand)
        ]
    pairs = zip(("rows", *kinds), *results, strict=True)  # type: ignore[arg-type]
    return [name for name, one, other in pairs if one != other]


class Watch:
    """Looks every tenth of a second how much lies in the folder of spilled rows."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.most, self._over = folder, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            sizes = []
            for path in self.folder.rglob("*"):
                try:
                    sizes.append(path.stat().st_size)
                except OSError:
                    continue  # removed while we looked
            self.most = max(self.most, sum(sizes))

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.most


def _child(options: argparse.Namespace) -> dict[str, Any]:
    """Run one way in this process and return what it took."""
    import resource

    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    spill = options.scratch / "spill"
    spill.mkdir(exist_ok=True)
    watch = Watch(spill)
    ways = {"ours": _ours, "plain": _ours, "hand": _by_hand, "scan": _bare_scan}
    began, used, steps = time.perf_counter(), time.process_time(), Steps()
    rows = ways[options.child](options, spill, steps)
    clock, processor = time.perf_counter() - began, time.process_time() - used
    read = int(Path("/proc/self/io").read_text().split()[1])  # rchar: what was read, also from the page cache
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "clock": clock, "processor": processor, "memory": memory, "spilled": watch.stop(), "read": read,
        "rows": rows, "steps": steps.taken,
    }  # fmt: skip


class Steps:
    """What each step took, by the clock and of the processor."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[float, float]] = {}
        self._clock, self._processor = time.perf_counter(), time.process_time()

    def done(self, purpose: str) -> None:
        """Add what was taken since the last call to a purpose."""
        clock, processor = time.perf_counter(), time.process_time()
        before = self.taken.get(purpose, (0.0, 0.0))
        self.taken[purpose] = (before[0] + clock - self._clock, before[1] + processor - self._processor)
        self._clock, self._processor = clock, processor


def _ours(options: argparse.Namespace, spill: Path, steps: Steps) -> int:
    """Run the study as `armslength` does, with every pass or with none."""
    from studies.country import study

    from armslength.query.api.databases import Database
    from armslength.query.api.datasets import generate_dataset
    from armslength.query.engines.engine import Settings, Step
    from armslength.query.engines.passes import PASSES, SWITCHED_OFF
    from armslength.query.language.dataset import query_of

    if options.child == "plain":
        os.environ[SWITCHED_OFF] = ",".join(each.__name__ for each in PASSES)
    query = query_of(study())
    steps.done("load the definition")

    def progress(step: Step) -> None:
        # A large query runs in parts, whose steps are added up.
        steps.done(step.purpose.partition(", part ")[0] if step.rows is None else WRITING)

    settings = Settings(memory_limit=options.memory, threads=options.threads, spill_folder=spill)
    database = Database(dsn=str(options.store[0]), backend="core", settings=settings)
    output = options.scratch / f"{options.child}.parquet"
    made = generate_dataset(query, database=database, output=output, progress=progress)
    steps.done(WRITING)
    return made.patients


def _connected(options: argparse.Namespace, spill: Path) -> Any:
    """Open a plain DuckDB with the tables of a store."""
    import duckdb

    from armslength.query.formats.store import read_store

    connection = duckdb.connect()
    connection.execute(f"SET threads = {options.threads}; SET memory_limit = '{options.memory}'")
    connection.execute(f"SET temp_directory = '{spill}'; SET preserve_insertion_order = false")
    store = read_store(options.store[0])
    for name in store.tables:
        connection.read_parquet([str(path) for path in store.files_of(name)]).create_view(name)
    return connection


def _by_hand(options: argparse.Namespace, spill: Path, steps: Steps) -> int:
    from studies.country_by_hand import code_tables, result, statements

    with _connected(options, spill) as connection:
        for name, rows in code_tables().items():
            connection.register(f"{name}_rows", rows)
            connection.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_rows")
        for name, sql in statements().items():
            connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            steps.done(name)
        output = options.scratch / "hand.parquet"
        (rows,) = connection.execute(f"COPY ({result()}) TO '{output}' (COMPRESSION zstd)").fetchone()
        steps.done(WRITING)
    return int(rows)


def _bare_scan(options: argparse.Namespace, spill: Path, steps: Steps) -> int:
    from studies.country_by_hand import bare_scans

    with _connected(options, spill) as connection:
        for table, sql in bare_scans().items():
            connection.execute(sql).fetchall()
            steps.done(table)
    return 0


if __name__ == "__main__":
    main()
