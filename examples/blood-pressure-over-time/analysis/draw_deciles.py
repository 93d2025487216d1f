"""How practices differ: deciles of the share of people with hypertension in whom it is controlled.

A practice counts in a month when it has at least LEAST people with hypertension, and a month is shown when at least
LEAST_PRACTICES practices count. Deciles are rounded to whole percent. No practice can be told from the table: each
decile lies between many.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

RESULTS = Path("output/results")
DECILES = range(10, 100, 10)
LEAST, LEAST_PRACTICES = 10, 50


def deciles(measures):
    """One row for each month: the percentages below which a tenth, two tenths, … of the practices lie."""
    counted = measures[measures["denominator"] >= LEAST]
    rows = []
    for month, practices in counted.groupby("interval_start"):
        if len(practices) < LEAST_PRACTICES:
            continue
        percent = 100 * practices["numerator"] / practices["denominator"]
        values = np.percentile(percent, list(DECILES)).round().astype(int)
        rows.append(
            {"month": str(month)[:7], **{f"decile_{d}": v for d, v in zip(DECILES, values, strict=True)}}
        )
    return pd.DataFrame(rows, columns=["month", *(f"decile_{d}" for d in DECILES)])


def draw(table):
    figure, axes = plt.subplots(figsize=(8, 4.2))
    if table.empty:
        axes.text(0.5, 0.5, "no month with enough practices", ha="center", transform=axes.transAxes)
    else:
        draw_bands(axes, table)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e3e6e5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_ylim(0, 100)
    axes.set_ylabel("% below 140/90, by practice")
    figure.tight_layout()
    figure.savefig(RESULTS / "practice_deciles.svg", metadata={"Date": None})


def draw_bands(axes, table):
    months = pd.to_datetime(table["month"])
    for low, high, shade in ((10, 90, 0.15), (20, 80, 0.2), (30, 70, 0.25), (40, 60, 0.3)):
        axes.fill_between(
            months, table[f"decile_{low}"], table[f"decile_{high}"], color="#1f6f78", alpha=shade, linewidth=0
        )
    axes.plot(months, table["decile_50"], color="#0b3c49", linewidth=2)
    for decile, name in ((10, "lowest tenth below"), (50, "median"), (90, "highest tenth above")):
        place = (months.iloc[-1], table[f"decile_{decile}"].iloc[-1])
        axes.annotate(name, place, xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(matplotlib.dates.MonthLocator(bymonth=(1, 4, 7, 10)))
    axes.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%b %y"))


def main():
    plt.rcParams["svg.hashsalt"] = "blood pressure"
    table = deciles(pd.read_feather("output/measures_by_practice.arrow"))
    RESULTS.mkdir(parents=True, exist_ok=True)
    table.to_csv(RESULTS / "practice_deciles.csv", index=False)
    draw(table)
    print(f"wrote {len(table)} months and a figure")


if __name__ == "__main__":
    main()
