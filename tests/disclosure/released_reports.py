"""Invented tables in the shapes that public studies release: made safe the way their authors make them safe.

Estimates, pages, drawings, logs, documents.
"""

from __future__ import annotations

import json
import random

from released_shapes import BANDS, REGIONS, maker, mid6, r5, table


@maker
def practice_counts(random: random.Random) -> tuple[str, str]:
    rows = [
        [f"2020-{month:02d}-01", random.randint(2_400, 2_600), 2_560, round(random.random() * 100, 1)]
        for month in range(1, 13)
    ]
    return "practice_count.csv", table(
        ["date", "practices_with_data", "practice_count", "percent_practices"], rows
    )


@maker
def plots_of_estimates(random: random.Random) -> tuple[str, str]:
    rows = [
        [index, age, sex, random.random(), random.random(), random.random()]
        for index, (age, sex) in enumerate(((a, s) for a in range(18, 90, 2) for s in "FM"), 1)
    ]
    return "predicted_curve.csv", table(["X", "age", "sex", "predicted", "lower", "upper"], rows)


@maker
def rates_by_groups_without_counts(random: random.Random) -> tuple[str, str]:
    rows = [
        [f"2021-{m:02d}-01", sex, age, region, random.random() * 1000]
        for m in range(1, 13)
        for sex in "FM"
        for age in BANDS[:3]
        for region in REGIONS[:3]
    ]
    return "standardised_rates.csv", table(["date", "sex", "age_band", "region", "value"], rows)


@maker
def contrasts(random: random.Random) -> tuple[str, str]:
    rows = [
        [
            i,
            "event",
            "age",
            level,
            mid6(random.randint(20, 300)),
            mid6(random.randint(20, 300)),
            random.random(),
            random.random(),
            random.random(),
            "TRUE",
        ]
        for i, level in enumerate(BANDS)
    ]
    return "contrasts.csv", table(
        ["...1", "outcome", "subgroup", "subgroup_level", "n_0", "n_1", "rd", "rd_ll", "rd_ul", "converged"],
        rows,
    )


@maker
def statistics_in_rows(random: random.Random) -> tuple[str, str]:
    n = r5(random.randint(1_000, 90_000))
    rows: list[list[object]] = [
        ["n", n, r5(n / 2)],
        ["mean age", 51.2, 49.8],
        ["median age", 51, 50],
        ["IQR", "38-66", "36-64"],
        ["min visits", 0, 0],
        ["median visits", 3, 4],
        ["% female", 51.2, 50.1],
    ]
    return "summary.csv", table(["statistic", "exposed", "unexposed"], rows)


@maker
def html_report(random: random.Random) -> tuple[str, str]:
    rows = "".join(
        f"<tr><td>{region}</td><td>{r5(random.randint(50, 9_000)):,}</td><td>{random.random() * 100:.1f}</td></tr>"
        for region in REGIONS
    )
    return "report.html", (
        "<!DOCTYPE html><html><head><title>Report</title><style>table{color:red}</style>"
        '<script>var settings = {"width": 3, "n": 4}; (function(){var a=[1,2,3];})();</script></head><body>'
        "<h1>Uptake</h1><p>Counts are rounded to the nearest 5; counts of 7 or fewer patients are redacted.</p>"
        f"<table class='dataframe'><thead><tr><th>region</th><th>n</th><th>percent change</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
        "</body></html>"
    )


@maker
def svg_figure(random: random.Random) -> tuple[str, str]:
    path = " ".join(f"L {x} {random.random() * 300:.2f}" for x in range(0, 400, 8))
    ticks = "".join(f"<text x='{x}'>{x}</text>" for x in range(10))
    return (
        "figure.svg",
        f"<svg xmlns='http://www.w3.org/2000/svg'><title>Rate by week</title><g>{ticks}</g>"
        f"<path d='M 0 0 {path}'/></svg>",
    )


