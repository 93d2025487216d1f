# ruff: noqa: E501, RUF001 (pieces stand here as people write them)
"""Pipeline files put together from pieces as people write them: each piece says in which versions it is right.

A file is accepted when all of its pieces are; of one that is not, every wrong piece is told, with its own line.
"""

from __future__ import annotations

import itertools
import json
import random
import shlex

import pytest
import yaml

from armslength.kernel.errors import Mistakes
from armslength.pipeline.model import Pipeline
from armslength.pipeline.reading import read_pipeline

ALL = frozenset(range(1, 6))
OLD, NEW, NONE = frozenset({1, 2, 3}), frozenset({5}), frozenset[int]()
TO_4 = ALL - NEW
# Spellings of a version. None: no version at all.
VERSIONS: dict[str, int | None] = {
    "'5.0'": 5, '"5.0"': 5, "5.0": 5, "5": 5, "'5'": 5, "05": 5, "5.000": 5, "' 5.0 '": 5, "!!str 5.0": 5, "!!float 5": 5,
    "4": 4, "'4.0'": 4, "3": 3, "3.0": 3, "'3.0'": 3, "2.0": 2, "'2'": 2, "1": 1, "1.0": 1,
    "": None, "~": None, "0": None, "6": None, "'6.0'": None, "3.5": None, "nan": None, ".nan": None, "v5": None, "5.1": None,
    "1e0": None, "[5]": None, "{a: 5}": None, "-4": None, "true": None, "'5.0.0'": None, "five": None, "٥": None, "5_0": None,
}  # fmt: skip
# What `run` says: in which versions it is right, and the arguments it becomes.
COMMANDS: dict[str, frozenset[int]] = {
    "r:v2 analysis/model.R": ALL,
    "r:latest analysis/model.R --n=3": TO_4,
    "r:v2 analysis/model.R 'a b' \"c d\" e\\ f": ALL,
    "r:v2 -e 'print(1); # no comment'": ALL,
    "python:v2 python analysis/a.py --title \"It's: done\" --empty ''": ALL,
    "python:v2 analysis/a.py --start-date 2020-01-01 --codes=a,b,c --glob output/*.csv": ALL,
    "python:v2 analysis/a.py $HOME ~ `x` && echo | cat > y": ALL,
    "python:v1.2-pre analysis/a.py": ALL,
    "python:dev analysis/a.py": ALL,
    "stata-mp:v2 analysis/models.do cohort 2": ALL,
    "stata-mp:latest analysis/models.do": TO_4,
    "jupyter:v1 jupyter nbconvert /workspace/n.ipynb --execute --to html": ALL,
    'ehrql:v1 generate-measures analysis/m.py --output output/m.csv -- --start-date "2020-01-01" --intervals 12': ALL,
    "ehrql:v1 generate_measures analysis/m.py --output=output/m.csv --dummy-tables dummy": ALL,
    "ehrql:v1 create-dummy-tables analysis/d.py dummy": ALL,
    "ehrql:latest generate-measures m.py --output m.csv": TO_4,
    "sqlrunner:v1 --output output/a.csv --dummy-data-file d.csv q.sql": ALL,
    "cohortextractor:latest generate_measures --study-definition study_definition --output-dir=output": OLD,
    "cohortextractor:v1 update_codelists": OLD,
    "cox-ipw:v0.0.30 --df_input=output/a.csv.gz --exposure=exp_date --strata='cov_cat_region;cov_cat_sex'": ALL,
    "deciles-charts:v0.0.33 --input-files output/measures/measure_*.csv --output-dir output": ALL,
    "kaplan-meier-function:v0.0.12 --df_input=a.feather --max_fup=91": ALL,
    "cohort-joiner:v0.0.58 --lhs output/a_*.csv --rhs output/b.csv": ALL,
    "demographic-standardisation:v0.0.5": ALL,
    "": NONE,
    "   ": NONE,
    "r": NONE,
    "r analysis/model.R": NONE,
    "r:2 analysis/model.R": NONE,
    "r:v analysis/model.R": NONE,
    "r: analysis/model.R": NONE,
    ":v2 analysis/model.R": NONE,
    "r:v1..2 a.R": NONE,
    "org/action:v1 a": NONE,
    "r:v2:v2 a.R": NONE,
    "r:V2 a.R": NONE,
    "r:v2-rc a.R": NONE,
    "r:v2 'unclosed": NONE,
    'r:v2 "unclosed': NONE,
}
# Where a file may go, at which level.
HIGH, MEDIUM = "highly_sensitive", "moderately_sensitive"
PATHS: dict[tuple[str, str], bool] = {
    (HIGH, "output/{n}.csv.gz"): True, (HIGH, "output/{n}/*.feather"): True, (HIGH, "output/{n}_*.dta"): True,
    (HIGH, "output/{n}.CSV"): True, (HIGH, "{n}.rds"): True, (HIGH, "a b/ü {n}.arrow"): True, (HIGH, "output/*/{n}.csv"): True,
    ("minimally_sensitive", "output/{n}.zip"): True, (MEDIUM, "output/{n}.csv"): True, (MEDIUM, "output/{n}*.png"): True,
    (MEDIUM, "output/{n}-(v1).html"): True, (MEDIUM, "logs/{n}.log"): True, (MEDIUM, "{n}.json"): True, (MEDIUM, "~{n}.md"): True,
    (MEDIUM, "analysis/{n}.txt"): True, (MEDIUM, "output/{n}.v2.svg"): True, (MEDIUM, "output/metadata/{n}.csv"): True,
    (HIGH, "output/{n}"): False, (HIGH, "output/{n}/"): False, (HIGH, "output/{n}.*"): False, (HIGH, "output/{n}.c*"): False,
    (HIGH, "output/**/{n}.csv"): False, (HIGH, "output/{n}?.csv"): False, (HIGH, "output/{n}[1].csv"): False,
    (HIGH, "./{n}.csv"): False, (HIGH, "../{n}.csv"): False, (HIGH, "a/../{n}.csv"): False, (HIGH, "a//{n}.csv"): False,
    (HIGH, "/{n}.csv"): False, (HIGH, "C:/{n}.csv"): False, (HIGH, "a\\\\{n}.csv"): False, (HIGH, "metadata/{n}.csv"): False,
    (HIGH, ".git/{n}.csv"): False, (HIGH, "output/.{n}.csv"): False, (HIGH, ""): False,
    (MEDIUM, "output/{n}.csv.gz"): False, (MEDIUM, "output/{n}.CSV"): False, (MEDIUM, "output/{n}.pdf"): False,
    (MEDIUM, "output/{n}.rds"): False, (MEDIUM, "output/{n}.feather"): False, ("sensitive", "output/{n}.csv"): False,
    ("Highly_sensitive", "output/{n}.csv"): False, ("moderately-sensitive", "output/{n}.csv"): False,
}  # fmt: skip
STYLES = ("plain", "single", "double", ">", ">-", "|", "|-", "lines", "comment")


