"""Where result tables go: one file, or a folder with a file for each table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from armslength.kernel.errors import Mistake
from armslength.query.formats.writers import WRITERS, writer_for

FILE_PROBLEM_STATUS = 11


def files_for(output: str | Path, tables: Sequence[str]) -> dict[str, Path]:
    """Return the file each table is written to.

    `results.csv` holds one table; `results/:csv` is a folder with `dataset.csv` and one file for each
    event table. Raises Mistake Q121 (no such format), Q124 (one file for several tables).
    """
    folder, colon, suffix = str(output).rpartition(":")
    if colon and folder and "/" not in suffix:
        if f".{suffix}" not in WRITERS:
            known = ", ".join(f"`:{each[1:]}`" for each in WRITERS)
            raise Mistake(
                "Q121",
                f"no format is called `{suffix}`",
                where=str(output),
                hint=f"end it in {known}",
                exit_status=FILE_PROBLEM_STATUS,
            )
        return {table: Path(folder) / f"{quote(table, safe='')}.{suffix}" for table in tables}
    path = Path(output)
    writer_for(path)
    if len(tables) > 1:
        suffix = next(each for each in reversed(WRITERS) if path.name.endswith(each))
        proposal = f"{str(path)[: -len(suffix)]}/:{suffix[1:]}"
        raise Mistake(
            "Q124",
            f"the query gives {len(tables)} tables, and one file holds one",
            where=str(output),
            hint=f"write them to a folder: `{proposal}`",
            exit_status=FILE_PROBLEM_STATUS,
        )
    return {tables[0]: path}
