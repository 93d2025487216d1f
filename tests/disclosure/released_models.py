"""Invented tables in the shapes that public studies release: made safe the way their authors make them safe.

Models, curves, diagnostics, first tables of papers.
"""

# ruff: noqa: E501
from __future__ import annotations

import math
from random import Random

from released_shapes import BANDS, REGIONS, maker, mid6, r5, table

OUTCOMES = ["ami", "stroke_isch", "dvt", "pe", "death"]
TERMS = ["days0_1", "days1_28", "days28_197", "days197_365", "sex_Male", "age_1", "age_2"]


def ratio(random: Random) -> tuple[float, float, float]:
    centre = math.exp(random.gauss(0, 0.5))
    return centre, centre * 0.8, centre * 1.3


@maker
def hazards_by_outcome(random: Random) -> tuple[str, str]:
    rows = []
    for outcome in OUTCOMES:
        for term in TERMS:
            hr, low, high = ratio(random)
            rows.append(
                [
                    f"cohort_prevax-main-{outcome}",
                    "prevax",
                    "covid",
                    outcome,
                    "main",
                    "mdl_max_adj",
                    term,
                    math.log(hr),
                    0.1,
                    hr,
                    low,
                    high,
                    mid6(900_000),
                    mid6(random.randint(9_000, 90_000)),
                    mid6(random.randint(60, 900)),
                    198.5,
                    "cox",
                    "TRUE",
                    "All",
                ]
            )
    return "model_output-midpoint6.csv", table(
        ["name", "cohort", "exposure", "outcome", "analysis", "model", "term", "lnhr", "se_lnhr", "hr", "conf_low", "conf_high", "N_total_midpoint6", "N_exposed_midpoint6", "N_events_midpoint6", "outcome_time_median", "source", "strata_warning", "surv_formula"],
        rows,
    )  # fmt: skip


@maker
def broom_without_counts(random: Random) -> tuple[str, str]:
    rows = [[term, random.gauss(0, 1), random.random(), random.gauss(0, 2), random.random() ** 4] for term in TERMS]  # fmt: skip
    return "tidy.csv", table(["term", "estimate", "std.error", "statistic", "p.value"], rows)


@maker
def broom_helpers(random: Random) -> tuple[str, str]:
    rows = []
    for variable, levels in (("ageband", BANDS), ("region", REGIONS)):
        for position, level in enumerate(levels):
            hr, low, high = ratio(random)
            n, e = r5(random.randint(9_000, 90_000)), r5(random.randint(100, 900))
            first = position == 0
            rows.append(
                [
                    f"{variable}{level}",
                    variable,
                    variable,
                    "factor",
                    "categorical",
                    "TRUE" if first else "FALSE",
                    len(levels),
                    0,
                    level,
                    n,
                    e,
                    n * 17.25,
                    "" if first else hr,
                    "" if first else 0.1,
                    "" if first else low,
                    "" if first else high,
                ]
            )
    return "coefs.csv", table(
        ["term", "variable", "var_label", "var_class", "var_type", "reference_row", "var_nlevels", "header_row", "label", "n_obs", "n_event", "exposure", "estimate", "std.error", "conf.low", "conf.high"],
        rows,
    )  # fmt: skip


@maker
def parmest(random: Random) -> tuple[str, str]:
    rows = []
    for band in BANDS:
        hr, low, high = ratio(random)
        rows.append([f"1.agegroup#{len(band)}.sex", hr, 0.08, random.gauss(0, 2), "0.000", low, high, "."])
    return "estimates.csv", table(["parm", "estimate", "stderr", "z", "p", "min95", "max95", "dof"], rows)


@maker
def ratios_as_text(random: Random) -> tuple[str, str]:
    rows = []
    for band in BANDS:
        hr, low, high = ratio(random)
        n, e = r5(random.randint(90_000, 900_000)), r5(random.randint(90, 900))
        rows.append(
            [
                band,
                f"{e:,} / {n:,}",
                f"{hr:.2f} ({low:.2f}-{high:.2f})",
                f"{hr:.2f} ({low:.2f} to {high:.2f})",
                "<0.001",
            ]
        )
    return "main_table.csv", table(["Age", "Events / N", "Crude HR (95% CI)", "Adjusted HR (95% CI)", "p"], rows)  # fmt: skip


