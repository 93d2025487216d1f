"""Who is prescribed a statin, by age and sex: one table, and one figure drawn from it.

Counts up to 7 are hidden and the others rounded to the nearest 5; percentages are worked out from the rounded counts,
so that nothing finer than the table can be read from them.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

RESULTS = Path("output/results")
CHARACTERISTICS = {"age_band": "age", "sex": "sex"}


def rounded(count):
    return None if count <= 7 else 5 * round(count / 5)


def count_by(dataset, column, characteristic):
    counts = dataset.groupby(column, observed=True)["statin"].agg(patients="size", on_statin="sum")
    for name in ("patients", "on_statin"):
        counts[name] = counts[name].map(rounded).astype("Int64")
    counts["percent"] = (100 * counts["on_statin"] / counts["patients"]).round().astype("Int64")
    counts = counts.rename_axis("group").reset_index()
    counts.insert(0, "characteristic", characteristic)
    return counts


def draw(table):
    shown = table.dropna(subset="percent")
    figure, axes = plt.subplots(figsize=(6, 4))
    bars = axes.barh(
        shown["characteristic"] + ": " + shown["group"].astype(str), shown["percent"].astype(float)
    )
    axes.bar_label(bars, fmt="%.0f", padding=3)
    axes.invert_yaxis()
    axes.set_xlim(0, 105)
    axes.set_xlabel("% prescribed a statin in the last year")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(RESULTS / "statins.png", dpi=150)


dataset = pd.read_feather("output/dataset.arrow")
table = pd.concat(count_by(dataset, column, name) for column, name in CHARACTERISTICS.items())
RESULTS.mkdir(parents=True, exist_ok=True)
table.to_csv(RESULTS / "statins.csv", index=False, na_rep="[REDACTED]")
draw(table)
print(f"wrote {len(table)} rows and a figure")
