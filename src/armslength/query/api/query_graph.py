"""The graph of a query, drawn by ourselves: as SVG to look at, or as DOT for other programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from armslength.query.api.words import SIGNS, literal, shortened
from armslength.query.model import nodes as n

BOX_WIDTH, BOX_HEIGHT, COLUMN_GAP, ROW_GAP, MARGIN, HEADER = 188, 44, 64, 14, 28, 72
TITLE_LENGTH, DETAIL_LENGTH, SWEEPS = 23, 30, 6
COLOURS = {
    "table": "#0b6e63",
    "frame": "#2f6f9f",
    "aggregation": "#8a4fa3",
    "series": "#5a6876",
    "output": "#b4531f",
}
CAPITALS = re.compile(r"([A-Z])")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"


Key = n.Node | str


@dataclass(frozen=True)
class Part:
    """A box of the graph: what it is, in one word and one detail, and what it is made of."""

    title: str
    detail: str
    kind: str
    needs: tuple[Key, ...]


Parts = Mapping[Key, Part]


def parts_of(dataset: n.Dataset) -> dict[Key, Part]:
    """Return every part of a query that is drawn, needed ones first. Constants stand inside what uses them."""
    parts: dict[Key, Part] = {}
    for node in n.walk(dataset):
        if not isinstance(node, (n.Value, n.Dataset)):
            parts[node] = _part(node)
    parts["population"] = Part("population", "", "output", (dataset.population,))
    for name, variable in dataset.variables:
        parts[f"variable {name}"] = Part(name, "", "output", _drawn([variable]))
    for name, events in dataset.events:
        parts[f"events {name}"] = Part(name, "event table", "output", (events,))
    return parts


def _part(node: n.Node) -> Part:
    details = [literal(child.value) for child in n.children(node) if isinstance(child, n.Value)]
    kind = "series"
    title = SIGNS.get(type(node)) or CAPITALS.sub(r" \1", type(node).__name__).strip().lower()
    if isinstance(node, (n.SelectTable, n.SelectPatientTable)):
        title, kind, details = node.name, "table", [node.namespace]
    elif isinstance(node, n.InlinePatientTable):
        title, kind, details = "table of the query", "table", [f"{len(node.rows):,} rows"]
    elif isinstance(node, n.PickOneRowPerPatient):
        title, kind = f"{node.position.value} row", "frame"
    elif isinstance(node, n.Frame):
        kind = "frame"
    elif isinstance(node, n.Aggregation):
        kind = "aggregation"
    elif isinstance(node, n.SelectColumn):
        title, details = node.name, ["column"]
    return Part(title, ", ".join(details), kind, _drawn(n.children(node)))


def _drawn(nodes: Sequence[n.Node]) -> tuple[Key, ...]:
    return tuple(node for node in nodes if not isinstance(node, n.Value))


def as_dot(dataset: n.Dataset) -> str:
    """Write the graph in the DOT language."""
    parts = parts_of(dataset)
    numbers = {key: number for number, key in enumerate(parts)}
    lines = ["digraph query {", "  rankdir=LR; node [shape=box, fontname=sans];"]
    for key, part in parts.items():
        label = "\\n".join(
            text.replace("\\", "\\\\").replace('"', '\\"') for text in (part.title, part.detail) if text
        )
        lines.append(f'  n{numbers[key]} [label="{label}", color="{COLOURS[part.kind]}"];')
        lines += [f"  n{numbers[need]} -> n{numbers[key]};" for need in part.needs]
    return "\n".join([*lines, "}"])


def as_svg(dataset: n.Dataset, *, title: str) -> str:
    """Draw the graph: tables on the left, what is asked for on the right, each part once."""
    parts = parts_of(dataset)
    columns = _columns(parts)
    places = {
        key: (MARGIN + x * (BOX_WIDTH + COLUMN_GAP), HEADER + y)
        for x, column in enumerate(columns)
        for key, y in _spread(column, max(map(len, columns)))
    }
    width = 2 * MARGIN + len(columns) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP
    height = HEADER + max(map(len, columns)) * (BOX_HEIGHT + ROW_GAP) + MARGIN
    lines = [_header(title, width, height)]
    for key, part in parts.items():
        lines += [_edge(places[need], places[key]) for need in part.needs]
    lines += [_box(part, *places[key]) for key, part in parts.items()]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _columns(parts: Parts) -> list[list[Key]]:
    """Put each part one column right of the last thing it needs, outputs in the last; then straighten the lines."""
    rank: dict[Key, int] = {}
    for key, part in parts.items():
        rank[key] = 1 + max((rank[need] for need in part.needs), default=-1)
    last = max(rank.values())
    columns: list[list[Key]] = [[] for _ in range(last + 1)]
    for key, part in parts.items():
        columns[last if part.kind == "output" else rank[key]].append(key)
    used_by: dict[Key, list[Key]] = {key: [] for key in parts}
    for key, part in parts.items():
        for need in part.needs:
            used_by[need].append(key)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            height = {key: i / len(each) for each in columns for i, key in enumerate(each)}
            _straighten(
                column, height, {key: parts[key].needs if forward else used_by[key] for key in column}
            )
    return columns


def _straighten(column: list[Key], height: Mapping[Key, float], beside: Mapping[Key, Sequence[Key]]) -> None:
    """Sort a column by the mean height of what each part is joined to."""
    column.sort(key=lambda key: _mean([height[other] for other in beside[key]], height[key]))


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _spread(column: list[Key], most: int) -> list[tuple[Key, float]]:
    """Places from top to bottom, spread over the height of the fullest column."""
    step = (BOX_HEIGHT + ROW_GAP) * most / max(1, len(column))
    return [(key, i * step + (step - BOX_HEIGHT - ROW_GAP) / 2) for i, key in enumerate(column)]


def _header(title: str, width: float, height: float) -> str:
    legend, x = [], float(MARGIN)
    for kind, colour in COLOURS.items():
        legend.append(f'<rect x="{x:g}" y="46" width="10" height="10" rx="2" fill="{colour}"/>')
        legend.append(f'<text x="{x + 15:g}" y="55" class="detail">{kind}</text>')
        x += 15 + 7.5 * len(kind) + 18
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{max(width, x):.0f}" height="{height:.0f}" viewBox="0 0 {max(width, x):.0f} {height:.0f}" role="img">
<title>{escape(title)}</title>
<style>text {{ font-family: {FONT}; fill: #1c2733; }} .name {{ font-size: 13px; font-weight: 600; }} .detail {{ font-size: 11px; fill: #5a6876; }} .heading {{ font-size: 17px; font-weight: 600; }}</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="{MARGIN}" y="32" class="heading">{escape(title)}</text>
{"".join(legend)}"""  # noqa: E501 - one line of a drawing


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1 = start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT / 2
    x2, y2 = end[0], end[1] + BOX_HEIGHT / 2
    bend = max(24.0, (x2 - x1) / 2)
    path = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    return f'<path d="{path}" fill="none" stroke="#c3ccd4" stroke-width="1.25"/>'


def _box(part: Part, x: float, y: float) -> str:
    colour = COLOURS[part.kind]
    middle = y + (19 if part.detail else 27)
    title = escape(shortened(part.title, length=TITLE_LENGTH))
    text = f'<text x="{x + 13:g}" y="{middle:g}" class="name">{title}</text>'
    if part.detail:
        detail = escape(shortened(part.detail, length=DETAIL_LENGTH))
        text += f'<text x="{x + 13:g}" y="{y + 34:g}" class="detail">{detail}</text>'
    tooltip = escape(f"{part.title} {part.detail}".strip())
    return (
        f'<g><title>{tooltip}</title><rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
        f'fill="#ffffff" stroke="#c3ccd4"/><rect x="{x:g}" y="{y:g}" width="5" height="{BOX_HEIGHT}" rx="2" '
        f'fill="{colour}"/>{text}</g>'
    )
