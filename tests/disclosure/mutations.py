"""Mutations: a table made from known people, safely, and then made unsafe in one way.

Each mutation takes a random generator and returns (file name, text, the codes of which one must be found).
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable

from released_shapes import REGIONS, hide, mid6, r5, table

Mutation = Callable[[random.Random], tuple[str, str, set[str]]]
MUTATIONS: dict[str, Mutation] = {}
HEADER = ["region", "sex", "patients", "events", "percent"]


def mutation(function: Mutation) -> Mutation:
    MUTATIONS[function.__name__] = function
    return function


def people(random: random.Random) -> list[tuple[str, str, int, int]]:
    """True counts: (region, sex, patients, events); every table has some small events."""
    rows = []
    for region in REGIONS:
        for sex in ("F", "M"):
            patients = random.randint(60, 4_000)
            small = random.random() < 0.3
            rows.append(
                (region, sex, patients, random.randint(1, 7) if small else random.randint(8, patients - 8))
            )
    rows[random.randrange(len(rows))] = (REGIONS[0], "X", 300, random.randint(1, 7))
    return rows


def safe(rows: list[tuple[str, str, int, int]]) -> list[list[object]]:
    out: list[list[object]] = []
    for region, sex, patients, events in rows:
        d, n = r5(patients), hide(events)
        out.append([region, sex, d, n, round(100 * n / d, 1) if isinstance(n, int) else "[REDACTED]"])
    return out


def small_rows(rows: list[tuple[str, str, int, int]]) -> list[int]:
    return [index for index, row in enumerate(rows) if 1 <= row[3] <= 7]


def nhs_number(random: random.Random) -> str:
    while True:
        nine = str(random.choice([4, 6, 7])) + "".join(random.choice("0123456789") for _ in range(8))
        check = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return nine + str(0 if check == 11 else check)


@mutation
def an_identifier_by_name(random):
    rows = [[random.randint(1, 9**9), *row] for row in safe(people(random))]
    name = random.choice(
        ["patient_id", "Patient ID", "pid", "nhs_number", "practice_pseudo_id", "person_id", "patid"]
    )
    return "a.csv", table([name, *HEADER], rows), {"A1"}


@mutation
def an_identifier_renamed(random):
    rows = [
        [number, *row]
        for number, row in zip(random.sample(range(10**8, 10**9), 40), safe(people(random)), strict=False)
    ]
    return "a.csv", table([random.choice(["ref", "x", "label_1", "unit"]), *HEADER], rows), {"A1"}


@mutation
def a_hash_renamed(random):
    rows = [[f"{random.getrandbits(128):032x}", *row] for row in safe(people(random))]
    return "a.csv", table([random.choice(["ref", "x", "unit"]), *HEADER], rows), {"A1"}


@mutation
def one_row_per_person(random):
    rows = []
    for _ in range(random.randint(25, 200)):
        day = f"20{random.randint(10, 22)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
        rows.append(
            [
                random.choice("FM"),
                random.randint(18, 95),
                random.choice(REGIONS),
                day,
                random.choice(["T", "F"]),
            ]
        )
    random.shuffle(rows)
    return "a.csv", table(["sex", "age", "region", "index_date", "died"], rows), {"A2"}


@mutation
def an_nhs_number_in_a_cell(random):
    rows = safe(people(random))
    rows[random.randrange(len(rows))][0] = f"see {nhs_number(random)}"
    return "a.csv", table(HEADER, rows), {"A3"}


@mutation
def an_nhs_number_in_a_drawing(random):
    return "a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><text>{nhs_number(random)}</text></svg>", {"A3"}


@mutation
def an_nhs_number_in_an_attribute(random):
    return "a.html", f"<html><body><p data-who='{nhs_number(random)}'>A figure</p></body></html>", {"A3"}


@mutation
def an_address_in_a_log(random):
    what = random.choice(["jo.bloggs@example.org", "SW1A 1AA", "LS1 4AP", "07700 900123"])
    return "a.log", f"reading rows\nrow 17 belongs to {what}\n", {"A3"}


@mutation
def codes_of_small_areas(random):
    rows = safe(people(random))
    for row in rows:
        row[0] = f"E0{random.choice('127')}{random.randint(0, 999999):06d}"
    return "a.csv", table(["area", *HEADER[1:]], rows), {"A4"}


@mutation
def codes_of_practices(random):
    rows = safe(people(random))
    for row in rows:
        row[0] = f"{random.choice('ABCDEFGHJKLMNPY')}8{random.randint(0, 9999):04d}"
    return "a.csv", table(["practice", *HEADER[1:]], rows), {"A4"}


@mutation
def notes_of_consultations(random):
    words = [
        "patient",
        "seen",
        "today",
        "with",
        "cough",
        "and",
        "fever",
        "lives",
        "alone",
        "daughter",
        "visits",
        "weekly",
        "advised",
        "rest",
        "review",
        "soon",
    ]
    rows = [[random.randint(30, 80), " ".join(random.sample(words, 11))] for _ in range(30)]
    return "a.csv", table(["age", "consultation_notes"], rows), {"A7"}


@mutation
def a_hidden_row(random):
    rows = "".join(f"<tr><td>{r[0]}</td><td>{r[2]}</td></tr>" for r in safe(people(random)))
    row = random.choice(["<tr style='display: none'>", "<tr hidden>", "<tr class='hidden'>"])
    return (
        "a.html",
        f"<table><tr><th>region</th><th>patients</th></tr>{rows}{row}<td>Z</td><td>4</td></tr></table>",
        {"B1"},
    )


@mutation
def a_comment_with_counts(random):
    return "a.html", f"<p>Nothing here</p><!-- patients: {random.randint(1, 7)} of 40 -->", {"A8", "B11"}


@mutation
def one_cell_shown(random):
    people_ = people(random)
    rows = safe(people_)
    index = random.choice(small_rows(people_))
    # 5 among multiples of 5 is asked about, like any table of an older threshold.
    rows[index][3] = people_[index][3]
    return "a.csv", table(HEADER, rows), {"B1"}


@mutation
def one_cell_shown_with_its_percentage(random):
    people_ = people(random)
    rows = [[r, s, f"{n} ({p}%)" if isinstance(n, int) else n] for r, s, _, n, p in safe(people_)]
    index = random.choice(small_rows(people_))
    rows[index][2] = f"{people_[index][3]} ({100 * people_[index][3] / people_[index][2]:.1f}%)"
    return "a.csv", table(["region", "sex", "events (%)"], rows), {"B1"}


@mutation
def a_small_count_in_json(random):
    rows = [{"region": r[0], "sex": r[1], "patients": r[2]} for r in safe(people(random))]
    rows[random.randrange(len(rows))]["patients"] = random.choice([1, 2, 3, 4, 6, 7])
    return "a.json", json.dumps({"made": "today", "tables": {"main": rows}}), {"B1"}


@mutation
def a_small_count_in_a_printout(random):
    rows = safe(people(random))
    rows[random.randrange(len(rows))][2] = random.choice([1, 2, 3, 4, 6, 7])
    lines = [f"{'region':<16}{'sex':<5}{'patients':>9}"] + [f"{r[0]:<16}{r[1]:<5}{r[2]:>9}" for r in rows]
    return "a.log", "Reading\n\n" + "\n".join(lines) + "\n\ndone\n", {"B1"}


@mutation
def a_small_count_in_markdown(random):
    rows = safe(people(random))
    rows[random.randrange(len(rows))][2] = random.choice([1, 2, 3, 4, 6, 7])
    return (
        "a.md",
        "# T\n\n| region | patients |\n|---|---|\n" + "\n".join(f"| {r[0]} | {r[2]} |" for r in rows),
        {"B1"},
    )


@mutation
def a_percentage_beside_a_hidden_count(random):
    people_ = people(random)
    rows = safe(people_)
    rows = [[r[0], r[1], random.choice([100, 150, 200, 250]), r[3], r[4]] for r in rows]
    index = random.choice(small_rows(people_))
    raw = random.choice([1, 2, 3, 4, 6, 7])
    rows[index][3:] = ["[REDACTED]", f"{100 * raw / rows[index][2]:.1f}"]
    return "a.csv", table(["region", "sex", "total", "events", "percent"], rows), {"B2", "C4"}


@mutation
def the_mean_of_a_few(random):
    rows = [[r[0], r[1], r[2], round(random.gauss(50, 4), 1)] for r in safe(people(random))]
    rows[random.randrange(len(rows))][2] = random.choice([1, 2, 3, 4, 6, 7])
    return "a.csv", table(["region", "sex", "n", "mean_age"], rows), {"B3"}


@mutation
def a_curve_of_single_events(random):
    rows, n, s = [[0, r5(random.randint(200, 900)), 1.0]], 0, 1.0
    n = int(str(rows[0][1]))
    for day in range(1, 40):
        s *= 1 - random.choice([0, 1, 1, 2]) / n
        rows.append([day, 5 * round((n - day) / 5), s])
    return "a.csv", table(["time", "n.risk", "surv"], rows), {"B5"}


@mutation
def a_small_count_in_a_title(random):
    small = random.choice([1, 2, 3, 4, 5, 6, 7])
    return random.choice(
        [
            (
                "a.svg",
                f"<svg xmlns='http://www.w3.org/2000/svg'><title>Rates, N={small}</title></svg>",
                {"B11"},
            ),
            ("a.log", f"fitting\ndropped {small} patients without a date\n", {"B11"}),
            ("a.csv", f"Table 2 (n = {small})\n" + table(HEADER, safe(people(random))), {"B11"}),
            ("a.html", f"<p>There were {small} deaths.</p>", {"B11"}),
        ]
    )


@mutation
def a_telling_marker(random):
    rows = [
        [*r[:3], random.choice(["<5", "<=3", "<4"]) if r[3] == "[REDACTED]" else r[3], ""]
        for r in safe(people(random))
    ]
    return "a.csv", table(HEADER, rows), {"B12"}


@mutation
def one_column_not_rounded(random):
    people_ = people(random)
    rows = [[*r[:2], raw[2], *r[3:]] for r, raw in zip(safe(people_), people_, strict=True)]
    return "a.csv", table(HEADER, rows), {"C1"}


@mutation
def one_cell_not_rounded(random):
    people_ = people(random)
    rows = safe(people_)
    rows[random.randrange(len(rows))][2] = random.choice([411, 1_228, 96, 2_003, 187])
    return "a.csv", table(HEADER, rows), {"C1"}


@mutation
def one_midpoint_column_not_rounded(random):
    people_ = people(random)
    rows = [[r, s, mid6(d), n] for r, s, d, n in people_]
    return "a.csv", table(["region", "sex", "n_midpoint6", "events_midpoint6"], rows), {"C1", "B1", "C6"}


@mutation
def one_count_under_two_roundings(random):
    rows = [[r, s, 5 * round(d / 5), mid6(d)] for r, s, d, _ in people(random)]
    return "a.csv", table(["region", "sex", "n_rounded", "n_midpoint6"], rows), {"C2"}


@mutation
def a_total_from_raw(random):
    while True:
        counts = [random.randint(10, 4_000) for _ in range(8)]
        total = 5 * round(sum(counts) / 5)
        shown = [5 * round(count / 5) for count in counts]
        if total != sum(shown):
            break
    rows: list[list[object]] = [[region, count] for region, count in zip(REGIONS, shown, strict=True)]
    return "a.csv", table(["region", "patients"], [*rows, ["Total", total]]), {"C3"}


@mutation
def percentages_from_raw(random):
    rows = []
    for region in REGIONS:
        d = random.randint(60, 990)
        n = random.randint(20, d - 20)
        rows.append([region, r5(n), r5(d), round(100 * n / d, 2)])
    return "a.csv", table(["region", "vaccinated", "total", "percent"], rows), {"C4"}


@mutation
def ratios_from_raw_at_full_precision(random):
    rows = []
    for region in REGIONS:
        d = random.randint(100, 9_990)
        n = random.randint(20, d - 20)
        rows.append(["m", "2023-01-01", "2023-01-31", n / d, r5(n), r5(d), region])
    return (
        "a.csv",
        table(["measure", "interval_start", "interval_end", "ratio", "numerator", "denominator", "g"], rows),
        {"C4"},
    )


@mutation
def a_broken_claim(random):
    rows = [[r, s, 5 * round(d / 5)] for r, s, d, _ in people(random)]
    return "a.csv", table(["region", "sex", "n_midpoint6"], rows), {"C6"}


@mutation
def a_threshold_contradicted(random):
    rows = [[*r[:3], "<=7" if r[3] == "[REDACTED]" else r[3]] for r in safe(people(random))]
    rows[0][3], rows[1][3] = "<=7", 5
    return "a.csv", table(HEADER[:4], rows), {"C7"}


@mutation
def a_table_without_a_header(random):
    rows = [[2019 + i % 4, random.randint(10, 99), random.randint(10, 99)] for i in range(12)]
    return "a.csv", "\n".join(",".join(map(str, row)) for row in rows), {"F2"}


@mutation
def a_widget_with_the_whole_data_frame(random):
    rows = safe(people(random))
    rows[random.randrange(len(rows))][2] = random.choice([1, 2, 3, 4, 6, 7])
    columns = {"region": [r[0] for r in rows], "patients": [r[2] for r in rows]}
    heads = "<table><thead><tr><th>region</th><th>patients</th></tr></thead></table>"
    payload = random.choice(
        [
            json.dumps({"x": {"data": list(columns.values()), "container": heads}}),
            json.dumps({"x": {"data": [{"type": "bar", **columns}], "layout": {}}}),
            json.dumps(
                {
                    "datasets": {
                        "d": [
                            dict(zip(columns, row, strict=True))
                            for row in zip(*columns.values(), strict=True)
                        ]
                    }
                }
            ),
        ]
    )
    kind = random.choice(
        [
            "<script type='application/json'>%s</script>",
            "<script>var spec = %s;</script>",
            "<script>draw('a', %s)</script>",
        ]
    )
    return "a.html", "<html><body><div id='w'></div>" + kind % payload + "</body></html>", {"B1"}


@mutation
def a_data_address_with_a_table(random):
    rows = safe(people(random))
    rows[0][2] = random.choice([1, 2, 3, 4, 6, 7])
    text = base64.b64encode(table(HEADER, rows).encode()).decode()
    return "a.html", f"<a href='data:text/csv;base64,{text}'>download</a>", {"B1"}


@mutation
def points_of_people(random):
    marks = "".join(
        f"<circle cx='{random.random() * 300:.3f}' cy='{random.random() * 300:.3f}' r='2'/>"
        for _ in range(60)
    )
    return "a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'>{marks}</svg>", {"G2"}


@mutation
def a_finely_drawn_line(random):
    path = "M" + " L".join(f"{x}.123456,{random.random():.6f}" for x in range(300))
    return "a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><path d='{path}'/></svg>", {"G4"}


@mutation
def a_tree_written_out(random):
    return (
        "a.json",
        json.dumps({"children_left": [1, -1, -1], "children_right": [2, -1, -1], "value": [0.1, 0.2, 0.3]}),
        {"H1"},
    )
