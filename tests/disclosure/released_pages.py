"""Invented files in the shapes that public studies release: made safe the way their authors make them safe.

Pages of notebooks and reports, widgets, drawings.
"""

# ruff: noqa: E501, RUF001
from __future__ import annotations

import base64
import json
from random import Random

from released_shapes import BANDS, REGIONS, maker, mid6, r5

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()


@maker
def notebook(random: Random) -> tuple[str, str]:
    rows = "".join(
        f"<tr><th>{index}</th><td>{region}</td><td>{r5(random.randint(900, 9_000))}</td><td>{random.random() * 100:.1f}</td></tr>"
        for index, region in enumerate(REGIONS)
    )
    return (
        "report.html",
        f"""<!DOCTYPE html><html><head><meta charset="utf-8"/><title>report</title>
<script src="https://cdnjs.cloudflare.com/ajax/libs/require.js/2.1.10/require.min.js"></script>
<style type="text/css">.jp-InputPrompt{{width: 3px}}</style></head><body class="jp-Notebook">
<div class="jp-Cell"><div class="jp-InputPrompt jp-InputArea-prompt">In&nbsp;[3]:</div>
<div class="highlight hl-ipython3"><pre><span class="k">import</span> pandas <span class="k">as</span> pd
df <span class="o">=</span> pd.read_csv("../output/top.csv", nrows=5)
df.groupby("region").head(n=5)  # keep 3 patients per page
n = 4
</pre></div></div>
<h2>Top 5 codes</h2><p>Practices with fewer than 5 patients were excluded. Counts were rounded to the nearest 5.</p>
<div class="jp-OutputArea-prompt">Out[3]:</div>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>region</th><th>patients</th><th>percent</th></tr></thead>
<tbody>{rows}</tbody></table>
<p>8 rows × 3 columns</p>
<img src="data:image/png;base64,{PIXEL}" alt="Monthly rate"></body></html>""",
    )


@maker
def rmarkdown(random: Random) -> tuple[str, str]:
    rows = "".join(
        f'<tr><td style="text-align:left;"> {band} </td><td style="text-align:right;"> {mid6(random.randint(900, 9_000))} </td><td> {random.random():.3f} </td></tr>'
        for band in BANDS
    )
    library = base64.b64encode(b"window.jQuery = function(n){ return n = 3; };").decode()
    return (
        "report_rmd.html",
        f"""<!DOCTYPE html><html><head>
<script src="data:application/javascript;base64,{library}"></script>
<link href="data:text/css,body%20%7B%20margin%3A%205px%20%7D" rel="stylesheet" />
<script>$(document).ready(function () {{ window.buildTabsets("TOC"); var n = 3; }});</script>
</head><body><div class="container-fluid main-container"><h1 class="title">Study report</h1>
<pre class="r"><code>d %&gt;% count(sex) %&gt;% head(n = 5)</code></pre>
<pre><code>## [1] 5
## Rows: 12
## Columns: 3</code></pre>
<table class="table" style="width: auto"><caption>Table 3: people by age (midpoint 6 rounding)</caption>
<thead><tr><th> ageband </th><th> n </th><th> risk </th></tr></thead><tbody>{rows}</tbody></table>
<p>There were at least 8 deaths in every group; groups with 7 people or fewer are not shown.</p>
</div></body></html>""",
    )


@maker
def gt_page(random: Random) -> tuple[str, str]:
    total = r5(random.randint(90_000, 900_000))
    rows = "".join(
        f'<tr><td class="gt_row gt_left">{band}</td><td class="gt_row gt_center">{(n := r5(total * random.random())):,} ({100 * n / total:.1f}%)</td><td class="gt_row gt_center">{random.random():.2f} (0.90, 1.40)</td></tr>'
        for band in BANDS
    )
    return (
        "table1.html",
        f"""<!DOCTYPE html><html><head><style>.gt_table {{ font-size: 16px; }}</style></head><body>
<div id="abcdefghij" style="overflow-x:auto;"><table class="gt_table"><thead class="gt_col_headings">
<tr><th class="gt_col_heading" rowspan="1" colspan="1"><strong>Characteristic</strong></th>
<th><strong>N = {total:,}</strong><span class="gt_footnote_marks"><sup>1</sup></span></th><th>HR (95% CI)</th></tr></thead>
<tbody class="gt_table_body"><tr><td class="gt_row gt_left">Age</td><td></td><td></td></tr>{rows}</tbody>
<tfoot><tr class="gt_footnotes"><td class="gt_footnote" colspan="3"><sup>1</sup> n (%); Median (IQR)</td></tr></tfoot>
</table></div></body></html>""",
    )


