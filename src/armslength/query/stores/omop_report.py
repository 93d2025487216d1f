"""What an import read, refused and why: one report, for people and for programs. It holds no cell's value."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FREE_TEXT = ("note", "note_nlp", "cohort_definition")  # where line breaks are no surprise
MOST_LINES = 20  # examples kept for each reason; the count is always whole


@dataclass(kw_only=True)
class RefusedRows:
    """Rows of one file refused for one reason in one column; `lines` are the first of them."""

    column: str | None
    reason: str
    rows: int = 0
    lines: list[int] = field(default_factory=list)
    file: str | None = None  # where a table has several


@dataclass(kw_only=True)
class TableReport:
    """What became of one table of the model."""

    table: str
    file: str | None
    rows_read: int = 0
    rows_kept: int = 0
    rows_refused: int = 0
    blank_lines: int = 0
    rows_over_several_lines: int = 0
    duplicate_keys: int = 0
    orphan_rows: int = 0
    missing_columns: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    renamed_columns: dict[str, str] = field(default_factory=dict)
    refusals: list[RefusedRows] = field(default_factory=list)

    def refuse(self, *, column: str | None, reason: str, line: int) -> None:
        """Note one refused cell; the caller counts the row."""
        for entry in self.refusals:
            if (entry.column, entry.reason) == (column, reason):
                break
        else:
            entry = RefusedRows(column=column, reason=reason)
            self.refusals.append(entry)
        entry.rows += 1
        if len(entry.lines) < MOST_LINES:
            entry.lines.append(line)

    @property
    def complaints(self) -> int:
        """Return how many rows are refused, doubled or belong to nobody: what `--strict` does not allow."""
        return self.rows_refused + self.duplicate_keys + self.orphan_rows


class ReportOfTables:
    """What every report of an import says of its tables together."""

    tables: tuple[TableReport, ...]

    @property
    def rows_kept(self) -> int:
        return sum(table.rows_kept for table in self.tables)

    @property
    def rows_refused(self) -> int:
        return sum(table.rows_refused for table in self.tables)

    @property
    def absent_tables(self) -> list[str]:
        return [table.table for table in self.tables if table.file is None]


@dataclass(frozen=True, kw_only=True)
class ImportReport(ReportOfTables):
    """What became of a whole export."""

    source: str
    model_version: str | None
    tables: tuple[TableReport, ...]
    ignored_files: Mapping[str, str]
    unknown_files: tuple[str, ...]

    @property
    def warnings(self) -> list[str]:
        """Return what somebody should look at, in words."""
        found = [f"`{name}` is no table of the model and was not read" for name in self.unknown_files]
        if self.model_version is None or not any(known in self.model_version for known in ("5.3", "5.4")):
            said = f"says version {self.model_version}" if self.model_version else "does not say its version"
            found.append(f"the export {said}; it was read as OMOP CDM 5.4")
        for table in self.tables:
            columns = ", ".join(f"`{name}`" for name in table.unknown_columns)
            if columns:
                found.append(f"`{table.table}`: unknown columns were not read: {columns}")
            if table.duplicate_keys:
                found.append(f"`{table.table}`: {table.duplicate_keys:,} rows repeat a key")
            if table.rows_over_several_lines and table.table not in FREE_TEXT:
                rows = f"{table.rows_over_several_lines:,} rows"
                found.append(
                    f"`{table.table}`: {rows} go over several lines; a stray quotation mark does that, too"
                )
            if table.orphan_rows:
                found.append(f"`{table.table}`: {table.orphan_rows:,} rows belong to no person of the export")
        return found

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "model_version": self.model_version,
            "rows_kept": self.rows_kept,
            "rows_refused": self.rows_refused,
            "tables": [dataclasses.asdict(table) for table in self.tables if table.file is not None],
            "absent_tables": self.absent_tables,
            "ignored_files": dict(self.ignored_files),
            "unknown_files": list(self.unknown_files),
            "warnings": self.warnings,
        }

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n"
