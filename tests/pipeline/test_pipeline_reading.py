"""project.yaml: what is accepted, what is refused, and how well the refusal is explained."""

from __future__ import annotations

import time

import pytest

from armslength.kernel.errors import Mistakes
from armslength.pipeline.graph import dependants, find_cycles, with_needs
from armslength.pipeline.model import PrivacyLevel
from armslength.pipeline.reading import read_pipeline


def study(actions: str, *, version: str = "5.0", extra: str = "") -> str:
    indented = "\n".join("  " + line for line in actions.strip("\n").splitlines())
    return f"version: '{version}'\n{extra}actions:\n{indented}\n"


def action(
    run: str = "python:v2 a.py", *, level: str = "moderately_sensitive", path: str = "output/a.csv"
) -> str:
    return f"one:\n  run: {run}\n  outputs:\n    {level}:\n      table: '{path}'"


DATASET = "ehrql:v1 generate-dataset a.py --output"


def codes(text: str | bytes) -> list[str]:
    with pytest.raises(Mistakes) as caught:
        read_pipeline(text)
    return [mistake.code for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    "text",
    [
        study(action(f"{DATASET} output/d.csv.gz", level="highly_sensitive", path="output/d.csv.gz")),
        study(action(f"{DATASET}=output/d.arrow", level="highly_sensitive", path="output/d.arrow")),
        study(
            f"one:\n  run: {DATASET} output/:arrow\n  outputs:\n    highly_sensitive:\n"
            "      p: output/patients.arrow\n      e: output/events.arrow"
        ),
        study(action("ehrql:v1 generate-measures m.py --output output/m.csv", path="output/m.csv")),
        study(action(path="output/*.png")),
        study(action() + "\n  needs: []"),
        study(action("r:v1.2-pre analysis/a.R")),
        study(action("python:latest a.py"), version="4.0"),
        study(action("cohortextractor:latest generate_cohort", level="highly_sensitive"), version="1.0"),
        study(action() + "\n" + action().replace("one:", "two:") + " --b", version="1.0")
        .replace("two:\n    run: python:v2 a.py", "two:\n    run: python:v2 b.py")
        .replace(" --b", ""),
        study(action(), version="3.0", extra="expectations:\n  population_size: 1000\n"),
        study(action("python:v2 a.py") + "\n" + "run_all:\n  run: x\n", version="4.0"),
        "version: 5\nactions: {}\n",
        "version: 5.0\nactions: {}\n",
        study("one:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}"),
    ],
)
def test_what_a_study_may_write_is_accepted(text: str) -> None:
    read_pipeline(text)


