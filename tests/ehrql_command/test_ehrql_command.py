"""The `ehrql` command as runners and researchers use it: flags, variables, exit codes, files."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.feather
import pytest

from armslength.cli.ehrql import COMMANDS, run
from armslength.kernel import bubblewrap
from armslength.kernel.bubblewrap import MEBIBYTE, Bind, Jail, Limits, Scratch

DEFINITION = """\
from ehrql import create_dataset, get_parameter
from ehrql.tables.core import clinical_events, patients
dataset = create_dataset()
dataset.define_population(patients.age_on("2020-03-31") >= get_parameter("oldest", type=int, default=60))
dataset.sex = patients.sex
dataset.events = clinical_events.count_for_patient()
print("this is printed while loading")
"""


Ehrql = Callable[..., subprocess.CompletedProcess[str]]


def ehrql_process(study: Path, *arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with nothing but the given environment."""
    given = {"PATH": os.defpath, "PYTHONWARNINGS": "error"} | {k: str(v) for k, v in environment.items()}
    line = [sys.executable, "-m", "ehrql", *map(str, arguments)]
    return subprocess.run(
        line, cwd=study, env=given, capture_output=True, text=True, timeout=100, check=False
    )


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_dataset_is_written_and_stdout_stays_clean(study: Path, store: Path) -> None:
    done = ehrql_process(study, "generate-dataset", "d.py", "--output", "outputs/d.csv", DATABASE_URL=store)
    assert done.returncode == 0, done.stderr
    rows = rows_of(study / "outputs" / "d.csv")
    assert rows and set(rows[0]) == {"patient_id", "sex", "events"}
    assert done.stdout == ""
    assert "this is printed while loading" in done.stderr
    assert f"wrote {len(rows):,} rows to outputs/d.csv" in done.stderr
    assert "\r" not in done.stderr  # no moving line where nobody watches


def test_without_output_the_rows_go_to_stdout(ehrql: Ehrql, study: Path, store: Path) -> None:
    done = ehrql(study, "generate-dataset", "d.py", "--dsn", store)
    assert done.stdout.startswith("patient_id,sex,events\r\n")
    assert len(done.stdout.splitlines()) > 10


@pytest.mark.parametrize("suffix", ["arrow", "csv.gz", "parquet"])
def test_other_formats_are_written(ehrql: Ehrql, study: Path, store: Path, suffix: str) -> None:
    done = ehrql(study, "generate-dataset", "d.py", "--output", f"x.{suffix}", DATABASE_URL=store)
    assert done.returncode == 0 and (study / f"x.{suffix}").stat().st_size > 100
    if suffix == "arrow":
        assert pyarrow.feather.read_table(study / "x.arrow").column_names == ["patient_id", "sex", "events"]


def test_a_receipt_is_given_by_which_results_are_verified_later(
    ehrql: Ehrql, study: Path, store: Path
) -> None:
    options = ["--output", "out/:arrow", "--receipt", "receipt.json"]
    done = ehrql(study, "generate-dataset", "d.py", *options, DATABASE_URL=store)
    assert done.returncode == 0, done.stderr
    line = [sys.executable, "-m", "armslength", "data", "verify", "receipt.json"]
    verified = subprocess.run(line, cwd=study, capture_output=True, text=True)
    assert verified.returncode == 0 and "out/dataset.arrow" in verified.stdout, verified.stderr
    (study / "out" / "dataset.arrow").write_bytes(b"something else")
    changed = subprocess.run(line, cwd=study, capture_output=True, text=True)
    assert changed.returncode != 0 and "Q141" in changed.stderr


def test_a_folder_with_a_format_gets_a_file_for_each_table(ehrql: Ehrql, study: Path, store: Path) -> None:
    done = ehrql(study, "generate-dataset", "d.py", "--output", "out/:csv", DATABASE_URL=store)
    assert done.returncode == 0 and rows_of(study / "out" / "dataset.csv")


def test_parameters_after_the_dashes_reach_the_definition(ehrql: Ehrql, study: Path, store: Path) -> None:
    counts = []
    for oldest in (20, 80):
        done = ehrql(
            study,
            "generate-dataset",
            "d.py",
            "--output",
            "x.csv",
            "--",
            "--oldest",
            oldest,
            DATABASE_URL=store,
        )
        assert done.returncode == 0, done.stderr
        counts.append(len(rows_of(study / "x.csv")))
    assert counts[0] > counts[1]