@maker
def log(random: random.Random) -> tuple[str, str]:
    return "analysis.log", (
        "Loading packages\nRead 54 columns\nUsing 4 threads\n"
        f"Model 1 of 3 fitted in {random.random() * 9:.2f} seconds\nR version 4.0.2\nseed = 5\n"
        "Counts below 8 redacted, then rounded to 5\n\nCall:\n"
        "coxph(formula = Surv(time, event) ~ ns(age, df = 3) + sex, data = d)\n\n"
        "            coef exp(coef) se(coef)      z Pr(>|z|)\nage      0.03120   1.03169  0.00121  25.79   <2e-16\n"
        "sexM     0.20450   1.22691  0.01421  14.39   <2e-16\nimd     -0.01311   0.98698  0.00512  -2.56   0.0105\n"
    )


@maker
def json_summary(random: random.Random) -> tuple[str, str]:
    rows = [
        {"group": region, "n": r5(random.randint(60, 9_000)), "rate": random.random(), "ci": [0.1, 0.9]}
        for region in REGIONS
    ]
    return "summary.json", json.dumps(
        {"version": 3, "seed": 7, "rounding": 5, "threshold": 7, "results": rows}
    )


@maker
def markdown(random: random.Random) -> tuple[str, str]:
    rows = "\n".join(
        f"| {band} | {r5(random.randint(50, 9_000))} | {random.random():.3f} |" for band in BANDS
    )
    return (
        "results.md",
        f"# Results\n\nRounded to 5. Groups of 7 or fewer people are left out.\n\n"
        f"| age | patients | rate |\n|---|---:|---:|\n{rows}\n",
    )


@maker
def balance(random: random.Random) -> tuple[str, str]:
    rows = [
        [term, random.random() / 10, random.random() / 10, random.random() < 0.5, random.randint(1, 3)]
        for term in ("age", "sex", "imd", "bmi", "region")
        for _ in range(6)
    ]
    return "smd.csv", table(["variable", "smd_before", "smd_after", "balanced", "order"], rows)


@maker
def older_threshold(random: random.Random) -> tuple[str, str]:
    # Released when counts of 5 or fewer were hidden: a 6 or 7 was rounded to 5.
    rows = [
        [
            region,
            "[REDACTED]" if (n := random.randint(1, 200)) <= 5 else 5 * round(n / 5),
            5 * round(random.randint(300, 9_000) / 5),
        ]
        for region in REGIONS
    ]
    rows += [["Yorkshire", 5, 640], ["Unknown", 15, 20], ["Isle", 40, 50]]
    return "counts_2021.csv", table(["region", "events", "n"], rows)


@maker
def rounded_percentages(random: random.Random) -> tuple[str, str]:
    rows = []
    for region in REGIONS:
        d = r5(random.randint(60, 900))
        n = r5(d * random.random())
        rows.append([region, n, d, round(100 * n / d, random.choice([1, 2])), d - n])
    return "coverage.csv", table(
        ["region", "vaccinated_n", "total_n", "vaccinated_pct", "unvaccinated_n"], rows
    )


@maker
def flow(random: random.Random) -> tuple[str, str]:
    n, rows = r5(random.randint(100_000, 900_000)), []
    for criterion in ("c0", "c1", "c2", "c3"):
        excluded = r5(n * random.random() / 9)
        rows.append(
            [
                criterion,
                "aged over 18 and registered with one practice for a year",
                n,
                excluded,
                f"{100 * excluded / n:.1f}%",
                1 - excluded / n,
            ]
        )
        n -= excluded
    return "flowchart.csv", table(["crit", "criteria", "n", "n_exclude", "pct_exclude", "prop_step"], rows)


@maker
def missing_values(random: random.Random) -> tuple[str, str]:
    rows = [
        [
            name,
            "numeric",
            random.choice([0, 0, 5 * random.randint(2, 900)]),
            random.random(),
            random.randint(2, 60),
        ]
        for name in ("age", "bmi", "sbp", "hba1c", "imd", "sex")
    ]
    return "data_description.csv", table(["variable", "type", "n_missing", "complete_rate", "n_unique"], rows)
