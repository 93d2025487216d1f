"""Invented tables in the shapes that public studies release: made safe the way their authors make them safe.

Counts by code and by group, flow charts.
"""

# ruff: noqa: E501
from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from random import Random

from released_shapes import BANDS, REGIONS, SNOMED, TERMS, maker, mid6, r5, table

ETHNICITIES = ["White", "Mixed", "Asian or Asian British", "Black or Black British", "Other", "Unknown"]
MONTHS = [f"{year}-{month:02d}-01" for year in (2019, 2020, 2021) for month in range(1, 13)]
WEEKS = [(date(2020, 12, 7) + timedelta(days=7 * week)).isoformat() for week in range(60)]


def r7(count: float) -> int:
    return int(7 * round(count / 7))


def r10(count: float) -> int:
    return int(10 * round(count / 10))


@maker
def codes_with_ids(random: Random) -> tuple[str, str]:
    rows = [
        [code, random.choice(TERMS), r10(random.randint(90, 9_000)), f"{random.random():.4f}"]
        for code in SNOMED
    ]
    return "snomed_usage.csv", table(["snomed_id", "description", "usage", "share"], rows)


@maker
def concept_ids_under_other_names(random: Random) -> tuple[str, str]:
    rows = [[f"{random.randint(10**14, 10**15 - 1)}{random.choice(['101', '112', '109'])}", "Tablets", r5(random.randint(50, 900))] for _ in range(30)]  # fmt: skip
    return "products.csv", table(["vpid", "nm", "n_issues"], rows)


@maker
def ctv3_codes(random: Random) -> tuple[str, str]:
    rows = [
        [code, "Finding", r5(random.randint(60, 9_000)), f"{random.random() * 20:.2f}"]
        for code in ("XaBVJ", "XE0Uc", "44J3.", "Y0d21", "X773t", "XaIeb", "22K..", "137..", "Ua1iK", "G2...")
    ]
    return "ctv3_counts.csv", table(["CTV3ID", "CTV3PreferredTermDesc", "count", "percentage"], rows)


@maker
def bnf_codes(random: Random) -> tuple[str, str]:
    rows = [
        [f"0{random.randint(1, 9)}0{random.randint(1, 9)}0{random.randint(1, 9)}0{letter}0", f"Chemical {letter}", r10(random.randint(900, 99_000)), f"{random.random() * 1e6:.2f}", f"{random.random() * 100:.1f}%"]
        for letter in "ABCDEFGHIJKL"
    ]  # fmt: skip
    return "bnf_items.csv", table(["bnf_code", "bnf_name", "items", "actual_cost", "share of items"], rows)


@maker
def icd_codes(random: Random) -> tuple[str, str]:
    rows = [
        [code, r5(random.randint(60, 9_000)), r5(random.randint(60, 9_000))]
        for code in (
            "U071",
            "I21",
            "I219",
            "E119",
            "C50",
            "J189",
            "F03",
            "K922",
            "N390",
            "A419",
            "R99",
            "X59",
        )
    ]
    return "causes_of_death.csv", table(
        ["underlying_cause", "deaths_2020_round5", "deaths_2021_round5"], rows
    )


@maker
def codes_as_row_keys(random: Random) -> tuple[str, str]:
    rows = [
        [random.randint(10**8, 10**9), r5(random.randint(50, 900)), r5(random.randint(1_000, 90_000))]
        for _ in range(15)
    ]
    return "code_counts.csv", table(["code", "2019", "2020"], rows)


@maker
def every_year_of_age(random: Random) -> tuple[str, str]:
    rows = [
        [age, r5(random.randint(900, 9_000)), r5(random.randint(90_000, 99_000))] for age in range(18, 105)
    ]
    return "counts_by_age.csv", table(["age", "events", "n"], rows)


@maker
def inclusion_wide(random: Random) -> tuple[str, str]:
    n = r5(random.randint(900_000, 9_000_000))
    names = ["total", "registered", "alive", "age_known", "sex_known", "included"]
    values = []
    for _ in names:
        values.append(n)
        n -= r5(n * random.random() / 20)
    return "consort.csv", table(names, [[*values]])


@maker
def inclusion_with_sentences(random: Random) -> tuple[str, str]:
    n, rows = r5(random.randint(900_000, 9_000_000)), list[list[object]]()
    for text in (
        "Registered with a practice on 1 March 2020",
        "  with at least 12 months of registration",
        "  aged 18 to 110",
        "  with no more than 2 doses",
        "  with fewer than 5 consultations",
    ):
        out = r5(n * random.random() / 9)
        rows.append([text, n, out, f"{100 * out / n:.1f}%"])
        n -= out
    return "flow_rounded.csv", table(["Criteria", "N", "N excluded", "% excluded"], rows)


@maker
def venn(random: Random) -> tuple[str, str]:
    rows = []
    for outcome in ("ami", "stroke", "dvt"):
        parts = [mid6(random.randint(0, 9_000)) for _ in range(7)]
        rows.append([outcome, *parts, sum(parts), parts[0] + parts[3] + parts[4] + parts[6]])
    return "venn_midpoint6.csv", table(
        ["outcome", "only_snomed_midpoint6", "only_hes_midpoint6", "only_death_midpoint6", "snomed_hes_midpoint6",
         "snomed_death_midpoint6", "hes_death_midpoint6", "snomed_hes_death_midpoint6", "total_midpoint6_derived",
         "total_snomed_midpoint6_derived"], rows,
    )  # fmt: skip


