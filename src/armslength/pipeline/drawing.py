"""Draw the actions of a pipeline: what is needed first on the left, arrows to what needs it."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import NamedTuple

from armslength.pipeline.graph import with_needs
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.model import RUN_ALL, Action, Pipeline, PrivacyLevel

BOX_HEIGHT, ROW_HEIGHT, PASSAGE_HEIGHT, GAP, MARGIN, LETTER = 46, 62, 22, 70, 24, 7.4
Spot = tuple[str, int]  # an action, or an arrow from it that passes, and the column
FILLS = {
    ActionKind.QUERY: "#dbeafe",
    ActionKind.RAW_SQL: "#dbeafe",
    ActionKind.COHORT_EXTRACTOR: "#fee2e2",
    ActionKind.REUSABLE: "#ede9fe",
}
LEVEL_MARKS = {
    PrivacyLevel.HIGHLY_SENSITIVE: "highly",
    PrivacyLevel.MODERATELY_SENSITIVE: "moderately",
    PrivacyLevel.MINIMALLY_SENSITIVE: "minimally",
}


class Box(NamedTuple):
    """Where something is drawn, in pixels."""

    left: float
    middle: float
    width: float


def layers(pipeline: Pipeline) -> list[list[Action]]:
    """Return the actions by depth: each one layer after the deepest that it needs."""
    depth: dict[str, int] = {}
    found: list[list[Action]] = []
    for action in with_needs(pipeline, [RUN_ALL]):
        depth[action.id] = 1 + max((depth[need] for need in action.needs), default=-1)
        if depth[action.id] == len(found):
            found.append([])
        found[depth[action.id]].append(action)
    return found


def as_text(pipeline: Pipeline) -> str:
    """Write the actions layer by layer, with what each runs in, needs and makes."""
    lines = []
    for number, layer in enumerate(layers(pipeline), 1):
        lines.append(f"{number}")
        for action in layer:
            needs = f"  ← {', '.join(action.needs)}" if action.needs else ""
            lines.append(f"  {action.id}  [{action.command.environment}, {kind_of(action.command)}]{needs}")
            lines += [f"      {LEVEL_MARKS[one.level]:<10}  {one.pattern}" for one in action.outputs]
    return "\n".join(lines) + "\n"


def as_svg(pipeline: Pipeline, *, title: str) -> str:
    """Draw the actions. A reader that cannot see the drawing is told the same in its title and labels."""
    depth = {action.id: number for number, layer in enumerate(layers(pipeline)) for action in layer}
    columns = _with_passages(pipeline, depth)
    places: dict[Spot, Box] = {}
    left, bottom = float(MARGIN), float(2 * MARGIN)
    for number, column in enumerate(columns):
        actions = [pipeline.actions[name] for name, _ in column if depth[name] == number]
        width = max(max(len(one.id), len(_below(one))) for one in actions) * LETTER + 24
        top = float(MARGIN)
        for spot in column:
            height = ROW_HEIGHT if depth[spot[0]] == number else PASSAGE_HEIGHT
            middle = top + (BOX_HEIGHT if height == ROW_HEIGHT else PASSAGE_HEIGHT) / 2
            places[spot] = Box(left, middle, width)
            top += height
        left, bottom = left + width + GAP, max(bottom, top + MARGIN)
    width = max(left - GAP + MARGIN, 1)
    boxes = [_box(action, places[name, depth[name]]) for name, action in pipeline.actions.items()]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {bottom:.0f}" '
            f'width="{width:.0f}" height="{bottom:.0f}" font-family="system-ui, sans-serif" font-size="13">',
            f"<title>{escape(title)}: {len(pipeline.actions)} actions</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *_arrows(pipeline, depth, places),
            *boxes,
            "</svg>",
            "",
        ]
    )


def _with_passages(pipeline: Pipeline, depth: dict[str, int]) -> list[list[Spot]]:
    """Return the columns from top to bottom: actions, and passages for arrows that go further than one column.

    All arrows from one action share one passage per column, and no arrow runs behind a box.
    """
    furthest = dict(depth)
    for action in pipeline.actions.values():
        for need in action.needs:
            furthest[need] = max(furthest[need], depth[action.id] - 1)
    columns: list[list[Spot]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in pipeline.actions:
        for number in range(depth[name], furthest[name] + 1):
            columns[number].append((name, number))
    row: dict[Spot, float] = {}
    for number, column in enumerate(columns):
        if number:
            column.sort(key=lambda spot: _row_before(spot, pipeline, depth, row))
        row |= {spot: float(index) for index, spot in enumerate(column)}
    return columns


def _row_before(spot: Spot, pipeline: Pipeline, depth: dict[str, int], row: dict[Spot, float]) -> float:
    """Return the mean row of what leads to a spot, in the column before it."""
    name, number = spot
    if depth[name] < number:
        return row[name, number - 1]
    return sum(row[need, number - 1] for need in pipeline.actions[name].needs) / len(
        pipeline.actions[name].needs
    )


def _arrows(pipeline: Pipeline, depth: dict[str, int], places: dict[Spot, Box]) -> list[str]:
    drawn: set[tuple[Spot, Spot]] = set()
    lines = []
    for action in pipeline.actions.values():
        for need in dict.fromkeys(action.needs):
            way = [(need, number) for number in range(depth[need], depth[action.id])]
            way.append((action.id, depth[action.id]))
            parts = []
            for here, there in pairwise(way):
                if (here, there) not in drawn:
                    drawn.add((here, there))
                    parts.append(_curve(places[here], places[there]))
                    if there[0] == need:
                        box = places[there]
                        parts.append(f"M{box.left:.0f} {box.middle:.0f}H{box.left + box.width:.0f}")
            lines.append(_arrow("".join(parts), places[way[-1]], f"{need} → {action.id}"))
    return lines


def _curve(source: Box, target: Box) -> str:
    start, end = source.left + source.width, target.left
    bend = (end - start) / 2
    return (
        f"M{start:.0f} {source.middle:.0f}C{start + bend:.0f} {source.middle:.0f} "
        f"{end - bend:.0f} {target.middle:.0f} {end:.0f} {target.middle:.0f}"
    )


def _below(action: Action) -> str:
    return f"{action.command.environment} · {kind_of(action.command)}"


def _box(action: Action, place: Box) -> str:
    fill = FILLS.get(kind_of(action.command), "#f3f4f6")
    outputs = "\n".join(f"{one.level}: {one.pattern}" for one in action.outputs)
    left, top = place.left, place.middle - BOX_HEIGHT / 2
    return (
        f'<g><title>{escape(action.id)}\n{escape(outputs)}</title><rect x="{left:.0f}" y="{top:.0f}" '
        f'width="{place.width:.0f}" height="{BOX_HEIGHT}" rx="6" fill="{fill}" stroke="#6b7280"/>'
        f'<text x="{left + 12:.0f}" y="{top + 19:.0f}" font-weight="600" fill="#111827">{escape(action.id)}</text>'
        f'<text x="{left + 12:.0f}" y="{top + 36:.0f}" fill="#374151">{escape(_below(action))}</text></g>'
    )


def _arrow(path: str, target: Box, label: str) -> str:
    end, middle = target.left, target.middle
    head = f"M{end - 8:.0f} {middle - 4:.0f}L{end:.0f} {middle:.0f}L{end - 8:.0f} {middle + 4:.0f}z"
    return (
        f'<g fill="none" stroke="#6b7280" stroke-width="1.4"><title>{escape(label)}</title>'
        f'<path d="{path}"/><path d="{head}" fill="#6b7280"/></g>'
    )
