"""Draw the actions of a pipeline: what is needed first on the left, arrows to what needs it."""

from __future__ import annotations

from html import escape

from armslength.pipeline.graph import with_needs
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.model import RUN_ALL, Action, Pipeline, PrivacyLevel

BOX_HEIGHT, ROW_HEIGHT, GAP, MARGIN, LETTER = 46, 62, 70, 24, 7.4
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
    columns = layers(pipeline)
    places: dict[str, tuple[float, float, float]] = {}  # action: left, top, width
    left = float(MARGIN)
    for column in columns:
        width = max(max(len(one.id), len(_below(one))) for one in column) * LETTER + 24
        for row, action in enumerate(column):
            places[action.id] = (left, MARGIN + row * ROW_HEIGHT, width)
        left += width + GAP
    width, height = left - GAP + MARGIN, 2 * MARGIN + max(map(len, columns), default=1) * ROW_HEIGHT
    arrows = [
        _arrow(places[need], places[action.id], f"{need} → {action.id}")
        for column in columns
        for action in column
        for need in action.needs
    ]
    boxes = [_box(action, *places[action.id]) for column in columns for action in column]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {max(width, 1):.0f} {height:.0f}" '
            f'width="{max(width, 1):.0f}" height="{height:.0f}" font-family="system-ui, sans-serif" font-size="13">',
            f"<title>{escape(title)}: {len(pipeline.actions)} actions</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *arrows,
            *boxes,
            "</svg>",
            "",
        ]
    )


def _below(action: Action) -> str:
    return f"{action.command.environment} · {kind_of(action.command)}"


def _box(action: Action, left: float, top: float, width: float) -> str:
    fill = FILLS.get(kind_of(action.command), "#f3f4f6")
    outputs = "\n".join(f"{one.level}: {one.pattern}" for one in action.outputs)
    return (
        f'<g><title>{escape(action.id)}\n{escape(outputs)}</title><rect x="{left:.0f}" y="{top:.0f}" '
        f'width="{width:.0f}" height="{BOX_HEIGHT}" rx="6" fill="{fill}" stroke="#6b7280"/>'
        f'<text x="{left + 12:.0f}" y="{top + 19:.0f}" font-weight="600" fill="#111827">{escape(action.id)}</text>'
        f'<text x="{left + 12:.0f}" y="{top + 36:.0f}" fill="#374151">{escape(_below(action))}</text></g>'
    )


def _arrow(source: tuple[float, float, float], target: tuple[float, float, float], label: str) -> str:
    x1, y1 = source[0] + source[2], source[1] + BOX_HEIGHT / 2
    x2, y2 = target[0], target[1] + BOX_HEIGHT / 2
    bend = max(30.0, (x2 - x1) / 2)
    return (
        f'<g fill="none" stroke="#6b7280" stroke-width="1.4"><title>{escape(label)}</title>'
        f'<path d="M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2 - 7:.0f} {y2:.0f}"/>'
        f'<path d="M{x2 - 8:.0f} {y2 - 4:.0f}L{x2:.0f} {y2:.0f}L{x2 - 8:.0f} {y2 + 4:.0f}z" fill="#6b7280"/></g>'
    )