def test_old_spellings_and_ready_made_data_are_accepted_on_real_runs(
    ehrql: Ehrql, study: Path, store: Path
) -> None:
    (study / "ready_made.csv").write_text("what is ignored need not fit\n")
    done = ehrql(
        study,
        "generate_dataset",
        "d.py",
        "--output",
        "x.csv",
        "--dummy-data-file",
        "ready_made.csv",
        DATABASE_URL=store,
    )
    assert done.returncode == 0, done.stderr


MISTAKES: dict[str, tuple[list[str], int, str]] = {
    "no command": (["generate-datset", "d.py"], 2, "did you mean `generate-dataset`?"),
    "no definition": (["generate-dataset"], 2, "DEFINITION.py"),
    "an absent definition": (["generate-dataset", "absent.py", "--dsn", "STORE"], 2, "does not exist"),
    "an unknown option": (["generate-dataset", "d.py", "--year", "2020"], 2, "after `--`"),
    "an unknown format": (["generate-dataset", "d.py", "--dsn", "STORE", "--output", "x.xlsx"], 2, ".arrow"),
    "an unknown backend": (
        ["generate-dataset", "d.py", "--dsn", "STORE", "--backend", "x"],
        2,
        "no backend is called",
    ),
    "an unknown engine": (
        ["generate-dataset", "d.py", "--dsn", "STORE", "--query-engine", "x"],
        2,
        "the engine `x` is not installed",
    ),
    "no store": (["generate-dataset", "d.py", "--dsn", "nowhere"], 1, "D001"),
    "a broken definition": (["generate-dataset", "broken.py", "--dsn", "STORE"], 10, "broken.py:1"),
    "an event table without permission": (
        ["generate-dataset", "events.py", "--dsn", "STORE"],
        12,
        "event_level_data",
    ),
    "a bad parameter": (
        ["generate-dataset", "d.py", "--dsn", "STORE", "--", "--oldest", "x"],
        2,
        "invalid int",
    ),
    "a definition that ends itself": (["generate-dataset", "ends.py", "--dsn", "STORE"], 7, "sys.exit(7)"),
}