@maker
def sankey(random: Random) -> tuple[str, str]:
    rows = [
        [source, target, r5(random.randint(9, 90_000))]
        for source in ("Wave 1: none", "Wave 1: mild", "Wave 1: severe")
        for target in ("Wave 2: none", "Wave 2: mild", "Wave 2: severe")
    ]
    return "sankey.csv", table(["source", "target", "value"], rows)


@maker
def household_sizes(random: Random) -> tuple[str, str]:
    rows = [[size, r5(900_000 / size), f"{30 / size:.1f}"] for size in range(1, 13)]
    return "household_size.csv", table(["household_size", "n_households", "percent"], rows)


@maker
def tests_per_person(random: Random) -> tuple[str, str]:
    rows = [[tests, r5(90_000 / (tests + 1) ** 2)] for tests in (0, 1, 2, 3, 4, 5, 6, 7, 8, 10)]
    return "tests_per_person.csv", table(["number_of_tests", "patients"], rows)


@maker
def practices_covered(random: Random) -> tuple[str, str]:
    rows = [
        [region, random.randint(150, 420), random.randint(100, 150), f"{random.random() * 100:.0f}"]
        for region in REGIONS
    ]
    return "practice_coverage.csv", table(
        ["region", "Number of practices", "practices in TPP", "% practices"], rows
    )


@maker
def semicolons_and_decimal_commas(random: Random) -> tuple[str, str]:
    rows = [
        [name, r5(random.randint(900, 9_000)), f"{random.random() * 100:.1f}".replace(".", ",")]
        for name in REGIONS
    ]
    return "regions.csv", table(["region", "patients", "percent change"], rows, delimiter=";")


@maker
def thousands_in_quotes(random: Random) -> tuple[str, str]:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["", "Overall", "Cases", "Controls"])
    for name in ("N", *REGIONS):
        cells = [f"{r5(random.randint(9_000, 900_000)):,}" for _ in range(3)]
        writer.writerow([name, *cells])
    writer.writerow(["Note: counts rounded to the nearest 5; counts of 7 or fewer redacted"])
    return "baseline_counts.csv", out.getvalue()


@maker
def tab_separated(random: Random) -> tuple[str, str]:
    rows = [
        [name, r5(random.randint(900, 9_000)), r5(random.randint(90_000, 99_000)), "<=7"]
        for name in ETHNICITIES
    ]
    return "ethnicity.tsv", table(["ethnicity", "admitted", "registered", "icu"], rows, delimiter="\t")


@maker
def missing_by_variable(random: Random) -> tuple[str, str]:
    rows = [[name, r5(random.randint(0, 90_000)), f"{random.random() * 20:.1f}"] for name in ("bmi", "imd", "ethnicity", "smoking")]  # fmt: skip
    return "missingness.csv", table(["variable", "missing_n", "missing_pct"], rows)


@maker
def appointment_lead_times(random: Random) -> tuple[str, str]:
    rows = [[days, r10(random.randint(900, 90_000)), f"{random.random():.4f}"] for days in range(29)]
    return "lead_time.csv", table(["lead_time_in_days", "appointments", "proportion"], rows)


@maker
def doses_by_product(random: Random) -> tuple[str, str]:
    rows = [
        [product, dose, mid6(random.randint(900, 90_000)), random.choice([21, 28, 77, 84])]
        for product in ("pfizer", "az", "moderna")
        for dose in (1, 2, 3)
    ]
    return "doses.csv", table(["product", "dose", "n", "median_interval_days"], rows)


@maker
def matching_summary(random: Random) -> tuple[str, str]:
    rows = [[sample, treated, mid6(random.randint(9_000, 90_000)), mid6(random.randint(9_000, 90_000)), 10, 0] for sample in ("matched", "all") for treated in (0, 1)]  # fmt: skip
    return "match_summary.csv", table(
        ["sample", "treated", "n", "n_matched_midpoint6", "ratio", "caliper"], rows
    )


@maker
def two_header_rows(random: Random) -> tuple[str, str]:
    lines = [",Cases,Cases,Controls,Controls", "Characteristic,n,%,n,%"]
    for band in BANDS:
        cells = ",".join(f"{r5(random.randint(900, 9_000))},{random.random() * 90:.1f}" for _ in "ab")
        lines.append(f"{band},{cells}")
    return "table1_two_rows.csv", "\n".join(lines) + "\n"


@maker
def quintiles_with_means(random: Random) -> tuple[str, str]:
    rows = [[quintile, r5(random.randint(9_000, 90_000)), f"{random.gauss(52, 2):.1f}", f"{random.random() * 9:.1f}", f"{random.gauss(3, 1):.2f}"] for quintile in range(1, 6)]  # fmt: skip
    return "imd_summary.csv", table(["imd", "N", "mean_age", "sd_age", "mean_visits"], rows)


@maker
def one_cell(random: Random) -> tuple[str, str]:
    return "total.csv", table(["n_patients_rounded"], [[r5(random.randint(9_000, 90_000))]])