def written(command: str, style: str) -> str:
    """Write one command as the value of `run`, in one of the ways people do; quoted where a way cannot hold it."""
    words = command.split(" ")
    half = len(words) // 2
    cut = half and "'" not in command and '"' not in command and "\\" not in command
    pad = "\n      "
    if style == "single" or not command.strip() or (style == "plain" and not _is_plain(command)):
        return "'" + command.replace("'", "''") + "'"
    if style == "double":
        return json.dumps(command)
    if style in (">", ">-", "|", "|-"):
        lines = [" ".join(words[:half]), " ".join(words[half:])] if cut else [command]
        return f"{style}{pad}{pad.join(lines)}"
    if style == "lines" and cut and _is_plain(command):
        return f"{' '.join(words[:half])}{pad}  {' '.join(words[half:])}"
    return f"{command}  # as before" if style == "comment" and _is_plain(command) else json.dumps(command)


def _is_plain(command: str) -> bool:
    return (
        ": " not in command
        and " #" not in command
        and command[:1] not in "'\":"
        and not command.endswith((":", " "))
    )


def file_of(version: str, actions: list[str], *, number: int | None) -> str:
    """Write a file with its version and what that demands."""
    sized = "expectations:\n  population_size: 1000\n" if number == 3 else ""
    return f"version: {version}\n\n{sized}actions:\n" + "".join(actions)


def action_of(name: str, run: str, *, level: str = MEDIUM, path: str = "", more: str = "") -> str:
    output = json.dumps(path or f"output/{name}.csv", ensure_ascii=False)
    return f"\n  {name}:\n    run: {run}\n{more}    outputs:\n      {level}:\n        made: {output}\n"


