"""A repair as lines of code for the study, in Python or R, so that its next run writes the file safely."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.repair.mending import Change, Mended
from armslength.disclosure.repair.plan import scheme_of

_MOST_CELLS, _MOST_MERGES = 40, 4


def python_code(mended: Mended, *, policy: DisclosurePolicy) -> list[str]:
    """Lines of Python for a pandas DataFrame called `table`."""
    rounded, single = _sorted(mended.changes)
    options = f"base={scheme_of(policy).base}, threshold={policy.threshold}"
    lines = ["from armslength.disclosure.study import round_counts, write_table", ""]
    for name in rounded:
        lines.append(f"table[{name!r}] = round_counts(table[{name!r}], {options})")
    if rounded:
        lines.append(
            "# then work totals, percentages and rates out from these columns, not from the raw counts"
        )
    lines += [
        f"table.loc[{c.row}, {c.column!r}] = {c.after!r}  # was {c.before!r}" for c in single[:_MOST_CELLS]
    ]
    if rounded:
        lines.append(f"write_table(table, {mended.name!r}, rounded={rounded!r}, {options})")
    for dimension, level, other in mended.merges[:_MOST_MERGES]:
        name, joined = f"data[{dimension!r}]", f"{level} or {other}"
        lines.append("# or, before counting, which loses less:")
        lines.append(f"# {name} = {name}.replace([{level!r}, {other!r}], {joined!r})")
    return [*lines, *_more(single)]


def r_code(mended: Mended, *, policy: DisclosurePolicy) -> list[str]:
    """Lines of R for a data frame called `table`."""
    rounded, single = _sorted(mended.changes)
    options = f"base = {scheme_of(policy).base}, threshold = {policy.threshold}"
    lines = ['source("armslength.R")', ""]
    for name in map(_quoted, rounded):
        lines.append(f"table[[{name}]] <- round_counts(table[[{name}]], {options})")
    if rounded:
        lines.append(
            "# then work totals, percentages and rates out from these columns, not from the raw counts"
        )
    for name in map(_quoted, dict.fromkeys(change.column for change in single[:_MOST_CELLS])):
        lines.append(f"table[[{name}]] <- as.character(table[[{name}]])")
    lines += [
        f"table[{c.row + 1}, {_quoted(c.column)}] <- {_quoted(c.after)}  # was {_quoted(c.before)}"
        for c in single[:_MOST_CELLS]
    ]
    if rounded:
        names = ", ".join(map(_quoted, rounded))
        lines.append(f"write_table(table, {_quoted(mended.name)}, rounded = c({names}), {options})")
    for dimension, level, other in mended.merges[:_MOST_MERGES]:
        name = f"data[[{_quoted(dimension)}]]"
        lines.append("# or, before counting, which loses less:")
        lines.append(
            f"# {name}[{name} %in% c({_quoted(level)}, {_quoted(other)})] <- {_quoted(f'{level} or {other}')}"
        )
    return [*lines, *_more(single)]


def _sorted(changes: Sequence[Change]) -> tuple[list[str], list[Change]]:
    """The columns whose counts were rounded, and the cells of others."""
    rounded = [
        change.column
        for change in changes
        if change.before.replace(",", "").isdigit() and change.after.replace(",", "").isdigit()
    ]
    columns = list(dict.fromkeys(rounded))
    return columns, [change for change in changes if change.column not in columns]


def _more(single: Sequence[Change]) -> Iterator[str]:
    if len(single) > _MOST_CELLS:
        yield f"# and {len(single) - _MOST_CELLS} more cells, which the repaired copy shows"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
