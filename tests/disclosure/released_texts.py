"""Invented files in the shapes that public studies release: made safe the way their authors make them safe.

Printouts of Stata, R and Python, pages of notebooks and reports, drawings, JSON.
"""

# ruff: noqa: E501, RUF001
from __future__ import annotations

import base64
import json
from random import Random

from released_shapes import BANDS, REGIONS, maker, r5

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()


@maker
def stata_first_table(random: Random) -> tuple[str, str]:
    lines = ["Table 1: Demographic and clinical characteristics", "", "\tTotal\t\tEthnicity 1\t\tEthnicity 2\t", "\tN\t%\tN\t%\tN\t%"]  # fmt: skip
    for name in ("Age", *BANDS, "Sex", "Male", "Female"):
        if name in ("Age", "Sex"):
            lines.append(name)
        else:
            cells = [f"{r5(random.randint(900, 90_000))}\t({random.random() * 90:.1f})" for _ in range(3)]
            lines.append("\t".join([name, *cells]))
    return "table1_eth5.txt", "\n".join(lines) + "\n"


@maker
def stata_hazards(random: Random) -> tuple[str, str]:
    lines = ["Table 2: Association between ethnicity and death - complete case analysis", "", "HR\t95% CI\t\t95% CI", "Ethnicity\tDenominator\tEvents\tTotal person-weeks\tRate per 1,000\tHR\tHR (95% CI)"]  # fmt: skip
    for name in ("White", "South Asian", "Black", "Mixed", "Other"):
        lines.append(f"{name}\t{r5(random.randint(9_000, 900_000))}\t{r5(random.randint(90, 900))}\t{random.randint(9_000, 900_000)}\t{random.random():.2f}\t{random.random():.2f} ({random.random():.2f}-1.{random.randint(10, 99)})")  # fmt: skip
    return "table2_death.txt", "\n".join(lines) + "\n"


@maker
def stata_log(random: Random) -> tuple[str, str]:
    return (
        "model_age.log",
        f"""\
-------------------------------------------------------------------------------
      name:  <unnamed>
       log:  /workspace/output/model_age.log
  log type:  text
 opened on:  14 Mar 2021, 09:13:02

. use "./output/measures.dta", clear

. describe, short

Contains data from ./output/measures.dta
  vars:             6
  sorted by: month

. format %tm month

. forvalues i = 1/5 {{
  2.     capture drop x`i'
  3. }}

. stcox i.agegroup, strata(stp)

         failure _d:  outcome == 1
   analysis time _t:  (stime-origin)

Iteration 0:   log likelihood = -{random.randint(10_000, 90_000)}.12
Iteration 1:   log likelihood = -{random.randint(10_000, 90_000)}.18

Cox regression -- Breslow method for ties

No. of subjects =      {r5(random.randint(90_000, 900_000)):,}         Number of obs    =   {r5(random.randint(90_000, 900_000)):,}
No. of failures =        {r5(random.randint(1_000, 9_000)):,}
                                                LR chi2(5)       =     {random.random() * 900:.2f}
Log likelihood  =   -{random.randint(10_000, 90_000)}.18                      Prob > chi2      =     0.0000

------------------------------------------------------------------------------
          _t | Haz. Ratio   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
    agegroup |
          2  |   1.204312   .0412331     5.43   0.000     1.126154    1.287894
          3  |   1.913321   .0513212    24.19   0.000     1.815331    2.016600
             |
        male |   1.402137   .0312331    15.17   0.000     1.342233    1.464715
------------------------------------------------------------------------------

. log close
""",
    )


@maker
def r_log(random: Random) -> tuple[str, str]:
    return (
        "describe.log",
        f"""\
── Attaching packages ─────────────────────────────────────── tidyverse 1.3.0 ──
✔ ggplot2 3.3.3     ✔ purrr   0.3.4
✔ tibble  3.0.6     ✔ dplyr   1.0.4
Rows: 5 Columns: 4
── Column specification ────────────────────────────────────────────────────────
Delimiter: ","
chr (1): region
dbl (3): n, events, rate

ℹ Use `spec()` to retrieve the full column specification for this data.
New names:
• `` -> `...1`
`summarise()` has grouped output by 'region'. You can override using the `.groups` argument.
# A tibble: 3 × 4
  region           n events  rate
  <chr>        <dbl>  <dbl> <dbl>
1 East         {r5(random.randint(90_000, 99_000))}    {r5(random.randint(100, 900))} 0.013
2 London       {r5(random.randint(90_000, 99_000))}    {r5(random.randint(100, 900))} 0.012
3 South West   {r5(random.randint(90_000, 99_000))}    {r5(random.randint(100, 900))} 0.011
# ℹ 2 more rows
Warning message:
Removed 3 rows containing missing values (geom_point).
""",
    )


@maker
def python_log(random: Random) -> tuple[str, str]:
    return (
        "generate.log",
        f"""\
2021-03-14 09:13:02,123 INFO Started
Read 36 rows from measures.csv in {random.random():.2f} seconds
<class 'pandas.core.frame.DataFrame'>
RangeIndex: 36 entries, 0 to 35
Data columns (total 3 columns):
 #   Column      Non-Null Count  Dtype
---  ------      --------------  -----
 0   date        36 non-null     object
 1   population  36 non-null     float64
 2   rate        34 non-null     float64
dtypes: float64(2), object(1)
memory usage: 992.0+ bytes
Step 3 of 5: 4 figures drawn
100%|██████████| 5/5 [00:02<00:00,  2.3it/s]
Elapsed time: 0:00:04
""",
    )