def told(text: str) -> list[str]:
    """Return the places of all problems, or nothing."""
    try:
        read_pipeline(text)
    except Mistakes as found:
        return [(one.where or "").partition("\n")[0] for one in found.mistakes]
    return []


@pytest.mark.parametrize("version", VERSIONS)
def test_versions(version: str) -> None:
    number = VERSIONS[version]
    text = file_of(version, [action_of("a", "r:v2 a.R")], number=number)
    assert bool(told(text)) is (number is None)
    if number is not None:
        assert read_pipeline(text).version == number


@pytest.mark.parametrize("number", sorted(ALL))
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_in_every_version_and_style(command: str, number: int) -> None:
    for style in STYLES:
        text = file_of(f"'{number}.0'", [action_of("a", written(command, style))], number=number)
        problems = told(text)
        assert bool(problems) is (number not in COMMANDS[command]), (style, text)
        if problems:
            assert {place.split(":")[1] for place in problems} == {
                str(text[: text.index("run:")].count("\n") + 1)
            }
        else:
            action = read_pipeline(text).actions["a"]
            assert [action.command.environment, *action.command.arguments] == shlex.split(command)


@pytest.mark.parametrize(("level", "path"), PATHS)
def test_paths(level: str, path: str) -> None:
    text = file_of(
        "4",
        [action_of("a", "r:v2 a.R", level=level, path=path.format(n="t").replace("\\\\", "\\") or "")],
        number=4,
    )
    if not path:
        text = text.replace('"output/a.csv"', '""')
    assert bool(told(text)) is not PATHS[level, path]


RIGHT = [
    (command, versions)
    for command, versions in COMMANDS.items()
    if versions and "cohortextractor" not in command
]
GOOD = [place for place, right in PATHS.items() if right]
BAD = [place for place, right in PATHS.items() if not right and place[1]]


@pytest.mark.parametrize("seed", range(60))
def test_whole_studies(seed: int) -> None:
    """Some thirty actions in some order, with some wrong pieces: all of those are told and nothing else."""
    choose = random.Random(seed)
    number = choose.choice(sorted(ALL))
    actions, wrong, names = (
        [],
        0,
        [f"{choose.choice('abc')}{index}" for index in range(choose.randint(1, 40))],
    )
    used: set[str] = set()
    for index, name in enumerate(names):
        command = choose.choice([one for one, versions in RIGHT if number in versions]) + f" --id {name}"
        is_bad = choose.random() < 0.05
        level, path = choose.choice(BAD if is_bad else GOOD)
        wrong += is_bad
        needs = choose.sample(names[:index], min(index, choose.randint(0, 3)))
        if choose.random() < 0.03:
            needs, wrong = [*needs, "nobody"], wrong + 1
        forms = (f"[{', '.join(needs)}]", "".join(f"\n      - {need}" for need in needs) or "[]")
        more = f"    needs: {choose.choice(forms)}\n" if needs or choose.random() < 0.2 else ""
        if choose.random() < 0.2:
            more += "    config: {n: 3, title: 'a ''b''', list: [1, x, null]}\n"
        used.add(name)
        actions.append(
            action_of(
                name,
                written(command, choose.choice(STYLES)),
                level=level,
                path=path.format(n=name).replace("\\\\", "\\"),
                more=more,
            )
        )
    if choose.random() < 0.7:  # people do not write in the order of needs
        choose.shuffle(actions)
    text = file_of(f"'{number}.0'", actions, number=number)
    assert yaml.safe_load(text)["actions"].keys() == used
    assert len(told(text)) == wrong, text
    if not wrong:
        pipeline: Pipeline = read_pipeline(text)
        assert list(pipeline.actions) == list(yaml.safe_load(text)["actions"])