@maker
def restricted_splines(random: Random) -> tuple[str, str]:
    rows = [[age, math.exp((age - 50) / 20), 0.9, 1.1, 50] for age in range(18, 101)]
    return "spline_age.csv", table(["age", "hr", "lower", "upper", "reference"], rows)


@maker
def marginal_means(random: Random) -> tuple[str, str]:
    rows = [[month, group, random.random(), random.random() / 50, "Inf", 0.1, 0.9] for month in range(1, 40) for group in ("control", "cancer")]  # fmt: skip
    return "emmeans.csv", table(["time", "group", "emmean", "SE", "df", "asymp.LCL", "asymp.UCL"], rows)


@maker
def interrupted_series(random: Random) -> tuple[str, str]:
    rows = [[month, int(month > 12), max(0, month - 12), month % 12 + 1, f"{random.random() * 90:.3f}", f"{random.random() * 90:.3f}"] for month in range(1, 49)]  # fmt: skip
    return "itsa.csv", table(["time", "level", "trend", "month", "rate", "predicted"], rows)


@maker
def glance_of_one_model(random: Random) -> tuple[str, str]:
    rows = [[r5(900_123), r5(4_013), 812.1, 0.0, 4, 0.61, 0.007, 12, 91_823.1, 91_901.8]]
    return "glance.csv", table(
        ["n", "nevent", "statistic.log", "p.value.log", "df", "concordance", "std.error.concordance", "iterations", "AIC", "BIC"],
        rows,
    )  # fmt: skip


@maker
def proportional_hazards(random: Random) -> tuple[str, str]:
    rows = [[term, random.random() * 7, random.randint(1, 3), random.random()] for term in (*TERMS, "GLOBAL")]
    return "cox_zph.csv", table(["term", "chisq", "df", "p"], rows)


@maker
def variance_inflation(random: Random) -> tuple[str, str]:
    rows = [[term, 1 + random.random(), 1, 1 + random.random()] for term in TERMS]
    return "vif.csv", table(["term", "GVIF", "Df", "GVIF^(1/(2*Df))"], rows)


@maker
def correlations(random: Random) -> tuple[str, str]:
    names = ["age", "sex", "imd", "bmi", "patients", "smoking"]
    rows: list[list[object]] = [
        [a, *(1 if a == b else round(random.random(), 3) for b in names)] for a in names
    ]
    return "correlation.csv", table(["", *names], rows)


@maker
def convergence(random: Random) -> tuple[str, str]:
    rows = [
        [outcome, "TRUE", random.randint(4, 30), 0, random.randint(3, 25), "Success"] for outcome in OUTCOMES
    ]
    return "model_convergence.csv", table(
        ["outcome", "converged", "iterations", "warnings", "n_coefs", "message"], rows
    )


@maker
def thresholds_of_a_score(random: Random) -> tuple[str, str]:
    rows = [[step / 100, 1 - step / 100, random.random(), random.random(), random.random()] for step in range(0, 101, 2)]  # fmt: skip
    return "roc.csv", table(["threshold", "sensitivity", "specificity", "ppv", "npv"], rows)


@maker
def calibration(random: Random) -> tuple[str, str]:
    rows = [[group, r5(random.randint(9_000, 90_000)), round(group / 40, 4), round(group / 41, 4)] for group in range(1, 11)]  # fmt: skip
    return "calibration.csv", table(["risk_group", "n", "mean_predicted", "observed_risk"], rows)


@maker
def quantiles(random: Random) -> tuple[str, str]:
    values = sorted(random.random() * 90 for _ in range(19))
    rows: list[list[object]] = [[5 * (i + 1) / 100, value] for i, value in enumerate(values)]
    return "quantiles_age.csv", table(["quantile", "age"], rows)