@pytest.mark.parametrize(
    ("path", "level"),
    [(path, "highly_sensitive") for path in (
        "output/**", "out?.csv", "a[1].csv", "output/data", "output/x.*", "./a.csv", "a//b.csv", "a/../b.csv",
        "/a.csv", "C:/a.csv", "a\\b.csv", "metadata/a.csv", "metadata", "../a.csv", "..", "a/..", ".git/config.txt",
        "output/.hidden.csv", "project.yaml", "a.csv/", "a\tb.csv", "a\x7f.csv", "x" * 600 + ".csv",
    )]
    + [("output/a.csv.gz", "moderately_sensitive"), ("output/a.CSV", "moderately_sensitive")],
)  # fmt: skip
def test_an_output_path_that_could_leave_or_hide_is_refused(path: str, level: str) -> None:
    quoted = path.replace("\\", "\\\\").replace("\t", "\\t").replace("\x7f", "\\x7f")
    text = study(action(level=level, path="PATH")).replace("'PATH'", f'"{quoted}"')
    assert codes(text) == ["P021"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("actions: {}", "P007"),
        ("version: 6\nactions: {}", "P007"),
        ("version: 0\nactions: {}", "P007"),
        ("version: 3.5\nactions: {}", "P007"),
        ("version: nan\nactions: {}", "P007"),
        ("version: [5]\nactions: {}", "P007"),
        ("version: 5\nfoo: 1\nactions: {}", "P006"),
        ("version: 5", "P006"),
        ("version: 5\nactions: [a]", "P007"),
        ("", "P005"),
        ("# nothing\n", "P005"),
        ("---\n...\n", "P005"),
        ("just words", "P005"),
        ("[1, 2]", "P005"),
        (study(action("python a.py")), "P012"),
        (study(action("''")), "P012"),
        (study(action("'  '")), "P012"),
        (study(action("python:v2 'unclosed")), "P012"),
        (study(action("python:v1..2 a.py")), "P012"),
        (study(action("org/python:v1 a.py")), "P012"),
        (study(action("':v1 a.py'")), "P012"),
        (study(action("python:latest a.py")), "P014"),
        (
            study(action("cohortextractor:v1 generate_cohort", level="highly_sensitive"), version="4.0"),
            "P014",
        ),
        (study(action(), version="4.0", extra="expectations: {population_size: 1}\n"), "P008"),
        (study(action(), version="3.0"), "P008"),
        (study(action(), version="3.0", extra="expectations: {population_size: many}\n"), "P008"),
        (study("run_all:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}"), "P010"),
        (study("a/b:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}"), "P011"),
        (study("..:\n  run: python:v2 a\n  outputs: {highly_sensitive: {}}"), "P011"),
        (study("one: 1"), "P007"),
        (study("one:\n  run: python:v2 a"), "P006"),
        (study("one:\n  outputs: {highly_sensitive: {}}"), "P006"),
        (study("one:\n  run: [python]\n  outputs: {highly_sensitive: {}}"), "P007"),
        (study("one:\n  run: python:v2 a\n  outputs: {}"), "P007"),
        (study(action(level="moderatly_sensitive")), "P020"),
        (study(action() + "\n  needs: two"), "P007"),
        (study(action() + "\n  needs: [{a: 1}]"), "P007"),
        (study(action() + "\n  needs: [two]"), "P015"),
        (study(action() + "\n  needs: [run_all]"), "P015"),
        (study(action() + "\n  needs: [one]"), "P016"),
        (study(action() + "\n  config: text"), "P007"),
        (study(action() + "\n  conf: {}"), "P006"),
        (study(action() + "\n  dummy_data_file: [a]"), "P007"),
        (study(action(f"{DATASET} output/a.csv")), "P023"),
        (study(action(f"ehrql:v1   'generate-dataset' a.py --output {'output/a.csv'}")), "P023"),
        (study(action("ehrql:v1 generate-dataset a.py", level="highly_sensitive")), "P023"),
        (study(action(f"{DATASET} output/b.csv", level="highly_sensitive")), "P023"),
        (study(action(f"{DATASET} output/a.csv --output=x.csv", level="highly_sensitive")), "P023"),
        (study(action(f"{DATASET} output/sub/:csv", level="highly_sensitive")), "P023"),
        (study(action()).encode("utf-16"), "P003"),
        ("version: 5\nactions:\n\tone: 1", "P003"),
        ("version: 5\nactions: {one: [", "P003"),
        ("version: 5\nactions: !!python/object:os.system {}", "P003"),
        ("version: 5\nactions: *gone", "P003"),
        ("version: &a [*a]\nactions: {}", "P003"),
        ("? [a]\n: 1", "P003"),
        ("version: 5\nactions: {}\n---\nversion: 5", "P003"),
        ("version: 5\nversion: 4\nactions: {}", "P004"),
        ("a: " + "[" * 100 + "]" * 100, "P002"),
        ("a: " + "x" * 5_000_000, "P002"),
        ("a: \x00", "P003"),
    ],
)
def test_bad_input_is_named_by_its_code(text: str | bytes, code: str) -> None:
    assert code in codes(text)


def test_all_problems_are_told_at_once_each_with_line_column_and_hint() -> None:
    text = study(
        "one:\n  rnu: x\n  run: python:v2 a.py\n  needs: [twoo]\n"
        "  outputs:\n    moderatly_sensitive: {a: a.csv}\n    highly_sensitive: {b: ../b.csv}\n"
        "two:\n  run: python:v2 b.py\n  outputs: {highly_sensitive: {c: c.csv}}"
    )
    with pytest.raises(Mistakes) as caught:
        read_pipeline(text, name="project.yaml")
    told = str(caught.value)
    assert [mistake.code for mistake in caught.value.mistakes] == ["P015", "P006", "P020", "P021"]
    assert "project.yaml:4:5\n     4 |     rnu: x\n       |     ^\n" in told
    for hint in ("did you mean `run`?", "did you mean `two`?", "did you mean `moderately_sensitive`?"):
        assert hint in told


