"""Match each case to up to four controls of the same sex, born in the same year, who could have been a case that day.

A control is registered for at least a year by the day of the case's heart attack (the index date), is alive and has had
none so far; who has one later may be a control until then. Controls are drawn without replacement, with a fixed seed.
"""

from pathlib import Path

import numpy as np
import pandas as pd

CONTROLS, SEED = 4, 20260101
YEAR = pd.Timedelta(days=365)
DATES = ["heart_attack", "registered_from", "registered_until", "died"]


def observed(people, day):
    """Who is registered for a year, alive and with the practice on this day."""
    return (
        (people["registered_from"] + YEAR <= day)
        & ~(people["registered_until"] < day)
        & ~(people["died"] < day)
    )


def match(people, chance):
    """One row per matched person: patient_id, set_id, is_case, index_date. Cases without a control are left out."""
    cases = people[observed(people, people["heart_attack"])].sort_values(["heart_attack", "patient_id"])
    pools = {key: pool.set_index("patient_id") for key, pool in people.groupby(["sex", "birth_year"])}
    used, rows = set(), []
    for case in cases.itertuples():
        if case.patient_id in used:
            continue
        pool = pools[case.sex, case.birth_year]
        free = ~(pool["heart_attack"] <= case.heart_attack) & ~pool.index.isin(used)
        eligible = pool.index[observed(pool, case.heart_attack) & free].to_numpy()
        chosen = chance.choice(eligible, min(CONTROLS, len(eligible)), replace=False)
        if len(chosen):
            used.update([case.patient_id, *chosen])
            rows.append((case.patient_id, case.patient_id, True, case.heart_attack))
            rows.extend((control, case.patient_id, False, case.heart_attack) for control in chosen)
    return pd.DataFrame(rows, columns=["patient_id", "set_id", "is_case", "index_date"])


def rounded(count):
    return "[REDACTED]" if 0 < count <= 7 else 5 * round(count / 5)


def report(people, matched):
    sizes = matched.groupby("set_id").size() - 1
    rows = [
        ("people considered", len(people)),
        ("of them with a first heart attack", people["heart_attack"].notna().sum()),
        ("cases matched", matched["is_case"].sum()),
        ("of them with four controls", (sizes == CONTROLS).sum()),
        ("controls", (~matched["is_case"]).sum()),
    ]
    return pd.DataFrame([(what, rounded(count)) for what, count in rows], columns=["what", "count"])


def main():
    people = pd.read_csv("output/candidates.csv.gz", parse_dates=DATES)
    matched = match(people, np.random.default_rng(SEED))
    results = Path("output/results")
    results.mkdir(parents=True, exist_ok=True)
    table = matched.assign(is_case=matched["is_case"].map({True: "T", False: "F"}))
    table.to_csv("output/matched.csv.gz", index=False, date_format="%Y-%m-%d")
    report(people, matched).to_csv(results / "matching.csv", index=False)
    print("matched cases and controls")


if __name__ == "__main__":
    main()