@maker
def json_of_one_number(random: Random) -> tuple[str, str]:
    return "patient_count.json", json.dumps({"num_patients": {name: r5(random.randint(900, 9_000)) for name in ("asthma", "alt", "bp")}})  # fmt: skip


@maker
def json_of_events(random: Random) -> tuple[str, str]:
    return "event_count.json", json.dumps({"num_events_mil": {name: round(random.random() * 7, 2) for name in ("asthma", "alt", "bp")}, "practices": 2_543, "months": 24})  # fmt: skip


@maker
def json_columns(random: Random) -> tuple[str, str]:
    return "columns.json", json.dumps({"schema": {"fields": [{"name": "index", "type": "integer"}], "pandas_version": "0.20.0"}, "data": [{"index": i, "band": band, "n": r5(random.randint(90, 900)), "pct": round(random.random() * 100, 1)} for i, band in enumerate(BANDS)]})  # fmt: skip


@maker
def json_of_settings(random: Random) -> tuple[str, str]:
    return "study_parameters.json", json.dumps({"seed": 123, "n_threads": 4, "population_size": 10_000, "dates": {"start": "2020-01-01", "firstpfizer": "2020-12-08"}, "matching": {"ratio": 1, "caliper": 3, "controls_per_case": 5}, "models": ["a", "b"], "treated": [0, 1]})  # fmt: skip


@maker
def markdown_report(random: Random) -> tuple[str, str]:
    rows = "\n".join(f"| {region} | {r5(random.randint(900, 9_000)):,} | {random.random() * 100:.1f}% | {random.random():.2f} (0.8 to 1.4) |" for region in REGIONS)  # fmt: skip
    return "report.md", f"# Study\n\n*Version 2 of 3.* See section 4.\n\n1. People registered for 5 years\n2. Under 7 visits per person\n\nCounts n <= 7 are redacted, others rounded to 5.\n\n|Region|N|%|HR (95% CI)|\n|:--|--:|--:|:-:|\n{rows}\n\n[^1]: Table 5 of the protocol.\n"  # fmt: skip


@maker
def project_text(random: Random) -> tuple[str, str]:
    return (
        "actions.txt",
        """\
version: '4.0'

actions:
  generate_dataset:
    run: ehrql:v1 generate-dataset analysis/dataset_definition.py --output output/dataset.csv.gz
    outputs:
      highly_sensitive:
        cohort: output/dataset.csv.gz
  describe:
    run: r:v2 analysis/describe.R --threshold 7 --rounding 5
    needs: [generate_dataset]
""",
    )


@maker
def text_of_numbers(random: Random) -> tuple[str, str]:
    total = r5(random.randint(90_000, 900_000))
    return (
        "numbers_for_paper.txt",
        f"""\
Number of patients in the cohort: {total:,}
Number of deaths: {r5(total * 0.02):,} ({2.0:.1f}%)
Median follow-up: 5 (IQR 3-7) months
Model 3: HR 1.31 (1.20 to 1.43), p = 0.002
Patients with 2 doses: {r5(total * 0.5):,}
Mean number of consultations: 4.2
Redacted: counts of 7 or fewer people
""",
    )


@maker
def matching_text(random: Random) -> tuple[str, str]:
    return (
        "matching_report.txt",
        f"""\
Matching started at: 2021-03-14 09:13:02.123
CSV read completed:
Cases    {r5(random.randint(9_000, 90_000))}
Matches  {r5(random.randint(90_000, 900_000))}
Date matching variables: indexdate
Scalar variables: {{'age': 1}}
Matches per case: 5
Closest matching variables: ['age']
""",
    )


@maker
def skimmed(random: Random) -> tuple[str, str]:
    return (
        "skim.txt",
        """\
── Data Summary ────────────────────────
                           Values
Name                       data
Number of rows             12345
Number of columns          4
_______________________
Column type frequency:
  factor                   2
  numeric                  2
________________________
Group variables            None
""",
    )


@maker
def session(random: Random) -> tuple[str, str]:
    return (
        "sessioninfo.txt",
        """\
R version 4.0.5 (2021-03-31)
Platform: x86_64-pc-linux-gnu (64-bit)
Running under: Ubuntu 20.04.2 LTS

attached base packages:
[1] stats     graphics  grDevices utils     datasets  methods   base

other attached packages:
 [1] survival_3.2-10  forcats_0.5.1    dplyr_1.0.5
 [4] purrr_0.3.4      readr_1.4.0      tidyr_1.1.3
""",
    )


@maker
def latex_like_text(random: Random) -> tuple[str, str]:
    rows = "\n".join(f"{band:<12}{r5(random.randint(9_000, 90_000)):>10,}{random.random() * 100:>9.1f}{'1.21 (1.10, 1.33)':>20}" for band in BANDS)  # fmt: skip
    return (
        "table3.txt",
        f"Table 3. Hazard ratios by age\n\n{'Age':<12}{'N':>10}{'%':>9}{'HR (95% CI)':>20}\n{'-' * 51}\n{rows}\n{'-' * 51}\n",
    )