@pytest.mark.parametrize("name", list(MISTAKES))
def test_each_mistake_has_its_exit_code_and_its_words(
    study: Path,
    store: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (study / "broken.py").write_text("import nothing_like_this\n")
    (study / "ends.py").write_text("import sys\nsys.exit(7)\n")
    (study / "events.py").write_text(
        DEFINITION + "dataset.add_event_table('visits', date=clinical_events.date)\n"
    )
    monkeypatch.chdir(study)
    words, status, said = MISTAKES[name]
    assert run([str(store) if word == "STORE" else word for word in words]) == status
    shown = capsys.readouterr()
    assert said in shown.err and "Traceback" not in shown.err and shown.out == ""


def test_with_permission_event_tables_are_written(ehrql: Ehrql, study: Path, store: Path) -> None:
    (study / "d.py").write_text(DEFINITION + "dataset.add_event_table('visits', date=clinical_events.date)\n")
    given = {"DATABASE_URL": store, "EHRQL_PERMISSIONS": '["event_level_data"]'}
    one_file = ehrql(study, "generate-dataset", "d.py", "--output", "x.csv", **given)
    assert one_file.returncode == 11 and "x/:csv" in one_file.stderr
    done = ehrql(study, "generate-dataset", "d.py", "--output", "x/:csv", **given)
    assert done.returncode == 0 and rows_of(study / "x" / "visits.csv")


MEASURES = """\
from ehrql import INTERVAL, create_measures, months
from ehrql.tables.core import clinical_events, patients
events = clinical_events.where(clinical_events.date.is_during(INTERVAL))
measures = create_measures()
measures.configure_disclosure_control(enabled=CONTROL)
measures.define_defaults(
    denominator=patients.age_on(INTERVAL.start_date) >= 18,
    intervals=months(3).starting_on("2020-01-01"),
)
measures.define_measure("seen", numerator=events.exists_for_patient(), group_by={"sex": patients.sex})
measures.define_measure("events", numerator=events.count_for_patient())
"""


@pytest.mark.parametrize("control", [True, False])
def test_measures_are_calculated_and_small_numbers_hidden(
    ehrql: Ehrql, study: Path, store: Path, control: bool
) -> None:
    (study / "m.py").write_text(MEASURES.replace("CONTROL", str(control)))
    done = ehrql(study, "generate-measures", "m.py", "--output", "m.csv", DATABASE_URL=store)
    assert done.returncode == 0, done.stderr
    rows = rows_of(study / "m.csv")
    names = ["measure", "interval_start", "interval_end", "ratio", "numerator", "denominator", "sex"]
    assert list(rows[0]) == names
    assert [row["interval_start"] for row in rows if row["measure"] == "events"] == [
        "2020-01-01",
        "2020-02-01",
        "2020-03-01",
    ]
    numbers = [int(row[name]) for row in rows for name in ("numerator", "denominator")]
    assert all(number % 5 == 0 and not 0 < number < 8 for number in numbers) is control
    for row in rows:
        if int(row["denominator"]):
            assert float(row["ratio"]) == int(row["numerator"]) / int(row["denominator"])


def test_measures_agree_with_a_dataset(ehrql: Ehrql, study: Path, store: Path) -> None:
    (study / "m.py").write_text(MEASURES.replace("CONTROL", "False"))
    (study / "d.py").write_text(
        "from ehrql import create_dataset\nfrom ehrql.tables.core import clinical_events as e, patients\n"
        "dataset = create_dataset()\ndataset.define_population(patients.age_on('2020-02-01') >= 18)\n"
        "dataset.n = e.where(e.date.is_on_or_between('2020-02-01', '2020-02-29')).count_for_patient()\n"
        "dataset.sex = patients.sex\n"
    )
    for command, file in (("generate-measures", "m"), ("generate-dataset", "d")):
        assert (
            ehrql(study, command, f"{file}.py", "--output", f"{file}.csv", DATABASE_URL=store).returncode == 0
        )
    people = rows_of(study / "d.csv")
    february = [row for row in rows_of(study / "m.csv") if row["interval_start"] == "2020-02-01"]
    total = next(row for row in february if row["measure"] == "events")
    assert (int(total["numerator"]), int(total["denominator"])) == (
        sum(int(p["n"]) for p in people),
        len(people),
    )
    women = next(row for row in february if row["measure"] == "seen" and row["sex"] == "female")
    assert int(women["numerator"]) == sum(p["sex"] == "female" and int(p["n"]) > 0 for p in people)


def test_measures_can_go_to_a_file_each(ehrql: Ehrql, study: Path, store: Path) -> None:
    (study / "m.py").write_text(MEASURES.replace("CONTROL", "True"))
    done = ehrql(study, "generate-measures", "m.py", "--output", "out/:arrow", DATABASE_URL=store)
    assert done.returncode == 0, done.stderr
    assert pyarrow.feather.read_table(study / "out" / "events.arrow").column_names[0] == "interval_start"
    assert "sex" in pyarrow.feather.read_table(study / "out" / "seen.arrow").column_names


def test_a_dataset_is_no_measures(ehrql: Ehrql, study: Path, store: Path) -> None:
    done = ehrql(study, "generate-measures", "d.py", DATABASE_URL=store)
    assert done.returncode == 10 and "no variable called `measures`" in done.stderr


def test_permissions_that_are_no_list_are_a_mistake(ehrql: Ehrql, study: Path, store: Path) -> None:
    done = ehrql(study, "generate-dataset", "d.py", DATABASE_URL=store, EHRQL_PERMISSIONS="event_level_data")
    assert done.returncode == 1 and "Q051" in done.stderr


def test_a_password_in_the_address_is_never_shown(ehrql: Ehrql, study: Path) -> None:
    for address in ("mssql://user:hunter2@db/name", "duckdb:///x.db?password=hunter2"):
        for done in (
            ehrql(study, "generate-dataset", "d.py", DATABASE_URL=address),
            ehrql(study, "generate-dataset", "d.py", "--dsn", address),
            ehrql(study, "test-connection", f"--url={address}"),
        ):
            assert done.returncode != 0
            assert "hunter2" not in done.stdout + done.stderr


def test_the_store_is_hidden_from_a_definition_that_lies_beside_it(
    ehrql: Ehrql, study: Path, store: Path
) -> None:
    inside = study / "store"
    subprocess.run(["cp", "-r", str(store), str(inside)], check=True)
    (study / "d.py").write_text(DEFINITION + "import os\nprint('found', os.listdir('store'))\n")
    done = ehrql(study, "generate-dataset", "d.py", "--output", "x.csv", DATABASE_URL="store")
    assert done.returncode == 0 and "found []" in done.stderr


def test_sql_is_shown_without_a_database(ehrql: Ehrql, study: Path) -> None:
    done = ehrql(study, "dump-dataset-sql", "d.py")
    assert done.returncode == 0 and "SELECT" in done.stdout and "clinical_events" in done.stdout
    saved = ehrql(study, "dump-dataset-sql", "d.py", "--output", "sql/d.sql")
    assert saved.returncode == 0 and (study / "sql" / "d.sql").read_text() == done.stdout


def test_a_definition_is_shown_as_data(ehrql: Ehrql, study: Path) -> None:
    done = ehrql(study, "serialize-definition", "d.py")
    document = json.loads(done.stdout)
    assert document["format"] == "armslength-query"
    assert ["table", ["core", "patients"]] in document["nodes"]


def test_connections_are_tried(ehrql: Ehrql, study: Path, store: Path) -> None:
    done = ehrql(study, "test-connection", DATABASE_URL=store)
    assert (done.returncode, done.stdout) == (0, "SUCCESS\n")
    assert ehrql(study, "test-connection", "-u", "nowhere").returncode == 1
    assert ehrql(study, "test-connection").returncode == 2


@pytest.mark.sandbox
@pytest.mark.skipif(bubblewrap.why_not_usable() is not None, reason=str(bubblewrap.why_not_usable()))
def test_the_isolation_report_tells_what_the_jail_blocks(ehrql: Ehrql, study: Path) -> None:
    report = json.loads(ehrql(study, "isolation-report").stdout)
    assert set(report["subprocess"].values()) == {"ALLOWED"}
    assert set(report["subprocess"]) == {
        "touch",
        "open_socket",
        "exec",
        "read_other_folder",
        "read_env_vars",
    }
    assert report["sandbox"] == dict.fromkeys(report["subprocess"], "BLOCKED")


def test_help_and_version(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = ehrql_process(study, "--help")
    assert shown.returncode == 0 and all(command in shown.stdout for command in COMMANDS)
    for words in ([], ["--version"], *([command, "--help"] for command in COMMANDS)):
        assert run(words) == 0
        assert "ehrql" in capsys.readouterr().out


@pytest.mark.sandbox
@pytest.mark.skipif(bubblewrap.why_not_usable() is not None, reason=str(bubblewrap.why_not_usable()))
def test_a_query_action_in_a_jail_loads_its_definition_in_a_second_one(study: Path, store: Path) -> None:
    """As a runner does it: an unprivileged user in a jail without network, which must build the inner jail."""
    (study / "d.py").write_text(
        DEFINITION + "import os\nprint('seen', sorted(os.environ), os.path.exists('/database/store.json'))\n"
    )
    study.chmod(0o777)
    jail = Jail(
        read_only=(Bind(store, Path("/database")),),
        writable=(Bind(study, Path("/workspace")),),
        scratch=(Scratch(Path("/tmp"), 256 * MEBIBYTE),),
        environment={
            "PATH": "/usr/bin:/bin",
            "HOME": "/tmp",
            "DATABASE_URL": "/database",
            "PYTHONHASHSEED": "0",
        },
        working_folder=Path("/workspace"),
        nesting=True,
        limits=Limits(memory_bytes=2048 * MEBIBYTE, processes=200),
    )
    for folder in (store, *store.rglob("*")):
        folder.chmod(folder.stat().st_mode | (0o055 if folder.is_dir() else 0o044))
    line = [sys.executable, "-m", "ehrql", "generate-dataset", "d.py", "--output", "x.csv"]
    outcome = bubblewrap.run(jail, line, seconds=60)
    told = outcome.stderr.decode()
    assert outcome.exit_status == 0, told
    assert rows_of(study / "x.csv")
    assert "warning" not in told
    seen = next(text for text in told.splitlines() if text.startswith("seen"))
    assert "DATABASE_URL" not in seen and seen.endswith("False")
