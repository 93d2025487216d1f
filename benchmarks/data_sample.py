"""How fast is a population made, and how large is it? Prints patients a minute, events a patient and bytes.

    python benchmarks/data_sample.py [PATIENTS]

Processor time is what counts for the aim of 200,000 patients a minute on one core: it does not depend
on who else uses the machine.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from armslength.query.stores.sample.population import make_sample

AIM = 200_000


def main(patients: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), time.process_time()
        store = make_sample(Path(folder) / "store", patients=patients, seed=1)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        print(f"{patients:,} patients in {wall:.1f} s ({processor:.1f} s of processor time)")
        print(
            f"  patients a minute: {patients / wall * 60:,.0f} by the clock, {patients / processor * 60:,.0f} a core"
        )
        for name, table in store.tables.items():
            size = f"{table.bytes / max(table.rows, 1):.1f} bytes a row"
            print(f"  {name:<23}{table.rows:>14,} rows {table.rows / patients:>8.2f} a patient   {size}")
        print(f"  {store.bytes:,} bytes, {store.bytes / patients:,.0f} a patient")
        print(f"  most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
        return 0 if patients / processor * 60 >= AIM else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
