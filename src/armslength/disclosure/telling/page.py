"""The report as one page: which files, what was found, and where in each table. Needs no network and no script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from armslength.disclosure.catalogue import every_about
from armslength.disclosure.check import Examination
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.tables import Table

# A page is read by people: of a long table the rows with findings are shown, with those around them.
_MOST_ROWS, _MOST_COLUMNS, _AROUND = 80, 60, 2
# The same thing found a thousand times is told a few times, and then counted.
_MOST_ALIKE, _MOST_STEPS, _MOST_TABLES, _MOST_CLEAR = 12, 20, 40, 60
_WORDS = {
    Verdict.BLOCK: "stopped",
    Verdict.WARN: "asked about",
    Verdict.NOT_CHECKED: "not checked",
    Verdict.INFO: "told",
    Verdict.CLEAR: "clear",
}
Examined = tuple[str, Examination]


def report_page(
    examined: Sequence[Examined], *, policy: DisclosurePolicy, title: str = "Output check", history: str = ""
) -> str:
    """The page as a text; everything that comes from a file is escaped. `history` says what was compared with."""
    ordered = sorted(examined, key=lambda pair: (-pair[1].report.verdict.gravity, pair[0]))
    style = resources.files("armslength.disclosure.telling").joinpath("page.css").read_text(encoding="utf-8")
    script = resources.files("armslength.disclosure.telling").joinpath("page.js").read_text(encoding="utf-8")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        # Only this very style and this very script: nothing that a file smuggles in is ever run or fetched.
        '<meta http-equiv="Content-Security-Policy" content="'
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)};"
        " base-uri 'none'; form-action 'none'\">",
        f"<title>{escape(title)}</title><style>{style}</style></head><body>",
        *_top(ordered, policy, title, history),
        "<main>",
    ]
    clear = 0
    for position, (name, examination) in enumerate(ordered):
        clear += examination.report.verdict is Verdict.CLEAR
        if clear <= _MOST_CLEAR or examination.report.verdict is not Verdict.CLEAR:
            parts += _file(name, examination, f"file-{position}")
    if clear > _MOST_CLEAR:
        parts.append(
            f"<p>{clear - _MOST_CLEAR:,} more files in which nothing was found are only listed above.</p>"
        )
    parts += ["</main>", *_legend(ordered), f"<script>{script}</script></body></html>"]
    # A file's name, or a text in JSON, may hold halves of characters that no encoding has.
    return ("\n".join(parts) + "\n").encode("utf-8", "backslashreplace").decode("utf-8")


def _digest(text: str) -> str:
    """What a content security policy names an inline style or script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _top(examined: Sequence[Examined], policy: DisclosurePolicy, title: str, history: str) -> Iterator[str]:
    verdicts = Counter(examination.report.verdict for _, examination in examined)
    yield f"<header><h1>{escape(title)}</h1>"
    yield (
        '<p class="counts">'
        + " ".join(
            f'<span class="chip {_css(verdict)}">{verdicts[verdict]} {_WORDS[verdict]}</span>'
            for verdict in Verdict
            if verdicts[verdict]
        )
        + "</p>"
    )
    yield (
        f"<p>Policy <code>{escape(policy.version)}</code>: counts from 1 to {policy.threshold} are hidden; permitted"
        f" rounding: {escape(', '.join(scheme.name for scheme in policy.schemes))}. The checks order and point; people"
        " decide. What could not be read is <em>not checked</em>, which never means passed.</p>"
    )
    if history:
        yield f'<p class="history">{escape(history)}.</p>'
    for override in policy.overrides:
        yield (
            f'<p class="lapsed">Exception for {escape(override.check)} in <code>{escape(override.files)}</code>:'
            f" {escape(override.severity)} until {override.expires.isoformat()}, approved by"
            f" {escape(override.approved_by)}: {escape(override.reason)}</p>"
        )
    for override in policy.lapsed:
        yield (
            f'<p class="lapsed">The exception for {escape(override.check)} ({escape(override.reason)}) ended on'
            f" {override.expires.isoformat()} and no longer holds.</p>"
        )
    yield '<nav aria-label="Files"><ol>'
    for position, (name, examination) in enumerate(examined):
        verdict = examination.report.verdict
        counts = Counter(finding.verdict for finding in examination.report.findings)
        told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
        yield (
            f'<li><span class="chip {_css(verdict)}">{_WORDS[verdict]}</span>'
            f' <a href="#file-{position}">{escape(name)}</a> <small>{escape(told)}</small></li>'
        )
    yield "</ol></nav></header>"


