"""Control of blood pressure by age, sex and time since diagnosis: a table, and a figure drawn from it alone."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

RESULTS = Path("output/results")
PANELS = {"age_band": "Age", "sex": "Sex", "known_for": "Time since diagnosis"}
COLOURS = ["#0b3c49", "#1f6f78", "#5aa9a3", "#d98e04", "#b5402a"]


def percentages(measures):
    """One row for each month and group. The counts were rounded by ehrQL; percentages are worked out from them."""
    parts = []
    for column, characteristic in PANELS.items():
        rows = measures.dropna(subset=column)
        rows = rows.assign(
            characteristic=characteristic, month=rows["interval_start"].str[:7], group=rows[column]
        )
        parts.append(rows)
    table = pd.concat(parts)
    # ehrQL writes 0 where it hides a count.
    shown = (table["numerator"] > 0) & (table["denominator"] > 0)
    table = table.rename(columns={"denominator": "patients", "numerator": "controlled"})
    for count in ("patients", "controlled"):
        table[count] = table[count].where(shown).astype("Int64")
    table["percent"] = (100 * table["controlled"] / table["patients"]).round().astype("Int64")
    return table[["characteristic", "group", "month", "patients", "controlled", "percent"]]


def draw(table):
    figure, panels = plt.subplots(1, len(PANELS), figsize=(11, 3.9), sharey=True)
    for panel, (characteristic, rows) in zip(
        panels, table.groupby("characteristic", sort=False), strict=True
    ):
        lines = []
        groups = list(rows.groupby("group"))
        for (group, line), colour in zip(groups, pick(len(groups)), strict=True):
            known = line.dropna(subset="percent")
            months = pd.to_datetime(known["month"])
            panel.plot(months, known["percent"].astype(float), color=colour, linewidth=1.8)
            if len(known):
                lines.append((float(known["percent"].iloc[-1]), months.iloc[-1], group, colour))
        write_names(panel, lines)
        panel.set_title(characteristic, loc="left", fontsize=11, fontweight="bold")
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(axis="y", color="#e3e6e5", linewidth=0.8)
        panel.margins(x=0.02)
        panel.xaxis.set_major_locator(matplotlib.dates.MonthLocator(bymonth=(1, 7)))
        panel.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%b %y"))
    panels[0].set_ylim(0, 100)
    panels[0].set_ylabel("% below 140/90 in the last year")
    figure.tight_layout(w_pad=2.5)
    figure.savefig(RESULTS / "control_by_group.svg", metadata={"Date": None})


def pick(count):
    return [COLOURS[round(place * (len(COLOURS) - 1) / max(count - 1, 1))] for place in range(count)]


def write_names(panel, lines, apart=6.5):
    """Name each line at its right end; names that would touch are moved apart."""
    lines = sorted(lines)
    heights = np.array([end for end, *_ in lines])
    for _ in range(50):
        for lower in np.flatnonzero(np.diff(heights) < apart):
            middle = heights[lower : lower + 2].mean()
            heights[lower : lower + 2] = middle - apart / 2, middle + apart / 2
    for height, (_, month, group, colour) in zip(heights, lines, strict=True):
        panel.annotate(
            group,
            (month, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=colour,
        )


def main():
    # The same file every time: an action whose outputs did not change keeps what was made from them.
    plt.rcParams["svg.hashsalt"] = "blood pressure"
    measures = pd.read_csv(
        "output/measures_by_group.csv", dtype={"age_band": str, "sex": str, "known_for": str}
    )
    table = percentages(measures)
    RESULTS.mkdir(parents=True, exist_ok=True)
    table.to_csv(RESULTS / "control_by_group.csv", index=False, na_rep="[REDACTED]")
    draw(table)
    print(f"wrote {len(table)} rows and a figure")


if __name__ == "__main__":
    main()
