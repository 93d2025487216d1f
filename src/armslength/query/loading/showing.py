"""What `show()` prints in a debug run: the values of series, frames and datasets for a few people."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from armslength.query.language.dataset import Dataset, EventTable
from armslength.query.language.frames import BaseFrame
from armslength.query.language.operands import is_series
from armslength.query.language.series import DateDifference
from armslength.query.loading.dummy_rows import ROW_ID, rows_of
from armslength.query.model import nodes as n
from armslength.query.model.picks import tie_breaks
from armslength.query.model.reference import look_at_one_patient, rows_by_patient

WIDTH, ELLIPSIS = 17, "…"
START_OF_HTML, END_OF_HTML = "<!-- start debug output -->", "<!-- end debug output -->"
USAGE = (
    "`show()` takes either one table, series or dataset, or several series that belong to the same rows; "
    "several tables are shown one by one"
)


@dataclass(frozen=True)
class Shown:
    """A table to print."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def renderer_for(folder: Path | None, display_format: str) -> Callable[..., str]:
    """Return what `show()` calls: (elements, head, tail) -> the text to print."""
    write = {"ascii": as_text, "html": as_html}[display_format]

    def render(elements: tuple[Any, ...], head: int | None, tail: int | None) -> str:
        table = shown(elements, folder)
        return write(Shown(table.columns, cut(table.rows, head, tail)))

    return render


def shown(elements: tuple[Any, ...], folder: Path | None) -> Shown:
    """Work out the table of what was given to `show()`. Raises TypeError for what cannot be shown."""
    only = elements[0] if len(elements) == 1 else None
    if isinstance(only, Dataset):
        return _dataset(only, folder)
    if isinstance(only, EventTable):
        members = {name: series._node for name, series in only._columns.items()}
        return _event_series(members, _population(only._dataset), folder)
    if isinstance(only, BaseFrame):
        return _frame(only, folder)
    if not all(is_series(each) or isinstance(each, DateDifference) for each in elements):
        raise TypeError(USAGE)
    nodes = [each.days._node if isinstance(each, DateDifference) else each._node for each in elements]
    domains = {node.domain for node in nodes}
    if len(domains) > 1:
        raise TypeError(USAGE)
    names = ["value"] if len(nodes) == 1 else [f"series_{i}" for i, _ in enumerate(nodes, start=1)]
    members = dict(zip(names, nodes, strict=True))
    made = (
        _patient_series(members, None, folder) if domains == {None} else _event_series(members, None, folder)
    )
    in_days = {name for name, each in zip(names, elements, strict=True) if isinstance(each, DateDifference)}
    return _with_unit(made, in_days)


def _with_unit(made: Shown, in_days: set[str]) -> Shown:
    """Durations are shown with the word days."""
    rows = [
        tuple(
            f"{value} days" if name in in_days and value is not None else value
            for name, value in zip(made.columns, row, strict=True)
        )
        for row in made.rows
    ]
    return Shown(made.columns, rows)


def _dataset(dataset: Dataset, folder: Path | None) -> Shown:
    members = {name: series._node for name, series in dataset._variables.items()}
    return _patient_series(members, _population(dataset), folder)


def _population(dataset: Dataset) -> n.Series | None:
    return dataset._population


def _frame(frame: BaseFrame, folder: Path | None) -> Shown:
    node = frame._node
    names = node.schema.names
    rows: list[tuple[Any, ...]] = []
    for patient, known in _meanings((node,), folder):
        if node.domain is None:
            found = [] if known[node] is None else [(patient, known[node])]
            rows += [(patient, *(row.get(name) for name in names)) for _, row in found]
        else:
            rows += [
                (patient, row[ROW_ID], *(row.get(name) for name in names)) for row in known[node].values()
            ]
    return Shown(("patient_id", *(() if node.domain is None else (ROW_ID,)), *names), rows)


def _patient_series(
    members: Mapping[str, n.Series], population: n.Series | None, folder: Path | None
) -> Shown:
    roots = (*members.values(), *(() if population is None else (population,)))
    rows = [
        (patient, *(known[node] for node in members.values()))
        for patient, known in _meanings(roots, folder)
        if population is None or known[population] is True
    ]
    return Shown(("patient_id", *members), rows)


def _event_series(members: Mapping[str, n.Series], population: n.Series | None, folder: Path | None) -> Shown:
    domain = next(node.domain for node in members.values() if node.domain is not None)
    roots = (domain, *members.values(), *(() if population is None else (population,)))
    rows = []
    for patient, known in _meanings(roots, folder):
        if population is not None and known[population] is not True:
            continue
        for number, row in known[domain].items():
            values = (known[m] if m.domain is None else known[m][number] for m in members.values())
            rows.append((patient, row[ROW_ID], *values))
    return Shown(("patient_id", ROW_ID, *members), rows)


def _meanings(roots: Sequence[n.Node], folder: Path | None) -> Iterable[tuple[int, Mapping[n.Node, Any]]]:
    """Every patient of the tables involved, with the value of every node for them."""
    whole = n.tables_of(*roots)
    named = [table for table in whole if isinstance(table, (n.SelectTable, n.SelectPatientTable))]
    data = rows_of(named, folder)
    rows = {table: rows_by_patient(table, data) for table in whole}
    order, ties = tuple(n.walk(*roots)), tie_breaks(*roots)
    for patient in sorted({patient for found in rows.values() for patient in found}):
        own = {table: found.get(patient, []) for table, found in rows.items()}
        yield patient, look_at_one_patient(order, own, ties)


def cut(rows: list[tuple[Any, ...]], head: int | None, tail: int | None) -> list[tuple[Any, ...]]:
    """Keep the first and last rows with one row of ellipses for those between; a short table stays whole."""
    if (head is None and tail is None) or len(rows) <= (head or 0) + (tail or 0):
        return rows
    gap = [(ELLIPSIS,) * len(rows[0])]
    return [*rows[: head or 0], *gap, *(rows[-tail:] if tail else [])]


def as_text(table: Shown) -> str:
    """Columns side by side, padded to a fixed width."""
    lines = [" | ".join(f"{cell:<{WIDTH}}" for cell in table.columns)]
    lines.append("-+-".join("-" * WIDTH for _ in table.columns))
    lines += [" | ".join(f"{_text(value):<{WIDTH}}" for value in row) for row in table.rows]
    return "\n".join(line.rstrip() for line in lines)


def as_html(table: Shown) -> str:
    """One line with a table, between two comments that an editor looks for."""
    header = "".join(f"<th>{html.escape(name)}</th>" for name in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(_text(value))}</td>' for value in row)}</tr>" for row in table.rows
    )
    whole = f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"
    return f"{START_OF_HTML}{whole}{END_OF_HTML}"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