def _file(name: str, examination: Examination, anchor: str) -> Iterator[str]:
    report = examination.report
    yield f'<section id="{anchor}" class="file"><h2>{escape(name)}'
    yield f' <span class="chip {_css(report.verdict)}">{_WORDS[report.verdict]}</span></h2>'
    if report.not_checked:
        yield f'<p class="unread"><strong>Not checked:</strong> {escape(report.not_checked)}.</p>'
    for said in report.evidence:
        yield f'<p class="evidence"><strong>Verified:</strong> {escape(said)}.</p>'
    if not report.findings and not report.not_checked:
        yield "<p>Nothing was found.</p>"
    shown, alike = _told(report.findings)
    keys = {id(finding): f"{anchor}-{position}" for position, finding in enumerate(shown)}
    if shown:
        yield '<ol class="findings">'
        for finding in shown:
            yield from _finding(finding, keys[id(finding)])
        yield "</ol>"
    for code, count in alike.items():
        yield f'<p class="more">{count:,} more findings of {escape(code)} are not shown here; --json has them all.</p>'
    yield from _tables(examination, keys)
    yield "</section>"


def _told(findings: Sequence[Finding]) -> tuple[list[Finding], dict[str, int]]:
    """The findings to show, and of each check how many more there are."""
    seen: Counter[tuple[str, Verdict]] = Counter()
    shown: list[Finding] = []
    more: Counter[str] = Counter()
    for finding in findings:
        seen[finding.code, finding.verdict] += 1
        if seen[finding.code, finding.verdict] <= _MOST_ALIKE:
            shown.append(finding)
        else:
            more[finding.code] += 1
    return shown, dict(more)


def _tables(examination: Examination, keys: dict[int, str]) -> Iterator[str]:
    """The heat maps: of every table with a finding, and of few tables without one, folded up."""
    by_table: dict[int, list[Finding]] = defaultdict(list)
    for finding in examination.report.findings:
        if finding.places:
            by_table[finding.number].append(finding)
    ordered = sorted(examination.subjects, key=lambda subject: subject.table.number not in by_table)
    for subject in ordered[:_MOST_TABLES]:
        marked, table = by_table[subject.table.number], subject.table
        if marked:
            yield from _heat_map(table, marked, keys, [column.role.value for column in subject.roles])
        elif len(examination.subjects) <= 3:
            yield f'<details class="quiet"><summary>{escape(table.name)}, in which nothing was found</summary>'
            yield from _heat_map(table, [], keys, [column.role.value for column in subject.roles])
            yield "</details>"
    if len(ordered) > _MOST_TABLES:
        yield f'<p class="more">{len(ordered) - _MOST_TABLES:,} more tables of this file are not drawn.</p>'


def _finding(finding: Finding, key: str) -> Iterator[str]:
    opened = " open" if finding.verdict is Verdict.BLOCK else ""
    yield f'<li id="{key}" class="finding {_css(finding.verdict)}"><details{opened}>'
    where = f" <small>{escape(finding.where)}</small>" if finding.where else ""
    yield (
        f'<summary><span class="chip {_css(finding.verdict)}">{escape(finding.code)} {_WORDS[finding.verdict]}</span>'
        f" {escape(finding.what)}{where}</summary>"
    )
    yield f"<dl><dt>Why</dt><dd>{escape(finding.why)}</dd>"
    if finding.derivation:
        steps = "".join(f"<li>{escape(step)}</li>" for step in finding.derivation[:_MOST_STEPS])
        if len(finding.derivation) > _MOST_STEPS:
            steps += f"<li>and {len(finding.derivation) - _MOST_STEPS:,} more</li>"
        yield f"<dt>How it follows</dt><dd><ol>{steps}</ol></dd>"
    yield f"<dt>What to do</dt><dd>{escape(finding.fix)}</dd></dl></details></li>"


