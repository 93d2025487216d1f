"""Statin prescribing by age, sex and deprivation: one rounded table, one figure drawn from it.

Every count of 7 or fewer is hidden and every other count is rounded to the nearest 5. Percentages
are worked out from the rounded counts, so that nothing finer than the table can be read from them.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

OUTPUTS = Path("outputs")
BREAKDOWNS = {"age_band": "Age", "sex": "Sex", "deprivation": "Deprivation quintile"}


def rounded(count: int) -> int | None:
    return None if count <= 7 else int(5 * round(count / 5))


def rates_by(dataset: pd.DataFrame, column: str, title: str) -> pd.DataFrame:
    groups = (
        dataset.groupby(column, observed=True)["statin"].agg(patients="size", on_statin="sum").reset_index()
    )
    groups = groups.rename(columns={column: "group"})
    groups.insert(0, "characteristic", title)
    for count in ("patients", "on_statin"):
        groups[count] = groups[count].map(rounded).astype("Int64")
    groups["percent"] = (100 * groups["on_statin"] / groups["patients"]).round().astype("Int64")
    return groups


def draw(table: pd.DataFrame) -> None:
    figure, panels = plt.subplots(1, len(BREAKDOWNS), figsize=(11, 3.8), sharey=True, width_ratios=(5, 2, 5))
    for panel, (title, rows) in zip(panels, table.groupby("characteristic", sort=False), strict=True):
        shown = rows.dropna(subset="percent")
        bars = panel.bar(
            shown["group"].str.split(" ").str[0], shown["percent"].astype(float), color="#1f6f78", width=0.68
        )
        panel.bar_label(bars, fmt="%.0f", padding=2, fontsize=9, color="#33413f")
        panel.set_title(title, loc="left", fontsize=11, fontweight="bold")
        panel.spines[["top", "right", "left"]].set_visible(False)
        panel.tick_params(left=False, bottom=False)
        panel.set_ylim(0, 100)
    panels[0].set_ylabel("% with a statin in the last year")
    figure.tight_layout()
    figure.savefig(OUTPUTS / "statin_rates.png", dpi=120, metadata={"Software": None})


def main() -> None:
    dataset = pd.read_feather(OUTPUTS / "dataset.arrow")
    print(f"read the dataset: {len(dataset.columns)} columns")
    table = pd.concat([rates_by(dataset, column, title) for column, title in BREAKDOWNS.items()])
    table.to_csv(OUTPUTS / "statin_rates.csv", index=False, na_rep="[REDACTED]")
    draw(table)
    print("wrote statin_rates.csv and statin_rates.png")


main()
