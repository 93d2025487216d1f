"""Invented tables in the shapes that public studies release: made safe the way their authors make them safe.

Names and numbers that mislead: indicators called like counts, groups called like people, reports of several tables.
"""

# ruff: noqa: E501
from __future__ import annotations

from itertools import product
from random import Random

from released_shapes import BANDS, REGIONS, hide, maker, mid6, r5, table

SEXES = ["Female", "Male"]


@maker
def counted_identifiers(random: Random) -> tuple[str, str]:
    # What grouping and counting leaves when nobody renames the column that was counted.
    rows = [[region, r5(random.randint(900, 9_000))] for region in REGIONS]
    return "by_region.csv", table(["region", "patient_id"], rows)


@maker
def an_indicator_called_event(random: Random) -> tuple[str, str]:
    rows = [[sex, event, r5(random.randint(900, 9_000))] for sex in SEXES for event in (0, 1)]
    return "events_by_sex.csv", table(["sex", "event", "n"], rows)


@maker
def an_indicator_called_case(random: Random) -> tuple[str, str]:
    rows = [[case, band, mid6(random.randint(900, 9_000)), 0.4] for case in (1, 0) for band in BANDS]
    return "cases_controls.csv", table(["case", "ageband", "n_midpoint6", "proportion"], rows)


@maker
def an_indicator_alone(random: Random) -> tuple[str, str]:
    rows = [[died, r5(random.randint(900, 9_000)), f"{random.random() * 100:.1f}"] for died in (0, 1)]
    return "died.csv", table(["deaths", "count", "percent_of_something"], rows)