@maker
def plotly_page(random: Random) -> tuple[str, str]:
    months = [f"2021-{month:02d}-01" for month in range(1, 13)]
    traces = [
        {"type": "scatter", "mode": "lines", "name": region, "x": months, "y": [random.random() * 9 for _ in months], "line": {"width": 3}}
        for region in REGIONS[:3]
    ]  # fmt: skip
    layout = {"height": 400, "xaxis": {"nticks": 5}, "yaxis": {"title": "Rate per 1000"}}
    return "plot.html", (
        '<html><head><meta charset="utf-8"/></head><body><div><script type="text/javascript">'
        'window.PlotlyConfig = {MathJaxConfig: "local"};</script>'
        '<script type="text/javascript">/* plotly.js v2.3 */ (function(n){var t={n:3,patients:2};return t})(4);</script>'
        '<div id="a-b-c" class="plotly-graph-div"></div><script type="text/javascript">'
        f'Plotly.newPlot("a-b-c", {json.dumps(traces)}, {json.dumps(layout)}, {{"responsive": true}})'
        "</script></div></body></html>"
    )


@maker
def altair_page(random: Random) -> tuple[str, str]:
    rows = [{"month": f"2021-{m:02d}-01T00:00:00", "region": region, "count": r5(random.randint(90, 900)), "rate": random.random()} for m in range(1, 13) for region in REGIONS]  # fmt: skip
    spec = {"config": {"view": {"continuousWidth": 400}}, "data": {"name": "data-1"}, "mark": {"type": "bar", "size": 3}, "encoding": {"x": {"field": "month", "type": "temporal", "axis": {"tickCount": 5}}}, "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "datasets": {"data-1": rows}}  # fmt: skip
    return "chart.html", f"<html><body><div id='vis'></div><script>(function(vegaEmbed) {{ var spec = {json.dumps(spec)}; vegaEmbed('#vis', spec); }})(vegaEmbed);</script></body></html>"  # fmt: skip


@maker
def datatables_page(random: Random) -> tuple[str, str]:
    columns = [[str(i) for i in range(1, 9)], REGIONS, [r5(random.randint(90, 9_000)) for _ in REGIONS], [round(random.random() * 100, 1) for _ in REGIONS]]  # fmt: skip
    payload = {"x": {"filter": "none", "data": columns, "container": "<table class=\"display\"><thead><tr><th> </th><th>region</th><th>n_patients</th><th>percent change</th></tr></thead></table>", "options": {"pageLength": 5, "order": []}}, "evals": []}  # fmt: skip
    return "interactive.html", f"<html><body><div class='datatables' id='htmlwidget-1'></div><script type='application/json' data-for='htmlwidget-1'>{json.dumps(payload)}</script></body></html>"  # fmt: skip


@maker
def matplotlib_drawing(random: Random) -> tuple[str, str]:
    glyphs = "".join(
        f'<g id="text_{tick}"><!-- {label} --><g transform="translate({tick} 9)"><use xlink:href="#DejaVuSans-30"/><use xlink:href="#DejaVuSans-31" x="63.6"/></g></g>'
        for tick, label in enumerate(
            ("0", "2", "4", "6", "2020-01", "2020-07", "n per 1000", "Age = 5 years"), 1
        )
    )
    ticks = '<use xlink:href="#m5b1" x="57.6" y="307.5"/>' * 8
    path = " ".join(f"L {x * 3.3:.6f} {random.random() * 300:.6f}" for x in range(36))
    return (
        "plot_mpl.svg",
        f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6" xmlns="http://www.w3.org/2000/svg" version="1.1">
<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:date>2021-03-14T09:13:02.123</dc:date></rdf:RDF></metadata>
<defs><path id="m5b1" d="M 0 0 L 0 3.5"/><path id="DejaVuSans-30" d="M 31 66 Q 24 66 20 58 z"/></defs>
<g id="figure_1"><g id="axes_1">{glyphs}{ticks}<path d="M 0 0 {path}" style="fill: none"/></g></g></svg>""",
    )


@maker
def ggplot_drawing(random: Random) -> tuple[str, str]:
    numbers = "".join(f"<text x='{x}.5' y='400' textLength='9.79px' lengthAdjust='spacingAndGlyphs'>{text}</text>" for x, text in enumerate(("0", "5", "10", "15", f"{r5(random.randint(9_000, 90_000)):,}", "n at risk", "Model 2 (n = 12,345)", "1 dose", "2+ people per household")))  # fmt: skip
    points = "".join(
        f"<circle cx='{20 * x:.2f}' cy='{random.random() * 300:.2f}' r='1.95pt'/>" for x in range(9)
    )
    return "forest.svg", f"<?xml version='1.0' encoding='UTF-8' ?><svg xmlns='http://www.w3.org/2000/svg' class='svglite' width='576.00pt' height='432.00pt'><defs><style type='text/css'><![CDATA[.svglite line {{ fill: none; }}]]></style></defs><rect width='100%' height='100%'/><g>{points}<polyline points='{' '.join(f'{x}.00,{random.random() * 90:.2f}' for x in range(60))}'/>{numbers}</g></svg>"  # fmt: skip