def _heat_map(
    table: Table, findings: Sequence[Finding], keys: dict[int, str], roles: Sequence[str]
) -> Iterator[str]:
    marks: dict[tuple[int, int], Finding] = {}
    for finding in sorted(findings, key=lambda finding: finding.verdict.gravity):
        for place in finding.places:
            marks[place.row, place.index] = finding
    rows = _rows_to_show(len(table.rows), {row for row, _ in marks})
    columns = _columns_to_show(len(table.header), {column for _, column in marks})
    yield f'<div class="sheet" tabindex="0" role="region" aria-label="{escape(table.name, quote=True)}"><table>'
    yield f"<caption>{escape(table.name)} <small>"
    yield f"{_several(len(table.rows), 'row')}, {_several(len(table.header), 'column')}"
    widget = ", read from the script of a widget" if table.source == "widget" else ""
    yield f"{widget}</small></caption><thead><tr><th>line</th>"
    yield "".join(
        f'<th title="{escape(roles[column], quote=True)}">{escape(table.header[column][:80])}'
        f"<small>{escape(roles[column])}</small></th>"
        for column in columns
    )
    yield "</tr></thead><tbody>"
    last = -1
    for row in rows:
        if row != last + 1:
            yield f'<tr class="left-out"><td colspan="{len(columns) + 1}">{row - last - 1:,} rows left out</td></tr>'
        yield f"<tr><th>{table.lines[row]}</th>"
        yield (
            "".join(_cell(table.rows[row][column].raw, marks.get((row, column)), keys) for column in columns)
            + "</tr>"
        )
        last = row
    if len(columns) < len(table.header):
        left = len(table.header) - len(columns)
        yield f'<tr class="left-out"><td colspan="{len(columns) + 1}">{left:,} columns left out</td></tr>'
    if last + 1 < len(table.rows):
        left = len(table.rows) - last - 1
        yield f'<tr class="left-out"><td colspan="{len(columns) + 1}">{left:,} rows left out</td></tr>'
    yield "</tbody></table></div>"


def _cell(raw: str, finding: Finding | None, keys: dict[int, str]) -> str:
    text = escape(raw.strip()[:120])
    if finding is None:
        return f"<td>{text}</td>"
    said = escape(f"{finding.code}: {finding.what}", quote=True)
    if id(finding) not in keys:
        return f'<td class="{_css(finding.verdict)}" title="{said}">{text or "(empty)"}</td>'
    return (
        f'<td class="{_css(finding.verdict)}"><a href="#{keys[id(finding)]}" title="{said}">{text or "(empty)"}'
        f'<sup aria-hidden="true">{escape(finding.code)}</sup></a></td>'
    )


def _rows_to_show(total: int, marked: set[int]) -> list[int]:
    if total <= _MOST_ROWS:
        return list(range(total))
    wanted = set(range(3))
    for row in sorted(marked):
        wanted.update(range(max(0, row - _AROUND), min(total, row + _AROUND + 1)))
        if len(wanted) >= _MOST_ROWS:
            break
    return sorted(wanted)


def _columns_to_show(total: int, marked: set[int]) -> list[int]:
    if total <= _MOST_COLUMNS:
        return list(range(total))
    return sorted({*range(6), *sorted(marked)[: _MOST_COLUMNS - 6]})


def _legend(examined: Sequence[Examined]) -> Iterator[str]:
    met = {finding.code for _, examination in examined for finding in examination.report.findings}
    known = [about for about in every_about() if about.code in met]
    if known:
        yield '<footer><h2>What these checks look for</h2><dl class="legend">'
        for about in known:
            yield f"<dt>{escape(about.code)} {escape(about.title)}</dt>"
            yield f"<dd>{escape(about.stops)}. <small>{escape(about.source)}</small></dd>"
        yield "</dl></footer>"


def _css(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")