SHARED = """\
version: '4.0'
x: &unused 1
"""
SHAPES: dict[str, tuple[str, bool]] = {
    "anchored outputs merged": ("version: '5.0'\nactions:\n  a: &base\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    <<: *base\n    run: r:v2 b.R\n    outputs: {highly_sensitive: {a: b.rds}}\n", True),
    "an alias of a whole action": ("version: '1'\nactions:\n  a: &one\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b: *one\n", False),
    "an alias of a need": ("version: '5.0'\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    run: r:v2 b.R\n    needs: [&need a, *need]\n    outputs: {highly_sensitive: {a: b.rds}}\n", True),
    "a flow mapping all through": ("{version: 5, actions: {a: {run: 'r:v2 a.R', outputs: {highly_sensitive: {a: a.rds}}}}}", True),
    "JSON": (json.dumps({"version": "5.0", "actions": {"a": {"run": "r:v2 a.R", "outputs": {HIGH: {"a": "a.rds"}}}}}, indent=2), True),
    "an unknown key at the top": (SHARED + "actions: {}\n", False),
    "a list of actions": ("version: 5\nactions:\n  - a\n", False),
    "needs as a text": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    needs: b\n    outputs: {highly_sensitive: {a: a.rds}}\n", False),
    "needs with a forgotten comma": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    run: r:v2 b.R\n    needs: [a a]\n    outputs: {highly_sensitive: {a: b.rds}}\n", False),
    "config as a list": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    config: [1]\n    outputs: {highly_sensitive: {a: a.rds}}\n", False),
    "outputs empty": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {}\n", False),
    "outputs as a list": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: [a.csv]\n", False),
    "a label with two paths": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: [a.csv, b.csv]}}\n", False),
    "a key twice": ("version: 5\nversion: 5\nactions: {}\n", False),
    "a circle": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    needs: [b]\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    run: r:v2 b.R\n    needs: [a]\n    outputs: {highly_sensitive: {a: b.rds}}\n", False),
    "the same run twice": ("version: 5\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: b.rds}}\n", False),
    "the same path twice": ("version: 2\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    run: r:v2 b.R\n    outputs: {highly_sensitive: {a: a.rds}}\n", False),
    "the same path twice, before that was a rule": ("version: 1\nactions:\n  a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n  b:\n    run: r:v2 b.R\n    outputs: {highly_sensitive: {a: a.rds}}\n", True),
    "expectations at four": ("version: 4\nexpectations: {population_size: 1}\nactions: {}\n", False),
    "no expectations at three": ("version: 3\nactions: {}\n", False),
    "a size that is no number": ("version: 3\nexpectations: {population_size: many}\nactions: {}\n", False),
    "tabs as indentation": ("version: 5\nactions:\n\ta: 1\n", False),
    "a name with a blank": ("version: 5\nactions:\n  a b:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n", False),
    "a name that climbs": ("version: 5\nactions:\n  ../a:\n    run: r:v2 a.R\n    outputs: {highly_sensitive: {a: a.rds}}\n", False),
    "a program as a tag": ("version: 5\nactions: !!python/object/apply:os.system [ls]\n", False),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name: str) -> None:
    text, accepted = SHAPES[name]
    assert bool(told(text)) is not accepted


DATASETS = {
    "--output output/d.csv": ("output/d.csv", True),
    "--output=output/d.csv": ("output/d.csv", True),
    " --output   output/d.csv": ("output/d.csv", True),
    "'--output' \"output/d.csv\"": ("output/d.csv", True),
    "--output output/d.csv --dummy-data-file d.csv": ("output/d.csv", True),
    "--output output/d.csv -- --output other.csv": ("output/d.csv", True),
    "--output output/:csv": ("output/p.csv", True),
    "--output output/all/:arrow": ("output/all/*.arrow", True),
    "--output output/d.csv --output output/e.csv": ("output/d.csv", False),
    "--output output/e.csv": ("output/d.csv", False),
    "--output output/*.csv": ("output/d.csv", False),
    "--output": ("output/d.csv", False),
    "": ("output/d.csv", False),
    "-- --output output/d.csv": ("output/d.csv", False),
    "--output output/:arrow": ("output/p.csv", False),
    "--output other/:csv": ("output/p.csv", False),
}


@pytest.mark.parametrize(
    ("image", "verb"),
    list(itertools.product(("ehrql", "databuilder"), ("generate-dataset", "generate_dataset"))),
)
@pytest.mark.parametrize("given", DATASETS)
def test_datasets(given: str, image: str, verb: str) -> None:
    """However it is spelt, a dataset is patient-level and is declared where it is written (S8)."""
    path, right = DATASETS[given]
    for level in (HIGH, MEDIUM):
        run = json.dumps(f"{image}:v1  '{verb}' analysis/d.py {given}".rstrip())
        text = file_of(
            "5",
            [
                action_of(
                    "d", run, level=level, path=path.replace("arrow", "csv") if level == MEDIUM else path
                )
            ],
            number=5,
        )
        assert bool(told(text)) is not (right and level == HIGH)
