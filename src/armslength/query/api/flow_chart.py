"""The flow chart of a population: who is left after each condition, drawn as SVG by ourselves."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape

from armslength.query.api.attrition import Attrition, Stage

WIDTH, MARGIN = 860, 32
MAIN_WIDTH, SIDE_WIDTH = 400, 300
GAP, PADDING, LINE = 52, 16, 19
# About what a character of the text is wide, in pixels, at 14 and 13 pixels.
MAIN_CHARACTERS, SIDE_CHARACTERS = 50, 38
INK, QUIET, RULE, PAPER = "#1c2733", "#5a6876", "#9aa7b4", "#ffffff"
ACCENT, ACCENT_PAPER, SIDE_PAPER = "#0b6e63", "#e9f5f3", "#f5f6f8"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Box:
    """A box of text: its place, size, what is written and whether it is emphasised."""

    x: float
    y: float
    width: float
    lines: tuple[str, ...]
    number: str
    kind: str

    @property
    def height(self) -> float:
        return PADDING * 2 + LINE * len(self.lines) + 24


def flow_chart(found: Attrition, *, title: str) -> str:
    """Draw the stages from top to bottom, with what each condition removes at the side."""
    main: list[Box] = []
    side: list[Box] = []
    y = 92.0
    for position, stage in enumerate(found.stages):
        is_last = position == len(found.stages) - 1
        if position:
            removed = _side_box(stage, y)
            side.append(removed)
            y = removed.y + removed.height + GAP / 2
        box = _main_box(stage, y, "last" if is_last and position else "first" if not position else "between")
        main.append(box)
        y = box.y + box.height + GAP / 2
    height = y - GAP / 2 + 56
    parts = [_header(title, height, found), *_arrows(main, side), *map(_drawn, main), *map(_drawn, side)]
    note = f'<text x="{MARGIN}" y="{height - 22:.0f}" class="note">{escape(found.note)}</text>'
    return "\n".join([*parts, note, "</svg>"]) + "\n"


def _main_box(stage: Stage, y: float, kind: str) -> Box:
    text = (
        stage.condition
        if kind == "first"
        else "In the study"
        if kind == "last"
        else _capital(stage.name or "Remaining")
    )
    lines = tuple(textwrap.wrap(text, MAIN_CHARACTERS)[:3])
    return Box(MARGIN, y, MAIN_WIDTH, lines, _number(stage.remaining), kind)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _side_box(stage: Stage, y: float) -> Box:
    lines = textwrap.wrap(f"Not: {stage.meaning}", SIDE_CHARACTERS)
    kept = tuple(lines[:4]) if len(lines) <= 4 else (*lines[:3], f"{lines[3][: SIDE_CHARACTERS - 1]}…")
    number = "hidden" if stage.removed is None else f"{stage.removed:,} removed"
    return Box(WIDTH - MARGIN - SIDE_WIDTH, y, SIDE_WIDTH, kept, number, "side")


def _number(value: int | None) -> str:
    return "hidden" if value is None else f"{value:,}"


def _header(title: str, height: float, found: Attrition) -> str:
    told = "; ".join(f"{stage.condition}: {_number(stage.remaining)} remaining" for stage in found.stages)
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    subtitle = "Patients, and the conditions of the population in the order they are written"
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title described">
<title id="title">{escape(title)}</title>
<desc id="described">{escape(told)}</desc>
<style>
text {{ font-family: {FONT}; fill: {INK}; }}
.title {{ font-size: 20px; font-weight: 600; }}
.subtitle, .note {{ font-size: 13px; fill: {QUIET}; }}
.words {{ font-size: 14px; }}
.side.words {{ font-size: 13px; fill: {QUIET}; }}
.number {{ font-size: 20px; font-weight: 650; font-variant-numeric: tabular-nums; }}
.side.number {{ font-size: 15px; }}
.last.number {{ fill: {ACCENT}; }}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0.5 7.5 4 0 7.5z" fill="{RULE}"/></marker></defs>
<rect width="100%" height="100%" fill="{PAPER}"/>
<text x="{MARGIN}" y="44" class="title">{escape(title)}</text>
<text x="{MARGIN}" y="66" class="subtitle">{subtitle}</text>"""


def _drawn(box: Box) -> str:
    fill = {"last": ACCENT_PAPER, "side": SIDE_PAPER}.get(box.kind, PAPER)
    stroke = {"last": ACCENT, "side": "none"}.get(box.kind, RULE)
    x, y = box.x + PADDING, box.y + PADDING
    parts = [
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="8" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.25"/>',
        f'<text x="{x:g}" y="{y + 16:g}" class="{box.kind} number">{escape(box.number)}</text>',
    ]
    for i, line in enumerate(box.lines):
        parts.append(
            f'<text x="{x:g}" y="{y + 40 + i * LINE:g}" class="{box.kind} words">{escape(line)}</text>'
        )
    return "\n".join(parts)


def _arrows(main: list[Box], side: list[Box]) -> list[str]:
    """One line down from each box to the next, and one across from it to what is removed there."""
    middle = MARGIN + MAIN_WIDTH / 2
    drawn = []
    for above, below, removed in zip(main, main[1:], side, strict=False):
        drawn.append(_line(middle, above.y + above.height, middle, below.y - 2))
        across = removed.y + removed.height / 2
        drawn.append(_line(middle, across, removed.x - 2, across))
    return drawn


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{RULE}" stroke-width="1.5" '
        'marker-end="url(#tip)"/>'
    )
