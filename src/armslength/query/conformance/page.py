"""The verdict as one HTML page that needs nothing else: what fails first, then every table with its pictures."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from armslength.query.conformance import charts
from armslength.query.conformance.verdict import (
    THRESHOLD,
    Check,
    Distribution,
    Shape,
    Status,
    TableFound,
    Verdict,
)

SIGNS = {Status.PASSED: "✓", Status.SKIPPED: "·", Status.WARNED: "!", Status.FAILED: "✗"}
MOST_CATEGORIES = 12
STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d8dee4;--page:#fff;--card:#f6f8fa;--bar:#2f6f9f;
--rail:#e7ecf1;--failed:#b42318;--warned:#8a5a00;--passed:#1a6b3c;--skipped:#59636e}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--line:#30363d;--page:#0d1117;--card:#151b23;
--bar:#6cb0dd;--rail:#21262d;--failed:#ff8a80;--warned:#f0b849;--passed:#63c58a;--skipped:#9198a1}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem}h3{font-size:1rem;margin:1.5rem 0 .4rem}p{margin:.3rem 0}
.soft{color:var(--soft)}code{font-size:.92em}a{color:inherit}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:1.2rem 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem}
.tile b{display:block;font-size:1.6rem;line-height:1.2}
.failed{color:var(--failed)}.warned{color:var(--warned)}.passed{color:var(--passed)}.skipped{color:var(--skipped)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;white-space:nowrap}td.sign{white-space:nowrap;font-weight:600}
details{border:1px solid var(--line);border-radius:8px;margin:.8rem 0;padding:.2rem .9rem}
summary{cursor:pointer;padding:.5rem 0;font-weight:600}section{border-top:1px solid var(--line)}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:.4rem 2rem}
svg{width:100%;height:auto;max-width:30rem;display:block;font:12.5px system-ui,sans-serif}
svg text{fill:var(--ink)}svg .said{fill:var(--soft)}
.bar{fill:var(--bar)}.rail{fill:var(--rail)}.axis{stroke:var(--line)}
"""


def page(verdict: Verdict) -> str:
    """Return the page. It holds no script and asks nobody for anything."""
    title = f"Does `{verdict.backend}` keep its contracts?"
    body = [
        f"<h1>{escape(title.replace('`', ''))}</h1>",
        f'<p class="soft">Checked {verdict.made_at:%d %B %Y, %H:%M} UTC, records up to {verdict.as_of:%d %B %Y}. '
        f"Counts up to {THRESHOLD} are hidden, others rounded to 5.</p>",
        _tiles(verdict),
        _held_back(verdict),
        _to_mend(verdict),
        _newest(verdict),
        _index(verdict),
        *(_table(each, verdict) for each in verdict.tables),
    ]
    return document(title, "".join(body))


