"""Invented tables in the shapes that public studies release: made safe the way their authors make them safe.

Counts over time, by group, by code; flow charts, rates, deciles.
"""

# ruff: noqa: E501
from __future__ import annotations

from datetime import date, timedelta
from random import Random

from released_shapes import BANDS, REGIONS, hide, maker, mid6, r5, table

ETHNICITIES = ["White", "Mixed", "Asian or Asian British", "Black or Black British", "Other", "Unknown"]
MONTHS = [f"{year}-{month:02d}-01" for year in (2019, 2020, 2021) for month in range(1, 13)]
WEEKS = [(date(2020, 12, 7) + timedelta(days=7 * week)).isoformat() for week in range(60)]


def r7(count: float) -> int:
    return int(7 * round(count / 7))


def r10(count: float) -> int:
    return int(10 * round(count / 10))


@maker
def old_measures(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = []
    for month in MONTHS:
        for region in REGIONS:
            whole = r5(random.randint(90_000, 4_000_000))
            part = r5(whole * random.random() / 50)
            rows.append([region, float(part), float(whole), part / whole, month])
    return "measure_asthma_region_rate.csv", table(["region", "asthma", "population", "value", "date"], rows)


@maker
def old_measures_per_thousand(random: Random) -> tuple[str, str]:
    rows = [
        [random.choice("MF"), r5(random.randint(90, 4_000)), r5(random.randint(9_000, 40_000)), f"{random.random() * 9:.6f}", m]
        for m in MONTHS
    ]  # fmt: skip
    return "rate_table_sex.csv", table(["sex", "event", "population", "rate per 1,000", "date"], rows)


@maker
def practices_by_decile(random: Random) -> tuple[str, str]:
    rows = [
        [decile, random.randint(231, 262), f"{random.random() * 100:.1f}", f"{random.random() * 100:.1f}", f"{random.random() * 100:.1f}"]
        for decile in range(1, 11)
    ]  # fmt: skip
    return "practice_deciles.csv", table(["decile", "n_practices", "median", "q25", "q75"], rows)


@maker
def measures_by_practice_decile(random: Random) -> tuple[str, str]:
    rows = [
        [month, decile, r5(random.randint(900, 9_000)), r5(random.randint(90_000, 400_000))]
        for month in MONTHS
        for decile in range(1, 11)
    ]
    return "by_list_size_decile.csv", table(
        ["interval_start", "practice_list_size_decile", "numerator", "denominator"], rows
    )


@maker
def years_in_the_header(random: Random) -> tuple[str, str]:
    rows = [
        [group, *(f"{r5(random.randint(900, 9_000)):,} ({random.random() * 100:.1f}%)" for _ in range(5))]
        for group in (*REGIONS, *ETHNICITIES)
    ]
    # Percentages of something that is not shown: they are worked out from rounded counts.
    return "table_by_year.csv", table(["Group", "2018", "2019", "2020", "2021", "2022"], rows)


@maker
def dates_in_the_header(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = [
        [name, *(f"{random.random() * 100:.1f}" for _ in WEEKS[:20])] for name in ETHNICITIES
    ]
    return "cumulative_percent_by_week.csv", table(["ethnicity", *WEEKS[:20]], rows)


@maker
def counts_with_dates_in_the_header(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = [
        [name, *(r5(random.randint(90, 9_000)) for _ in MONTHS[:12])] for name in ETHNICITIES
    ]
    return "monthly_counts_wide.csv", table(["ethnicity", *MONTHS[:12]], rows)


@maker
def coverage_to_the_nearest_seven(random: Random) -> tuple[str, str]:
    rows = []
    for name in ETHNICITIES:
        whole = r7(random.randint(9_000, 900_000))
        part = r7(whole * random.random())
        rows.append(
            [
                "ethnicity",
                name,
                part,
                whole,
                round(100 * part / whole, 1),
                part and round(100 * part / whole, 1) - 1,
            ]
        )
    return "coverage_80plus.csv", table(
        ["category", "group", "vaccinated", "total", "percent", "percent_last_week"], rows
    )  # fmt: skip


@maker
def coverage_with_headings(random: Random) -> tuple[str, str]:
    lines = [
        ",,vaccinated at 20 Jan 2021 (n),total population (n),vaccinated (%),vaccinated at 13 Jan 2021 (%)"
    ]
    for heading, names in (("Sex", ["F", "M"]), ("Age band", BANDS), ("Ethnicity", ETHNICITIES)):
        for name in names:
            whole = r7(random.randint(9_000, 900_000))
            part = r7(whole * random.random())
            lines.append(
                f"{heading},{name},{part},{whole},{100 * part / whole:.1f},{random.random() * 50:.1f}"
            )
    return "Cumulative vaccination figures among 80+ population.csv", "\n".join(lines) + "\n"  # fmt: skip


@maker
def differences_of_rounded_counts(random: Random) -> tuple[str, str]:
    rows = []
    for week in WEEKS:
        this, last = r5(random.randint(900, 2_000)), r5(random.randint(900, 2_000))
        rows.append([week, this, last, this - last, random.choice([-10, -5, 0, 5, 10])])
    return "weekly_change.csv", table(["week", "events", "events_previous", "difference", "n_diff"], rows)


@maker
def redacted_with_recomputed_totals(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = []
    for name in ETHNICITIES:
        counts = [hide(random.choice([3, 5, 40, 900, 4_000])) for _ in range(3)]
        rows.append([name, *counts, sum(count for count in counts if isinstance(count, int))])
    sums = [sum(value for row in rows if isinstance(value := row[column], int)) for column in range(1, 5)]
    return "redacted_totals.csv", table(["ethnicity", "2020", "2021", "2022", "Total"], [*rows, ["Total", *sums]])  # fmt: skip


@maker
def events_by_week(random: Random) -> tuple[str, str]:
    rows = [
        [week, outcome, mid6(random.randint(0, 60)), mid6(random.randint(0, 300))]
        for week in WEEKS
        for outcome in ("covid death", "any death")
    ]
    return "events_by_week.csv", table(["week_start", "outcome", "n_midpoint6", "cml_n_midpoint6"], rows)


@maker
def kaplan_meier_by_package(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = []
    for sex in ("Female", "Male"):
        n, before, s = mid6(random.randint(3_000, 90_000)), 0, 1.0
        true = 0
        for day in range(1, 150):
            true += random.choice([0, 0, 1, 2, 5])
            cumulative = mid6(true)
            risk, event = n - before, cumulative - before
            s *= 1 - event / risk
            low, high = s * 0.99, min(1.0, s * 1.01)
            rows.append(
                [
                    sex,
                    day,
                    1,
                    cumulative,
                    risk,
                    event,
                    0,
                    s,
                    (1 - s) / 50,
                    low,
                    high,
                    1 - s,
                    1 - high,
                    1 - low,
                ]
            )
            before = cumulative
    return "estimates.csv", table(
        ["sex", "time", "interval", "cml.event", "n.risk", "n.event", "n.censor", "surv", "surv.se", "surv.low", "surv.high", "risk", "risk.low", "risk.high"],
        rows,
    )  # fmt: skip


@maker
def cumulative_incidence_by_month(random: Random) -> tuple[str, str]:
    n, events, rows = r5(random.randint(90_000, 900_000)), 0, list[list[object]]()
    whole = n
    for month in MONTHS:
        new = r5(random.randint(50, 900))
        events += new
        rows.append([month, n, new, events, f"{100 * events / whole:.3f}"])
        n -= new
    return "cumulative_incidence.csv", table(
        ["month", "at_risk", "new_events", "cumulative_events", "cumulative incidence (%)"], rows
    )


@maker
def rates_per_hundred_thousand(random: Random) -> tuple[str, str]:
    rows = []
    for region in REGIONS:
        events, people = r5(random.randint(90, 9_000)), r5(random.randint(90_000, 900_000))
        rows.append(
            [region, events, people, round(events * 1e5 / people, 1), round(events * 1e3 / people, 2)]
        )
    return "rates.csv", table(["Region", "Deaths", "Population", "Rate per 100,000", "Per 1000"], rows)


@maker
def small_rates(random: Random) -> tuple[str, str]:
    rows = [
        [m, r5(random.randint(9_000_000, 9_900_000)), f"{random.random() * 7:.0f}", f"{random.random() * 7:.2f}"]
        for m in MONTHS
    ]  # fmt: skip
    return "deaths_per_million.csv", table(["month", "population", "deaths per million", "asmr"], rows)


@maker
def percentages_only(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = [
        [name, *(f"{random.random() * 100:.0f}%" for _ in range(6))] for name in REGIONS
    ]
    return "heatmap.csv", table(["region", *(f"week {number}" for number in range(1, 7))], rows)


@maker
def counts_in_thousands(random: Random) -> tuple[str, str]:
    rows = [[month, f"{random.random() * 7:.1f}", f"{random.random() * 90:.1f}"] for month in MONTHS]
    return "events_in_millions.csv", table(
        ["date", "total events (millions)", "unique patients (thousands)"], rows
    )


@maker
def decile_columns(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = [
        [month, *sorted(round(random.random() * 100, 4) for _ in range(9))] for month in MONTHS
    ]
    return "deciles_wide.csv", table(["date", *(f"p{percentile}" for percentile in range(10, 100, 10))], rows)


@maker
def dashes_for_hidden(random: Random) -> tuple[str, str]:
    rows = [
        [month, *(("-", "-") if (n := random.randint(1, 60)) <= 7 else (r5(n), f"{random.random():.3f}"))]
        for month in MONTHS
    ]
    return "monthly_redacted.csv", table(["month", "num", "rate"], rows)


@maker
def hidden_as_missing(random: Random) -> tuple[str, str]:
    rows = []
    for month in MONTHS:
        n = random.randint(1, 40)
        rows.append([month, "diabetes", "NA" if n <= 7 else r10(n) or 10, r10(random.randint(900, 9_000))])
    return "measures_redacted.csv", table(["date", "condition", "count", "list"], rows)


@maker
def people_per_vaccine_week_with_noughts(random: Random) -> tuple[str, str]:
    rows = [[week, *(random.choice([0, 0, 10, 15, 900]) for _ in range(4))] for week in WEEKS]
    return "uptake_by_week.csv", table(["week", "az_n", "pfizer_n", "moderna_n", "any_n"], rows)