def test_a_circle_is_shown_as_a_path() -> None:
    text = study(
        "\n".join(
            f"{name}:\n  run: python:v2 {name}.py\n  needs: [{need}]\n  outputs: {{highly_sensitive: {{}}}}"
            for name, need in (("a", "b"), ("b", "c"), ("c", "a"))
        )
    )
    with pytest.raises(Mistakes, match="a → b → c → a"):
        read_pipeline(text)


def test_a_need_with_a_blank_hints_at_the_missing_comma() -> None:
    with pytest.raises(Mistakes, match=r"put a comma between names: \[a, b\]"):
        read_pipeline(study(action() + "\n  needs: [a b]"))


def two(first: str, second: str, *, levels: tuple[str, str] = ("moderately_sensitive",) * 2) -> str:
    return study(
        f"one:\n  run: python:v2 a\n  outputs: {{{levels[0]}: {{a: '{first}'}}}}\n"
        f"two:\n  run: python:v2 b\n  outputs: {{{levels[1]}: {{a: '{second}'}}}}"
    )


def test_a_path_that_is_declared_twice_is_refused() -> None:
    assert codes(two("a.csv", "a.csv")) == ["P022"]
    assert codes(two("a.csv", "a.csv", levels=("moderately_sensitive", "highly_sensitive"))) == ["P022"]
    read_pipeline(two("a.csv", "a.csv").replace("version: '5.0'", "version: '1.0'"))


@pytest.mark.parametrize(
    ("first", "second"),
    [("output/*.csv", "output/a.csv"), ("output/a*.csv", "output/*b.csv"), ("*/a.csv", "b/*.csv")],
)
def test_a_file_that_could_belong_to_two_actions_is_warned_of(first: str, second: str) -> None:
    """Older tools never looked, so published studies have it."""
    for text in (two(first, second), two(second, first)):
        (warning,) = read_pipeline(text).warnings
        assert "a file could be an output of `one`" in warning
        assert warning.startswith("line ")


@pytest.mark.parametrize(
    ("first", "second"), [("a/*.csv", "b/*.csv"), ("a*.csv", "b*.csv"), ("*.csv", "x/a.csv")]
)
def test_patterns_that_never_meet_are_accepted(first: str, second: str) -> None:
    assert read_pipeline(two(first, second)).warnings == ()


def test_one_file_of_two_levels_is_warned_of_and_of_one_level_accepted() -> None:
    text = "one:\n  run: python:v2 a\n  outputs:\n    highly_sensitive: {a: 'o/*.csv'"
    (warning,) = read_pipeline(study(text + "}\n    moderately_sensitive: {b: 'o/b.csv'}")).warnings
    assert "the more sensitive level" in warning
    assert read_pipeline(study(text + ", b: 'o/b.csv'}")).warnings == ()


def test_the_same_command_twice_is_refused_unless_its_config_differs() -> None:
    one = "python:v2 a.py"
    text = study(
        f"one:\n  run: {one}\n  config: {{n: 1}}\n  outputs: {{highly_sensitive: {{}}}}\n"
        "two:\n  run: python:v2 a.py\n  config: {n: NUMBER}\n  outputs: {highly_sensitive: {}}"
    )
    assert codes(text.replace("NUMBER", "1")) == ["P013"]
    read_pipeline(text.replace("NUMBER", "2"))
    (warning,) = read_pipeline(text.replace("NUMBER", "1").replace("v2 a.py", "v2   a.py", 1)).warnings
    assert "`one` and `two` run the same command" in warning


def test_config_becomes_one_json_argument_with_apostrophes_escaped() -> None:
    text = study(
        action() + '\n  config: {who: "it\'s", n: 1, yes: true, none: ~, day: 2020-01-02, many: [1.5]}'
    )
    arguments = read_pipeline(text).actions["one"].command.arguments
    assert arguments[-2:] == (
        "--config",
        '{"who": "it\\u0027s", "n": 1, "yes": true, "none": null, "day": "2020-01-02", "many": [1.5]}',
    )


@pytest.mark.parametrize(
    ("run", "reads"),
    [
        ("ehrql:v1 generate-measures a.py --output output/a.csv", True),
        ("ehrql:v1 --x generate-dataset", False),
        ("ehrql:v1 create-dummy-tables a.py", False),
        ("python:v2 generate-dataset", False),
        ("sqlrunner:v1 a.sql", True),
    ],
)
def test_the_database_goes_to_the_commands_that_query_it(run: str, reads: bool) -> None:
    assert read_pipeline(study(action(run))).actions["one"].reads_database is reads


