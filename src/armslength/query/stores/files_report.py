"""What an import of files read, refused and why, for people and for programs. It holds no cell's value."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from armslength.query.stores.omop_report import ReportOfTables, TableReport


@dataclass(frozen=True, kw_only=True)
class FilesReport(ReportOfTables):
    """What became of a folder of files. `read_before` names those that an earlier attempt had read."""

    source: str
    tables: tuple[TableReport, ...]
    unknown_files: tuple[str, ...]
    read_before: tuple[str, ...] = ()
    ignored_files: tuple[str, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """Return what somebody should look at, in words."""
        found = [f"`{name}` is of no table and was not read" for name in self.unknown_files]
        for table in self.tables:
            for columns, words in (
                (table.missing_columns, "columns that the files lack are empty"),
                (table.unknown_columns, "unknown columns were not read"),
            ):
                if columns and table.file:
                    found.append(f"`{table.table}`: {words}: {', '.join(f'`{name}`' for name in columns)}")
            if table.rows_over_several_lines:
                rows = f"{table.rows_over_several_lines:,} rows"
                found.append(
                    f"`{table.table}`: {rows} go over several lines; a stray quotation mark does that, too"
                )
            if table.orphan_rows:
                found.append(f"`{table.table}`: {table.orphan_rows:,} rows belong to nobody in `patients`")
        return found

    def as_json(self) -> str:
        claim: dict[str, Any] = {
            "source": self.source,
            "rows_kept": self.rows_kept,
            "rows_refused": self.rows_refused,
            "tables": [dataclasses.asdict(table) for table in self.tables if table.file is not None],
            "absent_tables": self.absent_tables,
            "unknown_files": list(self.unknown_files),
            "warnings": self.warnings,
        }
        return json.dumps(claim, indent=1, ensure_ascii=False) + "\n"
