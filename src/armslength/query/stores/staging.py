"""What imports share: a small database that sorts and counts staged rows, and the share of rows that may be refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from armslength.kernel.errors import Mistake
from armslength.query.stores.omop_report import TableReport

MEMORY = "1GB"
BATCH = 100_000
# A file of which more than half is refused is not what its name says.
MOST_REFUSED = 0.5


def opened_database(spill: Path) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that is bounded, spills to a folder, and keeps the order of rows."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(spill),
        "preserve_insertion_order": True,
    }
    return duckdb.connect(config=settings)


def parquet(*paths: Path, names: bool = False) -> str:
    """Return the SQL that reads staged files; with `names` it also gives the file of each row as `filename`."""
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{quoted}]{', filename = true' if names else ''})"


def number(database: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Return the one number that a query gives."""
    return int(database.execute(sql).fetchall()[0][0])


@contextmanager
def told_when_full() -> Iterator[None]:
    """Only the disk can refuse here: it is full, and the database has no code of its own for it."""
    try:
        yield
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise OSError(28, "No space left on device") from error
        raise


def check_share(report: TableReport, *, where: str) -> None:
    """Raise Mistake D028 when more than half of a file is refused. `where` names the file."""
    if report.rows_refused > MOST_REFUSED * report.rows_read:
        worst = max(report.refusals, key=lambda entry: entry.rows)
        column = f" in column `{worst.column}`" if worst.column else ""
        raise Mistake(
            "D028",
            f"{report.rows_refused:,} of {report.rows_read:,} rows of `{report.table}` are refused, "
            f"most for this{column}: {worst.reason}",
            where=f"{where}, line {worst.lines[0]}",
            hint="check how the file was exported; more than half of a table is never left out",
        )