def test_levels_labels_and_order_are_kept() -> None:
    pipeline = read_pipeline(two("b.csv", "a.csv", levels=("highly_sensitive", "moderately_sensitive")))
    assert list(pipeline.actions) == ["one", "two"]
    [output] = pipeline.actions["one"].outputs
    assert (output.level, output.label, output.pattern) == (PrivacyLevel.HIGHLY_SENSITIVE, "a", "b.csv")


def test_an_older_version_is_accepted_with_a_warning() -> None:
    assert "newest" in read_pipeline(study(action(), version="2.0")).warnings[0]


def test_an_alias_bomb_is_stopped_before_it_is_written_out() -> None:
    layers = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"l{n}: &l{n} [" + ", ".join([f"*l{n - 1}"] * 10) + "]" for n in range(1, 12)]
    started = time.monotonic()
    assert "P002" in codes("\n".join(layers))
    assert time.monotonic() - started < 2


def test_a_small_alias_and_a_merge_are_accepted() -> None:
    text = study(
        "one: &one\n  run: python:v2 a\n  outputs: {highly_sensitive: {a: a.csv}}\n"
        "two:\n  <<: *one\n  run: python:v2 b\n  outputs: {highly_sensitive: {b: b.csv}}"
    )
    assert read_pipeline(text).actions["two"].command.arguments == ("b",)


def test_hundreds_of_problems_are_cut_short_and_counted() -> None:
    text = "version: 5\n" + "".join(f"k{n}: 1\n" for n in range(500)) + "actions: {}"
    with pytest.raises(Mistakes) as caught:
        read_pipeline(text)
    assert len(caught.value.mistakes) == 51
    assert "450 more" in str(caught.value)


def test_wildcards_made_to_be_slow_are_given_up_in_time() -> None:
    outputs = "\n".join(f"      o{n}: '{n:05}*.csv'" for n in range(9000))
    started = time.process_time()
    (warning,) = read_pipeline(
        study("one:\n  run: python:v2 a\n  outputs:\n    highly_sensitive:\n" + outputs)
    ).warnings
    assert "too many outputs with `*`" in warning
    assert time.process_time() - started < 20


def large_study(count: int) -> str:
    return study(
        "\n".join(
            f"action_{n}:\n  run: python:v2 analysis/s.py --n {n}\n  needs: [{f'action_{n - 1}' if n else ''}]\n"
            f"  outputs: {{moderately_sensitive: {{table: 'output/{n}/*.csv'}}}}"
            for n in range(count)
        )
    )


def test_two_thousand_actions_are_read_and_ordered_in_seconds() -> None:
    text = large_study(2000)
    times = []
    for _ in range(3):
        started = time.process_time()
        ordered = with_needs(read_pipeline(text), ["action_1999"])
        times.append(time.process_time() - started)
    # 1.3 seconds on a quiet machine, the aim is 2; processor time itself stretches on a shared one.
    assert min(times) < 4
    assert [one.id for one in ordered] == [f"action_{n}" for n in range(2000)]


def test_needs_come_first_and_each_action_once() -> None:
    pipeline = read_pipeline(
        study(
            "\n".join(
                f"{name}:\n  run: python:v2 {name}\n  needs: [{needs}]\n  outputs: {{highly_sensitive: {{}}}}"
                for name, needs in (("d", "b, c"), ("b", "a"), ("c", "a"), ("a", ""), ("other", ""))
            )
        )
    )
    assert [one.id for one in with_needs(pipeline, ["d", "c"])] == ["a", "b", "c", "d"]
    assert {one.id for one in with_needs(pipeline, ["a", "run_all"])} == {"a", "b", "c", "d", "other"}
    assert dependants(pipeline, "a") == ("b", "c")
    with pytest.raises(Mistakes, match="did you mean `other`"):
        with_needs(pipeline, ["othre"])


def test_circles_are_found_wherever_they_hide() -> None:
    assert not list(find_cycles({"a": ["b", "c"], "b": ["c"], "c": []}))
    assert list(find_cycles({"a": ["b"], "b": ["c"], "c": ["b"]})) == [("b", "c", "b")]
    deep = {str(n): [str(n + 1)] for n in range(50_000)} | {"50000": ["0"]}
    assert len(next(find_cycles(deep))) == 50_002
