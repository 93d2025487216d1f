"""A report as text, an HTML page, CSV or Parquet: the suffix of a file says which."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from armslength.kernel.errors import Mistake
from armslength.kernel.files import temporary_path, write_text
from armslength.query.conformance import charts
from armslength.query.conformance.page import breakable, document
from armslength.query.conformance.reports import Cell, Report, Section

LONGEST_CELL = 60
NUMBERS = frozenset({"rows"})
FORMATS = (".txt", ".html", ".csv", ".parquet")


def check_format(path: Path) -> None:
    """Raise Mistake Q295 for a suffix that nothing is written as."""
    if path.suffix not in FORMATS:
        hint = f"end it in one of {', '.join(FORMATS)}"
        raise Mistake(
            "Q295", f"no report is written as `{path.name}`", where=str(path), hint=hint, exit_status=2
        )


def write_report(report: Report, path: Path) -> None:
    """Write a report, whole or not at all. Raises Mistake Q295 for a suffix that nothing is written as."""
    check_format(path)
    writers: dict[str, Callable[[Report, Path], None]] = {
        ".txt": lambda found, to: write_text(to, as_text(found)),
        ".html": lambda found, to: write_text(to, as_page(found)),
        ".csv": _write_csv,
        ".parquet": _write_parquet,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    writers[path.suffix](report, path)


def _table(report: Report) -> pa.Table:
    rows = report.rows
    arrays = [
        pa.array([row[n] for row in rows], type=pa.int64() if name in NUMBERS else pa.string())
        for n, name in enumerate(report.columns)
    ]
    return pa.table(arrays, names=list(report.columns))


def _write_csv(report: Report, path: Path) -> None:
    with temporary_path(path) as temporary:
        pc.write_csv(_table(report), temporary)


def _write_parquet(report: Report, path: Path) -> None:
    with temporary_path(path) as temporary:
        pq.write_table(_table(report), temporary)


def as_text(report: Report) -> str:
    """Return a report as lines for a terminal or a file."""
    parts = [report.title, report.words]
    for section in report.sections:
        parts.append(f"\n{section.title}" + (f"\n{section.words}" if section.words else ""))
        # The table's name is the section's title.
        cells = [report.columns[1:], *(tuple(map(_cell, row[1:])) for row in section.rows)]
        widths = [max(len(row[n]) for row in cells) for n in range(len(cells[0]))]
        for row in cells if section.rows else []:
            parts.append(
                "  " + "  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True)).rstrip()
            )
    return "\n".join(parts) + "\n"


def _cell(value: Cell) -> str:
    text = "" if value is None else f"{value:,}" if isinstance(value, int) else value
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def as_page(report: Report) -> str:
    """Return a report as one HTML page that needs nothing else."""
    body = [f"<h1>{escape(report.title)}</h1>", f'<p class="soft">{escape(report.words)}</p>']
    body += [_section(section, report.columns) for section in report.sections]
    return document(report.title, "".join(body))


def _section(section: Section, columns: tuple[str, ...]) -> str:
    plot = ""
    if section.coverage is not None and section.coverage.months:
        plot = charts.months(section.coverage.months, title=f"Rows of {section.title} by month")
    head = "".join(
        f'<th class="{"n" if name in NUMBERS else ""}">{escape(name)}</th>' for name in columns[1:]
    )
    rows = "".join("<tr>" + "".join(_td(value) for value in row[1:]) + "</tr>" for row in section.rows)
    table = f'<div class="scroll"><table><tr>{head}</tr>{rows}</table></div>' if section.rows else ""
    title = f"<h2><code>{breakable(section.title)}</code></h2>"
    return f"<section>{title}<p>{escape(section.words)}</p>{plot}{table}</section>"


def _td(value: Cell) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{breakable(value or '')}</td>"
