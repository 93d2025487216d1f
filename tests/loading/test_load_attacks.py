"""A definition is a stranger's program: what it tries beside describing a query fails, and says so."""

from __future__ import annotations

import socket
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.kernel import bubblewrap
from armslength.kernel.errors import Mistake
from armslength.query.loading.isolation import Isolation, LoadLimits
from armslength.query.loading.load import load
from armslength.query.loading.loaded import LoadedDefinition

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bubblewrap.why_not_usable() is not None, reason=str(bubblewrap.why_not_usable())),
]

HONEST = """
from ehrql import create_dataset
from ehrql.tables.core import patients
dataset = create_dataset()
dataset.define_population(patients.exists_for_patient())
dataset.sex = patients.sex
"""
LIMITS = LoadLimits(
    processor_seconds=20,
    clock_seconds=120,
    memory_bytes=400 << 20,
    processes=16,
    result_bytes=1 << 20,
    output_bytes=20_000,
)


class Study:
    """A study's folder, to load definitions in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard = ""

    def load(
        self,
        program: str,
        *,
        limits: LoadLimits | None = LIMITS,
        real_data: bool = True,
        **options: object,
    ) -> LoadedDefinition:
        (self.folder / "definition.py").write_text(textwrap.dedent(program))
        return load(
            Path("definition.py"),
            limits=limits,
            real_data=real_data,
            say=self.hear,
            **options,  # type: ignore[arg-type]
        )

    def refused(self, program: str, **options: object) -> Mistake:
        with pytest.raises(Mistake) as refused:
            self.load(program, **options)  # type: ignore[arg-type]
        return refused.value

    def hear(self, text: str) -> None:
        self.heard += text


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    folder = tmp_path / "study"
    folder.mkdir(mode=0o700)
    monkeypatch.chdir(folder)
    return Study(folder)


def test_an_honest_definition_gets_through_and_its_prints_go_aside(
    study: Study, capfd: pytest.CaptureFixture[str]
) -> None:
    loaded = study.load(HONEST + "print('\\x1b[31mhello')")
    assert loaded.isolated and [name for name, _ in loaded.require_dataset().variables] == ["sex"]
    assert study.heard == "�[31mhello\n"
    assert capfd.readouterr() == ("", "")


def test_accounts_of_the_machine_are_not_there(study: Study) -> None:
    study.load(HONEST + "\nassert 'root:' not in open('/etc/passwd').read()")
    mistake = study.refused("open('/etc/shadow')")
    assert "FileNotFoundError" in mistake.what and mistake.exit_status == 10


def test_other_folders_are_not_there(study: Study) -> None:
    (study.folder.parent / "patients.csv").write_text("a patient")
    mistake = study.refused("open('../patients.csv').read()")
    assert "FileNotFoundError" in mistake.what and "a patient" not in str(mistake)


def test_a_link_out_of_the_study_leads_nowhere(study: Study) -> None:
    (study.folder.parent / "patients.csv").write_text("a patient")
    (study.folder / "link.csv").symlink_to("../patients.csv")
    assert "FileNotFoundError" in study.refused("open('link.csv')").what


def test_a_hidden_store_inside_the_study_is_empty(study: Study) -> None:
    store = study.folder / "store"
    store.mkdir()
    (store / "patients.parquet").write_text("a patient")
    mistake = study.refused("import os; raise ValueError(os.listdir('store'))", hidden=[Path("store")])
    assert mistake.what == "ValueError: []"


def test_the_environment_is_not_there(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mssql://user:secret@db")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    mistake = study.refused("import os; raise ValueError(dict(os.environ))")
    assert "secret" not in mistake.what and "DATABASE_URL" not in mistake.what and "PATH" in mistake.what


def test_the_environment_of_other_processes_is_not_there(study: Study) -> None:
    assert "FileNotFoundError" in study.refused("import os; open(f'/proc/{os.getppid()}/environ')").what


def test_there_is_no_network(study: Study) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        mistake = study.refused(f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)")
        assert "ConnectionRefusedError" in mistake.what
    mistake = study.refused("import socket; socket.create_connection(('1.1.1.1', 443), 2)")
    assert "Network is unreachable" in mistake.what and "no network" in (mistake.hint or "")


def test_no_file_is_written(study: Study) -> None:
    before = {each.name for each in study.folder.iterdir()}
    mistake = study.refused("open('stolen.txt', 'w').write('x')")
    assert "Read-only file system" in mistake.what and "write none" in (mistake.hint or "")
    assert {each.name for each in study.folder.iterdir()} == {*before, "definition.py"}


def test_no_other_program_gets_further(study: Study) -> None:
    loaded = study.load(HONEST + "\nimport os\nassert os.system('touch here; ls /work /home /var >&2') != 0")
    assert loaded.dataset is not None and not (study.folder / "here").exists()


@pytest.mark.parametrize(
    "attempt",
    [
        "subprocess.run(['/bin/true'])",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.execve(os.open('/bin/true', os.O_RDONLY), ['true'], {})",
    ],
)
def test_no_program_is_started(study: Study, attempt: str) -> None:
    mistake = study.refused(f"import os, subprocess\n{attempt}")
    assert "PermissionError" in mistake.what


def test_a_child_process_starts_no_program_either(study: Study) -> None:
    loaded = study.load(
        HONEST + "\nimport os\nassert os.waitstatus_to_exitcode(os.system('/bin/true')) == 127"
    )
    assert loaded.dataset is not None


def test_who_tries_to_start_a_program_is_told_what_to_do(study: Study) -> None:
    mistake = study.refused("import subprocess\nsubprocess.run(['/bin/true'])")
    assert "cannot start other programs" in (mistake.hint or "")


def test_many_processes_are_refused(study: Study) -> None:
    program = """
        import os, time
        for _ in range(500):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
    """
    started = time.monotonic()
    mistake = study.refused(program)
    assert "BlockingIOError" in mistake.what and "many programs" in (mistake.hint or "")
    assert time.monotonic() - started < 15


def test_memory_is_limited(study: Study) -> None:
    mistake = study.refused("x = bytearray(3_000_000_000); x[::4096] = b'y' * len(x[::4096])")
    assert mistake.code in ("Q002", "Q007") and "emory" in mistake.what


def test_time_is_limited(study: Study) -> None:
    mistake = study.refused("while True: pass", limits=LoadLimits(processor_seconds=2))
    assert mistake.code == "Q006" and "2 seconds of processor time" in mistake.what
    assert "loop" in (mistake.hint or "") and "ARMSLENGTH_LOADING_PROCESSOR_SECONDS" in (mistake.hint or "")


def test_waiting_is_limited_by_the_clock(study: Study) -> None:
    mistake = study.refused("import time; time.sleep(600)", limits=LoadLimits(clock_seconds=3))
    assert mistake.code == "Q006" and "after 3 seconds" in mistake.what
    assert "ARMSLENGTH_LOADING_SECONDS" in (mistake.hint or "")


def test_limits_of_time_are_read_from_the_environment(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMSLENGTH_LOADING_SECONDS", "2")
    assert "after 2 seconds" in study.refused("import time; time.sleep(600)", limits=None).what
    monkeypatch.setenv("ARMSLENGTH_LOADING_SECONDS", "soon")
    mistake = study.refused(HONEST, limits=None)
    assert mistake.code == "Q008" and mistake.where == "ARMSLENGTH_LOADING_SECONDS"


def test_sleeping_processes_left_behind_hold_nobody_up(study: Study) -> None:
    started = time.monotonic()
    study.load(HONEST + "\nimport os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(600)\n")
    assert time.monotonic() - started < 10


def test_a_thread_left_behind_holds_nobody_up(study: Study) -> None:
    started = time.monotonic()
    study.load(
        HONEST + "\nimport threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"
    )
    assert time.monotonic() - started < 10


FORGERIES: dict[str, Callable[[], str]] = {
    "on stdout": lambda: "import sys\nsys.__stdout__.write('loaded\\n{}')\nsys.__stdout__.flush()",
    "on descriptor 1": lambda: "import os\nos.write(1, b'loaded\\n{}')",
}


@pytest.mark.parametrize("way", list(FORGERIES))
def test_a_result_forged_by_printing_is_only_a_print(study: Study, way: str) -> None:
    loaded = study.load(HONEST + FORGERIES[way]())
    assert loaded.dataset is not None and "loaded" in study.heard


EVERY_DESCRIPTOR = """
for descriptor in range(3, 64):
    try:
        os.write(descriptor, {content!r})
    except OSError:
        pass