@maker
def few_rows_to_the_nearest_seven(random: Random) -> tuple[str, str]:
    rows = []
    for name in ("care home", "not in care home"):
        whole = 7 * random.randint(900, 90_000)
        part = 7 * (whole * random.randint(10, 90) // 700)
        rows.append([name, part, whole, round(100 * part / whole, 1)])
    rows.append(["overall", sum(row[1] for row in rows), sum(row[2] for row in rows), 51.2])
    return "coverage_care_home.csv", table(["group", "vaccinated", "total", "percent"], rows)


@maker
def predictions_on_a_grid(random: Random) -> tuple[str, str]:
    rows = [
        [age, sex, region, vaccinated, f"{random.random():.3f}"]
        for age, sex, region, vaccinated in product(range(20, 90, 10), SEXES, REGIONS[:3], (0, 1))
    ]
    return "grid.csv", table(["age", "sex", "region", "vaccinated", "prob"], rows)


@maker
def older_marker(random: Random) -> tuple[str, str]:
    rows = []
    for region in REGIONS:
        n = random.randint(1, 90)
        rows.append([region, "<=5" if n <= 5 else 5 * round(n / 5), r5(random.randint(900, 9_000))])
    return "deaths_2020.csv", table(["region", "deaths", "population"], [*rows, ["Isles", 5, 900], ["Other", "<=5", 80]])  # fmt: skip


@maker
def shares_of_another_whole(random: Random) -> tuple[str, str]:
    cases = [r5(random.randint(50, 900)) for _ in REGIONS]
    rows = [
        [region, n, r5(random.randint(40, 4_000)), round(100 * n / (9 * sum(cases)), 1)]
        for region, n in zip(REGIONS, cases, strict=True)
    ]
    return "share_of_england.csv", table(["region", "cases", "population", "percent_of_england"], rows)


@maker
def several_cohorts_in_one_report(random: Random) -> tuple[str, str]:
    parts = []
    for cohort in ("Pre-vaccination", "Vaccinated", "Unvaccinated"):
        rows = "".join(f"<tr><td>{band}</td><td>{hide(random.choice([2, 6, 90, 400]))}</td><td>{hide(random.choice([3, 900]))}</td></tr>" for band in BANDS)  # fmt: skip
        parts.append(f"<h2>{cohort}</h2><table><thead><tr><th>Age</th><th>Events</th><th>N</th></tr></thead><tbody>{rows}</tbody></table>")  # fmt: skip
    return "cohorts.html", f"<html><body>{''.join(parts)}</body></html>"


@maker
def several_cohorts_in_one_file(random: Random) -> tuple[str, str]:
    parts = []
    for cohort in ("Pre-vaccination", "Vaccinated"):
        rows = "\n".join(f"{band},{hide(random.choice([2, 6, 90, 400]))},{r5(random.randint(500, 900))}" for band in BANDS)  # fmt: skip
        parts.append(f"{cohort}\nAge,Events,N\n{rows}\n")
    return "cohorts.csv", "\n".join(parts)


@maker
def captions(random: Random) -> tuple[str, str]:
    return "captions.html", """<html><body>
<h3>Table 2 Patients by region</h3><p>Figure 3 Deaths per week. Model 1 Women; model 2 men. Wave 2 deaths fell.</p>
<p>Supplementary Table 4. People with 2 or more conditions. In quintile 5 patients waited longer. 3-7 patients per day.</p>
<p>We hid groups of 7 patients or fewer, or 5 people or less. Practices had under 7 patients a day. Phase 2 participants.</p>
<p>Step 1: patients. Section 4: people. Scenario 3 patients. Group 1 patients received two doses. Days 1 to 7 deaths.</p>
<p>1 in 7 people; 1 in 5 patients; one of every 3 women. Aged 5 children were left out. Dose 2 people. Chapter 6 Children.</p>
<p>Adults 18 or over. Between March 2 and April 5 deaths rose. By 14 May 7 patients were no longer the limit.</p>
</body></html>"""  # fmt: skip


@maker
def addresses_of_the_authors(random: Random) -> tuple[str, str]:
    return (
        "about.html",
        """<html><head><script>/*! tables 1.10 | (c) A. Author <author@example.org> | MIT */ (function(){})()</script>
</head><body><p>Contact: <a href="mailto:team@example.org">team@example.org</a></p><p>git@github.com:org/study.git</p></body></html>""",
    )


@maker
def large_numbers_of_days(random: Random) -> tuple[str, str]:
    rows = [[band, random.randint(10**9, 9 * 10**9), mid6(random.randint(900, 9_000)), random.randint(10**9, 9 * 10**9)] for band in BANDS * 3]  # fmt: skip
    return "person_days.csv", table(["agegroup", "person_days", "events_midpoint6", "quantity"], rows)


@maker
def organisations_counted(random: Random) -> tuple[str, str]:
    rows = [[region, random.randint(1, 7), random.randint(8, 90), random.randint(1, 7), r5(random.randint(9_000, 90_000))] for region in REGIONS]  # fmt: skip
    return "organisations.csv", table(
        ["region", "n_stps", "number_of_msoas", "trusts_n", "registered_patients"], rows
    )


@maker
def days_of_an_epidemic(random: Random) -> tuple[str, str]:
    rows = [[day, f"2020-03-{1 + day % 28:02d}", random.choice([0, 10, 25, 40]), 0.2] for day in range(60)]
    return "epidemic.csv", table(["n_day", "date", "new_cases", "growth_rate"], rows)


@maker
def two_rates_without_counts(random: Random) -> tuple[str, str]:
    rows = [[f"2020-{m:02d}", sex, age, smoking, f"{random.random() * 90:.2f}"] for m in range(1, 7) for sex in SEXES for age in BANDS for smoking in ("Y", "N")]  # fmt: skip
    return "mortality.csv", table(["month", "sex", "age", "smoking", "mortality"], rows)


@maker
def practice_level_summary(random: Random) -> tuple[str, str]:
    rows = [[month, 0.2, 0.3, 0.5, random.randint(2_400, 2_600), 3, 7] for month in range(1, 13)]
    return "practice_variation.csv", table(
        ["month", "p25_practices", "median_practices", "p75_practices", "practices", "outlying_practices", "practices_excluded"],
        rows,
    )  # fmt: skip


@maker
def scientific_notation(random: Random) -> tuple[str, str]:
    rows = [[region, random.choice(["1e+05", "2e+05", "123455", "1.2e+06"]), "3e-04"] for region in REGIONS]
    return "scientific.csv", table(["region", "n", "risk"], rows)


@maker
def index_of_two_levels(random: Random) -> tuple[str, str]:
    lines = [",n,n,percent,percent", "sex,F,M,F,M", "region,,,,"]
    lines += [
        f"{region},{r5(random.randint(900, 9_000))},{r5(random.randint(900, 9_000))},51.2,48.8"
        for region in REGIONS
    ]
    return "pivot.csv", "\n".join(lines) + "\n"


@maker
def rows_named_by_numbers(random: Random) -> tuple[str, str]:
    rows = [[number, f"criterion {number}", r5(random.randint(900, 9_000))] for number in range(1, 7)]
    return "criteria.csv", table(["no", "criterion", "remaining"], rows)


@maker
def weeks_since_a_dose(random: Random) -> tuple[str, str]:
    rows = [[week, product, r5(random.randint(90, 900)), random.random()] for product in ("az", "pfizer") for week in (1, 2, 3, 4, 6, 8, 12, 20)]  # fmt: skip
    return "since_dose.csv", table(["weeks_since_case", "product", "n_events", "hazard"], rows)


@maker
def ladders_of_conditions(random: Random) -> tuple[str, str]:
    rows = [[sex, cases, r5(90_000 / (cases + 1))] for sex in SEXES for cases in (0, 1, 2, 3, 5)]
    return "cases_per_household.csv", table(["sex", "cases", "number_of_people"], rows)


@maker
def negative_excess(random: Random) -> tuple[str, str]:
    rows = []
    for month in range(1, 13):
        expected, observed = r5(random.randint(900, 950)), r5(random.randint(900, 950))
        rows.append([month, observed, expected, observed - expected, random.choice([-3, 4, 1]) + 0.5])
    return "excess.csv", table(["month", "observed_deaths", "expected_deaths", "excess_deaths", "excess_percent"], rows)  # fmt: skip


@maker
def predicted_deaths(random: Random) -> tuple[str, str]:
    rows = [
        [month, r5(random.randint(90, 900)), round(random.random() * 900, 1), 3.2, 900.1]
        for month in range(1, 13)
    ]
    return "expected.csv", table(["month", "deaths", "expected_deaths", "lower", "upper"], rows)


@maker
def totals_and_hidden_in_wide_table(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = []
    for region in REGIONS:
        counts = [random.choice([2, 5, 60, 900, 4_000]) for _ in range(4)]
        rows.append([region, *(hide(count) for count in counts), r5(sum(counts))])
    return "wide_with_total.csv", table(["region", "a", "b", "c", "d", "total"], rows)


@maker
def midpoints_with_hidden(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = [
        [band, mid6(random.randint(0, 20)), mid6(random.randint(60, 400))] for band in BANDS
    ]
    rows.append(["Total", sum(int(str(row[1])) for row in rows), sum(int(str(row[2])) for row in rows)])
    return "midpoints.csv", table(["Age", "events_midpoint6", "n_midpoint6"], rows)


@maker
def notes_under_the_table(random: Random) -> tuple[str, str]:
    text = table(["Group", "N", "%"], [[region, r5(random.randint(900, 9_000)), f"{random.random() * 100:.1f}"] for region in REGIONS])  # fmt: skip
    return "notes.csv", f"Table 3. Patients by region,,\n,,\n{text},,\n* counts n<=7 redacted,,\nSource: 1 of 2 providers,,\n"  # fmt: skip


@maker
def ages_in_single_years_of_schools(random: Random) -> tuple[str, str]:
    rows = [[year, age, r5(random.randint(900, 9_000)), f"{random.random() * 100:.1f}%"] for year in (2020, 2021) for age in range(5, 18)]  # fmt: skip
    return "children.csv", table(["school_year", "age_in_years", "children", "uptake"], rows)