@maker
def weights(random: Random) -> tuple[str, str]:
    rows = [[name, 1.0, 0.3, 0.4, 0.9, 1.1, 2.7] for name in ("ipw", "ipw_stabilised", "ipw_truncated")]
    return "weights.csv", table(["weight", "mean", "sd", "p1", "p50", "p75", "p99"], rows)


@maker
def balance_before_and_after(random: Random) -> tuple[str, str]:
    rows = [[f"{name}_{level}", round(random.random(), 4), round(random.random(), 4), round(random.random() / 9, 4)] for name in ("sex", "imd", "region") for level in range(9)]  # fmt: skip
    return "cobalt.csv", table(["covariate", "Diff.Un", "V.Ratio.Un", "Diff.Adj"], rows)


@maker
def effectiveness(random: Random) -> tuple[str, str]:
    rows = []
    for term, days in zip(("1-14", "15-28", "29-42"), (14, 14, 14), strict=True):
        rows.append(
            [
                term,
                mid6(9_000),
                mid6(random.randint(30, 90)),
                days * 9_000 / 365.25,
                mid6(9_000),
                mid6(random.randint(30, 90)),
                0.41,
                0.3,
                0.52,
                59.0,
            ]
        )
    return "contrasts_rounded.csv", table(
        ["period", "n.atrisk_0", "cml.event_0", "persontime_0", "n.atrisk_1", "cml.event_1", "coxhr", "coxhr.ll", "coxhr.ul", "ve"],
        rows,
    )  # fmt: skip


@maker
def gtsummary_table(random: Random) -> tuple[str, str]:
    a, b = r5(random.randint(20_000, 90_000)), r5(random.randint(20_000, 90_000))
    rows: list[list[object]] = [
        ["Age", "", ""],
        ["Median (IQR)", "52 (38, 66)", "51 (37, 65)"],
        ["Sex", "", ""],
    ]
    for name in ("Female", "Male"):
        n, m = r5(a * 0.5), r5(b * 0.5)
        rows.append([f"    {name}", f"{n:,} ({100 * n / a:.0f}%)", f"{m:,} ({100 * m / b:.0f}%)"])
    rows.append(["    Unknown", "<=7", "[REDACTED]"])
    return "table1_gt.csv", table(["Characteristic", f"Control, N = {a:,}", f"Treated, N = {b:,}"], rows)


@maker
def table_with_units_in_labels(random: Random) -> tuple[str, str]:
    n = r5(random.randint(90_000, 900_000))
    rows: list[list[object]] = [["Total", "N", n, ""]]
    for label, levels in (("Number of doses", "0123"), ("Comorbidities, n (%)", "0123")):
        for level in levels:
            part = r5(n * random.random() / 4)
            rows.append([label, level, part, f"{100 * part / n:.1f}"])
    rows += [["Age, years", "Mean", 52.1, ""], ["Age, years", "SD", 14.2, ""], ["Consultations", "Median", 4, ""], ["Consultations", "Q1", 2, ""], ["Consultations", "Q3", 7, ""]]  # fmt: skip
    return "baseline.csv", table(["variable", "level", "value", "percent"], rows)


@maker
def table_two_person_years(random: Random) -> tuple[str, str]:
    rows = []
    for outcome in OUTCOMES:
        events, years = mid6(random.randint(60, 900)), round(random.random() * 9e5)
        rows.append(
            [outcome, "prevax", "main", mid6(900_000), events, years * 365, f"{events * 1e5 / years:.1f}"]
        )
    return "table2_output_midpoint6.csv", table(
        ["outcome", "cohort", "analysis", "sample_size_midpoint6", "unexposed_events_midpoint6", "unexposed_person_days", "unexposed_incidence_rate"],
        rows,
    )  # fmt: skip