def document(title: str, body: str) -> str:
    """Return a whole page of ours."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


def _tiles(verdict: Verdict) -> str:
    counts = {status: sum(1 for _ in verdict.with_status(status)) for status in reversed(Status)}
    told = [
        f'<div class="tile {status}"><b>{SIGNS[status]} {count:,}</b>{status}</div>'
        for status, count in counts.items()
    ]
    return f'<div class="tiles">{"".join(told)}</div>'


def _held_back(verdict: Verdict) -> str:
    if not verdict.held_back:
        return ""
    return (
        "<p>Not looked at:</p><ul>"
        + "".join(f"<li>{escape(words)}</li>" for words in verdict.held_back)
        + "</ul>"
    )


def _to_mend(verdict: Verdict) -> str:
    found = [*verdict.with_status(Status.FAILED), *verdict.with_status(Status.WARNED)]
    if not found:
        return "<h2>To mend</h2><p>Nothing: every check that could be made passed.</p>"
    return f"<h2>To mend</h2>{_checks(found)}"


def _checks(found: Iterable[Check]) -> str:
    rows = "".join(
        f'<tr><td class="sign {each.status}">{SIGNS[each.status]} {each.status}</td>'
        f"<td><code>{breakable(each.place)}</code></td>"
        f'<td>{escape(each.words)}</td><td class="n">{_rows(each)}</td></tr>'
        for each in found
    )
    head = '<tr><th>Result</th><th>Where</th><th>What is checked</th><th class="n">Rows</th></tr>'
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def breakable(name: str) -> str:
    """Escape a name, and let a narrow page break it."""
    return escape(name).replace(".", ".<wbr>").replace("_", "_<wbr>")


def _rows(check: Check) -> str:
    if check.few:
        return "a few"
    if check.broken is None:
        return ""
    share = f" ({check.share:.1%})" if check.share else ""
    return f"{check.broken:,}{share}" if check.broken else "none"


def _newest(verdict: Verdict) -> str:
    found = [(each.table, each.latest) for each in verdict.tables if each.latest]
    if not found:
        return ""
    drawn = charts.latest(found, until=verdict.as_of.isoformat(), title="The newest record of each table")
    told = "The month of the newest record, on the two years before the check."
    return f'<h2>Newest records</h2><p class="soft">{told}</p>{drawn}'


def _index(verdict: Verdict) -> str:
    rows = "".join(
        f'<tr><td><a href="#{escape(each.table)}"><code>{breakable(each.table)}</code></a></td>'
        f'<td class="n">{_count(each.rows)}</td><td class="n">{len(each.columns)}</td><td>{each.latest or ""}</td></tr>'
        for each in verdict.tables
    )
    head = '<tr><th>Table</th><th class="n">Rows</th><th class="n">Columns</th><th>Newest</th></tr>'
    return f'<h2>Tables</h2><div class="scroll"><table>{head}{rows}</table></div>'


def _count(rows: int | None) -> str:
    return "a few" if rows is None else f"{rows:,}"


def _table(found: TableFound, verdict: Verdict) -> str:
    also = (
        f" Also offered as {', '.join(f'<code>{escape(each)}</code>' for each in found.also)}."
        if found.also
        else ""
    )
    checks = [each for each in verdict.checks if each.table in (found.table, *found.also)]
    failed = sum(each.status is Status.FAILED for each in checks)
    told = f"{len(checks)} checks, {failed} failed" if failed else f"{len(checks)} checks"
    return (
        f'<section id="{escape(found.table)}"><h2><code>{escape(found.table)}</code></h2>'
        f'<p class="soft">{_count(found.rows)} rows.{also}</p>'
        f"{_missing(found)}{_plots(found.distributions)}"
        f"<details><summary>{told}</summary>{_checks(checks)}</details></section>"
    )


def _missing(found: TableFound) -> str:
    values = [
        (each.name, each.missing or 0.0, _missing_in_words(each.missing, each.found))
        for each in found.columns
    ]
    drawn = charts.bars(values, title=f"Missing values of each column of {found.table}")
    return f"<h3>Missing values</h3>{drawn}" if values else ""


def _missing_in_words(missing: float | None, found: str) -> str:
    if not found:
        return "not there"
    return "not shown" if missing is None else "none" if missing == 0 else f"{missing:.1%}"


def _plots(found: Iterable[Distribution]) -> str:
    drawn = [
        f"<div><h3>{escape(each.column)}{_said(each)}</h3>{_plot(each)}</div>" for each in found if each.bars
    ]
    return f'<div class="plots">{"".join(drawn)}</div>' if drawn else ""


def _said(found: Distribution) -> str:
    kinds = {Shape.MONTHS: "rows by month", Shape.CODES: "most used codes", Shape.NUMBERS: "values"}
    return f' <span class="soft">{kinds.get(found.shape, "categories")}</span>'


def _plot(found: Distribution) -> str:
    title = f"Values of {found.column}"
    if found.shape is Shape.MONTHS:
        return charts.months(found.bars, title=title)
    first = found.bars if found.shape is Shape.NUMBERS else found.bars[:MOST_CATEGORIES]
    most = max(each.rows for each in first) or 1
    values = [(each.label, each.rows / most, f"{each.rows:,}") for each in first]
    rest = found.others + sum(each.rows for each in found.bars[len(first) :])
    if rest:
        values.append(("all others", min(rest / most, 1.0), f"{rest:,}"))
    return charts.bars(values, title=title)