os._exit(0)
"""


@pytest.mark.parametrize(
    "content",
    [
        b"loaded\n{}",
        b"loaded\n" + b"[" * 100_000,
        b'loaded\n{"format":"armslength-query","version":1,"nodes":[["table",["core","secrets"]]],"value":null}',
        b'loaded\n{"format":"armslength-query","version":1,"nodes":[],"value":{"dict":[["dataset","x"]]}}',
        b"mistake\nnot json",
        b'mistake\n{"code":"ZZZ","what":"\\u001b[2J","where":null,"hint":[],"exit_status":0}',
        b"nonsense",
        b"",
    ],
)
def test_a_result_forged_on_the_right_descriptor_is_checked(study: Study, content: bytes) -> None:
    mistake = study.refused(EVERY_DESCRIPTOR.format(content=content))
    assert mistake.code.startswith("Q") and mistake.exit_status == 10
    assert "\x1b" not in str(mistake)


def test_closing_every_descriptor_ends_in_a_clear_refusal(study: Study) -> None:
    mistake = study.refused("import os; os.closerange(0, 100)")
    assert mistake.code == "Q005" and "no query" in mistake.what


@pytest.mark.parametrize(
    ("program", "code", "status"),
    [
        ("import sys; sys.exit(7)", "Q005", 7),
        ("import sys; sys.exit(0)", "Q005", 10),
        ("import sys; sys.exit('because')", "Q005", 10),
        ("raise SystemExit", "Q005", 10),
        ("import os; os._exit(3)", "Q005", 10),
        ("import os; os.kill(os.getpid(), 11)", "Q005", 10),
        ("import os; os.abort()", "Q005", 10),
        ("raise KeyboardInterrupt", "Q002", 10),
        ("raise GeneratorExit", "Q002", 10),
    ],
)
def test_odd_endings_are_told(study: Study, program: str, code: str, status: int) -> None:
    mistake = study.refused(program)
    assert (mistake.code, mistake.exit_status) == (code, status)


WEIRD = """
class Weird(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")
    __repr__ = __str__
    @property
    def __notes__(self):
        raise RuntimeError("no notes either")
raise Weird()
"""


def test_an_exception_that_cannot_be_shown_is_named(study: Study) -> None:
    mistake = study.refused(WEIRD)
    assert mistake.what == "Weird" and (mistake.where or "").startswith("definition.py:9")


def test_a_huge_message_is_cut(study: Study) -> None:
    assert len(str(study.refused("raise ValueError('x' * 10_000_000)"))) < 8000


def test_a_huge_query_is_refused(study: Study) -> None:
    mistake = study.refused(HONEST + "\ndataset.x = patients.sex.is_in([str(n) for n in range(200_000)])")
    assert mistake.code == "Q007" and "larger than 1 MiB" in mistake.what


def test_endless_printing_is_cut_and_the_query_still_arrives(study: Study) -> None:
    loaded = study.load(HONEST + "\nfor _ in range(20_000): print('x' * 100)")
    assert loaded.dataset is not None
    assert len(study.heard) < 21_000 and "prints more than is shown" in study.heard


def test_a_table_of_its_own_is_refused_on_real_data_only(study: Study) -> None:
    program = """
        from ehrql import create_dataset
        from ehrql.tables import EventFrame, Series, table
        @table
        class secret_table(EventFrame):
            x = Series(int)
        dataset = create_dataset()
        dataset.define_population(secret_table.exists_for_patient())
    """
    mistake = study.refused(program)
    assert mistake.code == "Q129" and "secret_table" in mistake.what
    assert study.load(program, real_data=False).dataset is not None


def test_a_contract_table_that_was_tampered_with_is_the_true_one_or_refused(study: Study) -> None:
    program = """
        from ehrql import create_dataset
        from ehrql.tables import core
        from armslength.query.model import nodes
        from armslength.query.model.schema import TableSchema
        forged = nodes.SelectPatientTable("patients", TableSchema.of({"nhs_number": str}), "core")
        core.patients._node = forged
        type(core.patients)._columns = {}
        dataset = create_dataset()
        dataset.define_population(core.patients.exists_for_patient())
        dataset.x = core.patients._column("nhs_number")
    """
    mistake = study.refused(program)
    assert mistake.code == "Q001" and "no column `nhs_number`" in mistake.what


# ------------------------------------------------------------------- when no jail can be built


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "why_not_usable", lambda: "bubblewrap is not installed; run `apt-get …`")


@pytest.mark.usefixtures("no_bubblewrap")
def test_with_a_real_database_nothing_runs_unprotected(study: Study) -> None:
    mistake = study.refused("open('ran', 'w')")
    assert mistake.code == "Q008" and "not installed" in mistake.what and "apt-get" in mistake.what
    assert not (study.folder / "ran").exists()


@pytest.mark.usefixtures("no_bubblewrap")
def test_without_a_database_it_runs_with_a_warning(study: Study) -> None:
    (study.folder / "definition.py").write_text(HONEST)
    loaded = load(Path("definition.py"), say=study.hear)
    assert not loaded.isolated and loaded.dataset is not None
    assert study.heard.startswith(
        "warning: the definition runs without isolation: bubblewrap is not installed"
    )


@pytest.mark.usefixtures("no_bubblewrap")
def test_always_means_always(study: Study) -> None:
    (study.folder / "definition.py").write_text(HONEST)
    with pytest.raises(Mistake, match="cannot be isolated"):
        load(Path("definition.py"), isolate=Isolation.ALWAYS, say=study.hear)


def test_never_is_honoured_with_a_warning_and_limits_still_hold(study: Study) -> None:
    assert not study.load(HONEST, isolate=Isolation.NEVER).isolated
    assert "EHRQL_ISOLATE_USER_CODE" in study.heard
    started = time.monotonic()
    program = "import os, time\nif os.fork() == 0:\n    time.sleep(600)\nwhile True: pass"
    mistake = study.refused(program, isolate=Isolation.NEVER, limits=LoadLimits(processor_seconds=1))
    assert mistake.code == "Q006" and time.monotonic() - started < 60
    hog = study.refused("x = bytearray(3_000_000_000)", isolate=Isolation.NEVER)
    assert "MemoryError" in hog.what


def test_a_plain_child_has_no_credentials_either(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    mistake = study.refused("import os; raise ValueError(dict(os.environ))", isolate=Isolation.NEVER)
    assert "DATABASE_URL" not in mistake.what


def test_an_unknown_word_in_the_setting_is_a_mistake() -> None:
    assert Isolation.from_environment({}) is Isolation.DEFAULT
    assert Isolation.from_environment({"EHRQL_ISOLATE_USER_CODE": "always"}) is Isolation.ALWAYS
    with pytest.raises(Mistake, match="not a way to isolate"):
        Isolation.from_environment({"EHRQL_ISOLATE_USER_CODE": "maybe"})
