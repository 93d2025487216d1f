"""Invented tables in the shapes that public studies release: made safe the way their authors make them safe.

Counts, measures, models.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

from released_shapes import BANDS, REGIONS, SNOMED, TERMS, hide, maker, mid6, r5, table


@maker
def measures(random: random.Random) -> tuple[str, str]:
    rows = []
    for month in range(1, 13):
        for sex in ("female", "male"):
            d = r5(random.randint(40, 90_000))
            n = min(d, r5(d * random.random() * 0.4))
            rows.append(
                ["asthma_rate", f"2023-{month:02d}-01", f"2023-{month:02d}-28", n / d if d else "", n, d, sex]
            )
    return "measures.csv", table(
        ["measure", "interval_start", "interval_end", "ratio", "numerator", "denominator", "sex"], rows
    )


@maker
def deciles(random: random.Random) -> tuple[str, str]:
    rows = [
        [f"2022-{month:02d}-01", percentile, random.random() / 10]
        for month in range(1, 13)
        for percentile in [*range(1, 10), *range(10, 100, 10), *range(91, 100)]
    ]
    return "deciles_table_bp.csv", table(["date", "percentile", "value"], rows)


@maker
def regression(random: random.Random) -> tuple[str, str]:
    terms = ["(Intercept)", "ns(age, df = 3)1", "sexM", "imd2", "imd3", "factor(dose)2"]
    rows = []
    for model in (
        "unadjusted",
        "age_sex_adjusted",
        "fully adjusted: Surv(tstart, tstop, event) ~ age + sex + cluster(id)",
    ):
        n, e, pt = (
            mid6(random.randint(10_000, 900_000)),
            mid6(random.randint(100, 4_000)),
            random.random() * 1e6,
        )
        for term in terms:
            b, se = random.gauss(0, 1), random.random()
            rows.append(
                [
                    model,
                    term,
                    b,
                    se,
                    b / se,
                    random.random(),
                    b - 2 * se,
                    b + 2 * se,
                    math.exp(b),
                    b,
                    se,
                    n,
                    e,
                    pt,
                ]
            )
    return "model_output.csv", table(
        [
            "model", "term", "estimate", "std.error", "statistic", "p.value", "conf.low", "conf.high", "hr", "lnhr",
            "robust.se", "N_total_midpoint6", "N_events_midpoint6", "person_time_total_midpoint6",
        ], rows
    )  # fmt: skip


@maker
def cox_rounded(random: random.Random) -> tuple[str, str]:
    rows = [
        [
            "cox_day0", period, random.random() * 4, random.random(), 1 + random.random(), random.random(),
            r5(random.randint(2_000, 1_000_000)), r5(random.randint(20, 4_000)), random.randint(10_000, 10_000_000),
            random.randint(1, 5), f"days{start}_{start + 28}", random.randint(14, 200),
        ]
        for start, period in enumerate(["days0_1", "days1_7", "days7_14", "days14_28", "days28_197"])
    ]  # fmt: skip
    return "cox_results.csv", table(
        [
            "analysis", "term", "hr", "conf_low", "conf_high", "se_lnhr", "N_total_rounded", "N_events_rounded",
            "person_time_total", "strata_count", "interval", "outcome_time_median",
        ], rows
    )  # fmt: skip


@maker
def table_one_text(random: random.Random) -> tuple[str, str]:
    total = r5(random.randint(20_000, 900_000))
    rows: list[list[object]] = [["N", "", f"{total:,}", f"{r5(total * 0.4):,}"]]
    for label in ("Age", "BMI", "Follow-up (days)"):
        rows.append(
            [
                label,
                "Median (IQR)",
                *(
                    f"{random.randint(40, 65)} ({random.randint(20, 39)}, {random.randint(66, 90)})"
                    for _ in "ab"
                ),
            ]
        )
    rows.append(["Age", "Mean (SD)", "52.3 (14.1)", "50.1 (13.7)"])
    for label, levels in (("Sex", ["Female", "Male"]), ("Region", REGIONS), ("Age band", BANDS)):
        for level in levels:
            cells = []
            for whole in (total, r5(total * 0.4)):
                n = r5(whole * random.random() / len(levels))
                cells.append(f"{n:,} ({100 * n / whole:.1f}%)")
            rows.append([label, level, *cells])
    rows.append(["Ethnicity", "Unknown", "[REDACTED]", "[REDACTED]"])
    return "table1.csv", table(["Characteristic", "Level", f"Overall, N = {total:,}", "Vaccinated"], rows)


@maker
def table_one_long(random: random.Random) -> tuple[str, str]:
    rows = []
    for variable, levels in (
        ("sex", ["F", "M"]),
        ("imd", ["1 (most deprived)", "2", "3", "4", "5"]),
        ("ethnicity", list("ABCDEF")),
    ):
        weights = [random.random() for _ in levels]
        counts = [hide(int(random.randint(500, 40_000) * weight)) for weight in weights]
        known = sum(count for count in counts if isinstance(count, int)) or 1
        for level, count in zip(levels, counts, strict=True):
            rows.append(
                [variable, level, count, f"{100 * count / known:.1f}" if isinstance(count, int) else "NA"]
            )
    return "table1_long_redacted.csv", table(["variable", "level", "n", "percent"], rows)


@maker
def midpoint_table(random: random.Random) -> tuple[str, str]:
    rows: list[list[object]] = []
    for index, region in enumerate(REGIONS, 1):
        n = mid6(random.randint(1, 4_000))
        p = mid6(n * random.random())
        rows.append([index, region, n, min(p, n), n - min(p, n), round(100 * min(p, n) / n, 2)])
    return "table1_midpoint6.csv", table(
        [
            "",
            "region",
            "n_midpoint6",
            "vaccinated_midpoint6",
            "unvaccinated_midpoint6_derived",
            "pct_midpoint6_derived",
        ],
        rows,
    )


@maker
def undeclared_midpoint(random: random.Random) -> tuple[str, str]:
    rows = [[band, mid6(random.randint(0, 60)), mid6(random.randint(100, 3_000))] for band in BANDS]
    rows.append(["90+", 3, 9])
    rows.append(["missing", 15, 21])
    return "counts_by_age.csv", table(["ageband", "deaths", "count"], rows)


@maker
def kaplan_meier(random: random.Random) -> tuple[str, str]:
    rows = []
    n, cumulative, s = mid6(random.randint(4_000, 90_000)), 0, 1.0
    total = n
    for day in range(0, 200, 4):
        events = 6 * random.randint(0, 6) if day else 0
        cumulative += events
        s *= 1 - events / n
        rows.append(
            [
                day,
                cumulative,
                n,
                events,
                0,
                s,
                1 - s,
                max(0, s - 0.01),
                min(1, s + 0.01),
                1 - cumulative / total,
            ]
        )
        n -= events
    return "km_estimates_rounded.csv", table(
        [
            "time", "cml.event", "n.risk", "n.event", "n.censor", "surv", "risk", "surv.ll", "surv.ul", "cmlinc",
        ], rows
    )  # fmt: skip


@maker
def codelist_usage(random: random.Random) -> tuple[str, str]:
    rows = [
        [code, random.choice(TERMS), r5(random.randint(50, 90_000)), round(random.random() * 100, 2)]
        for code in SNOMED
    ]
    return "top_5_code_table.csv", table(["Code", "Term", "Events", "Proportion of codes (%)"], rows)


@maker
def dmd_usage(random: random.Random) -> tuple[str, str]:
    rows = []
    for _ in range(25):
        digits = str(random.randint(1, 9)) + "".join(
            str(random.randint(0, 9)) for _ in range(random.choice([9, 15, 16]))
        )
        rows.append(
            [
                digits,
                "Salbutamol 100micrograms/dose inhaler CFC free (A A H Pharmaceuticals Ltd)",
                r5(random.randint(9, 4_000)),
            ]
        )
    return "dmd_counts.csv", table(["dmd_code", "name", "num_issues"], rows)


@maker
def small_whole_numbers(random: random.Random) -> tuple[str, str]:
    rows = [
        [
            dose,
            quintile,
            12,
            dose + 1,
            quintile,
            r5(random.randint(100, 9_000)),
            round(random.random() * 10, 4),
        ]
        for dose in (1, 2, 3)
        for quintile in range(1, 6)
    ]
    return "doses.csv", table(
        ["dose_number", "imd_quintile", "followup_months", "n_doses", "rank", "n_people", "rate"], rows
    )


@maker
def consultations(random: random.Random) -> tuple[str, str]:
    rows = [[times, hide(int(90_000 / (times + 1) ** 2))] for times in range(40)]
    return "number_of_consultations.csv", table(["num_consultations", "num_patients"], rows)


@maker
def model_fit(random: random.Random) -> tuple[str, str]:
    rows = [
        [
            model,
            r5(random.randint(10_000, 900_000)),
            random.random() * 1e5,
            random.random() * 1e5,
            -random.random() * 1e5,
            random.randint(5, 60),
            3,
            random.random(),
        ]
        for model in ("crude", "age", "full")
    ]
    return "model_glance.csv", table(
        ["model", "nobs", "AIC", "BIC", "logLik", "df", "knots", "concordance"], rows
    )


@maker
def rates(random: random.Random) -> tuple[str, str]:
    rows = []
    for outcome in ("death", "admission"):
        for group in BANDS:
            events, years = mid6(random.randint(30, 900)), round(random.random() * 1e5, 1)
            rows.append(
                [
                    outcome,
                    group,
                    mid6(random.randint(1_000, 9_000)),
                    events,
                    years,
                    1e5 * events / years,
                    0.9,
                    1.2,
                    "<=7",
                    "NA",
                ]
            )
    return "incidence_rates.csv", table(
        [
            "outcome",
            "agegroup",
            "n",
            "events",
            "personyears",
            "rate_per_100000",
            "lci",
            "uci",
            "events_under_18",
            "note",
        ],
        rows,
    )


@maker
def redacted_variants(random: random.Random) -> tuple[str, str]:
    marker = random.choice(["[REDACTED]", "NA", "-", "<=7", "<8", "*", "≤7"])
    rows = []
    for region in REGIONS:
        count = random.randint(1, 300)
        rows.append(
            [
                region,
                marker if count <= 7 else 10 * round(count / 10) or 10,
                ">7" if random.random() < 0.1 else r5(random.randint(20, 900)),
            ]
        )
    return "redacted.csv", table(["region", "cases", "total"], rows)


@maker
def means_many_digits(random: random.Random) -> tuple[str, str]:
    rows = [
        [
            band,
            r5(random.randint(100, 40_000)),
            random.gauss(52, 3),
            random.random() * 20,
            random.randint(40, 60),
            random.random() * 30,
        ]
        for band in BANDS
    ]
    return "summary_stats.csv", table(["age_band", "n", "mean_bmi", "sd_bmi", "median_age", "iqr"], rows)


@maker
def calendar(random: random.Random) -> tuple[str, str]:
    start = date(2021, 1, 4)
    rows = [
        [
            (start + timedelta(days=7 * week)).isoformat(),
            week,
            2021 + week // 52,
            r5(random.randint(400, 90_000)),
            r5(random.randint(100_000, 900_000)),
            random.random(),
        ]
        for week in range(80)
    ]
    return "weekly_vaccinations.csv", table(
        ["week_date", "week", "year", "weekly_count", "population", "rolling_7day_average"], rows
    )


@maker
def wide_years(random: random.Random) -> tuple[str, str]:
    rows: list[list[object]] = [
        [region, *(r5(random.randint(100, 90_000)) for _ in range(4))] for region in REGIONS
    ]
    return "by_year.csv", table(["region", "2019", "2020", "2021", "2022"], rows)
