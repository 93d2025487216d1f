"""Statin exposure by age and sex: one rounded table. With few people, nearly everything must be hidden."""

from pathlib import Path

import pandas as pd

OUTPUTS = Path("outputs")
BREAKDOWNS = {"age_band": "Age", "sex": "Sex", "condition": "Cardiometabolic condition"}


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
    return groups


def main() -> None:
    dataset = pd.read_feather(OUTPUTS / "dataset.arrow")
    table = pd.concat([rates_by(dataset, column, title) for column, title in BREAKDOWNS.items()])
    table.to_csv(OUTPUTS / "statin_rates.csv", index=False, na_rep="[REDACTED]")
    print("wrote statin_rates.csv")


main()