@maker
def absolute_risks(random: Random) -> tuple[str, str]:
    rows = [[day, band, f"{random.random():.8f}", f"{random.random():.8f}"] for band in BANDS for day in range(0, 197, 7)]  # fmt: skip
    return "lifetable.csv", table(
        ["days", "ageband", "S", "cumulative_difference_absolute_excess_risk"], rows
    )


@maker
def numbers_needed(random: Random) -> tuple[str, str]:
    rows = [[outcome, random.randint(2, 900), round(random.random() * 90, 1), 0.4] for outcome in OUTCOMES]
    return "excess_events_per_100000.csv", table(["outcome", "nnt", "excess per 100 000", "ci"], rows)


@maker
def meta_analysis(random: Random) -> tuple[str, str]:
    rows = [[subgroup, 2, random.random(), random.random(), random.random() * 100, random.random()] for subgroup in BANDS]  # fmt: skip
    return "meta.csv", table(["subgroup", "k", "estimate", "se", "I2", "Q_p"], rows)


@maker
def forest_data_with_references(random: Random) -> tuple[str, str]:
    rows: list[list[object]] = []
    for variable, levels in (("Deprivation", ["1 most", "2", "3", "4", "5 least"]), ("Age", BANDS)):
        for position, level in enumerate(levels):
            hr, low, high = (1, 1, 1) if position == 0 else ratio(random)
            rows.append([variable, level, hr, low, high, "Ref" if position == 0 else ""])
    return "forest.csv", table(["group", "level", "OR", "2.5 %", "97.5 %", "note"], rows)


@maker
def simulation_draws(random: Random) -> tuple[str, str]:
    rows = [
        [chain, draw, random.gauss(0, 1), random.gauss(0, 1)] for chain in (1, 2) for draw in range(1, 30)
    ]
    return "posterior.csv", table([".chain", ".iteration", "b_Intercept", "sigma"], rows)


@maker
def categories_of_age_at_event(random: Random) -> tuple[str, str]:
    rows = [[band, sex, r5(random.randint(90, 900)), f"{random.gauss(60, 9):.0f}", f"{random.gauss(40, 9):.0f}", f"{random.gauss(80, 9):.0f}"] for band in BANDS for sex in "FM"]  # fmt: skip
    return "age_at_event.csv", table(["imd_band", "sex", "n_events", "median_age", "lq", "uq"], rows)


@maker
def likelihood_ratio_tests(random: Random) -> tuple[str, str]:
    rows = [[model, random.randint(3, 40), -random.random() * 1e5, random.random() * 90, random.randint(1, 4), f"{random.random():.3f}"] for model in ("m0", "m1", "m2")]  # fmt: skip
    return "lrtest.csv", table(["model", "#Df", "LogLik", "Chisq", "Df", "Pr(>Chisq)"], rows)


@maker
def standardised_by_population(random: Random) -> tuple[str, str]:
    rows = [[band, 5_500, f"{random.random() * 90:.2f}", r5(random.randint(900, 9_000)), r5(random.randint(9_000, 90_000))] for band in BANDS]  # fmt: skip
    return "asr.csv", table(["AgeGroup", "EuropeanStandardPopulation", "rate", "num", "den"], rows)


@maker
def agreement(random: Random) -> tuple[str, str]:
    rows = []
    for name in ("White", "Mixed", "Asian"):
        cells = [r5(random.randint(90, 90_000)) for _ in range(3)]
        rows.append([name, *cells, f"{100 * cells[0] / sum(cells):.1f}"])
    return "ethnicity_crosstab.csv", table(["GP record", "White", "Mixed", "Asian", "percent agreeing"], rows)


@maker
def wide_by_outcome(random: Random) -> tuple[str, str]:
    header, cells = ["subgroup"], list[object]()
    for outcome in OUTCOMES:
        header += [f"n_{outcome}", f"events_{outcome}", f"pyears_{outcome}", f"rate_{outcome}"]
        cells += [mid6(90_000), mid6(random.randint(60, 900)), 12_345.6, 4.3]
    return "rates_wide_midpoint6.csv", table(header, [[band, *cells] for band in BANDS])
