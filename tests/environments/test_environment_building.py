"""Building an environment: whole or not at all, the same each time, once for all, read-only for jobs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from small_recipe import write_lock

from armslength.kernel.errors import Mistake
from armslength.kernel.ids import new_id
from armslength.runner.environments import Entry, building, digest, find_environment, recipes
from armslength.runner.environments.building import build_python, built_environment, place_of
from armslength.runner.environments.recipes import recipe_folder
from armslength.runner.executor import JobLimits, JobSpec, Phase, Result
from armslength.runner.executors.sandbox import SandboxExecutor

SMALL = JobLimits(memory_bytes=512 << 20, seconds=60, cpu_seconds=60, processes=40, work_bytes=32 << 20)


def silent(words: str) -> None:
    """Hear about progress and say nothing."""


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.py")
        if path.is_file()
    }


def run(sandbox: SandboxExecutor, spec: JobSpec) -> tuple[Result, str]:
    sandbox.prepare(spec)
    sandbox.start(spec.id)
    until = time.monotonic() + 60
    while sandbox.phase(spec.id) is not Phase.FINISHED:
        assert time.monotonic() < until
        time.sleep(0.05)
    return sandbox.result(spec.id), sandbox.log(spec.id).read_text()


def test_it_is_built_from_its_lock_with_progress_and_recorded(entry: Entry) -> None:
    said: list[str] = []
    record = build_python(entry, say=said.append)
    folder = place_of("tiny")
    assert record.packages == ("tiny==1.0",)
    assert built_environment("tiny") == (folder, record)
    assert any("by their hashes" in line for line in said)
    assert [path.name for path in folder.parent.iterdir() if ".part" in path.name] == []
    out = subprocess.run(
        [folder / "bin" / "python", "-c", "import tiny; print(tiny.VERSION)"], capture_output=True
    )
    assert out.stdout == b"1.0\n"


def test_the_second_build_finds_the_first(entry: Entry) -> None:
    first = build_python(entry, say=silent)
    said: list[str] = []
    assert build_python(entry, say=said.append) == first
    assert said == [f"tiny:v1 is there: {place_of('tiny')}"]


def test_two_builds_elsewhere_give_the_same_digest_and_the_same_files(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_python(entry, say=silent)
    one = contents(place_of("tiny"))
    monkeypatch.setenv(recipes.FOLDER_VARIABLE, str(tmp_path / "elsewhere"))
    second = build_python(entry, say=silent)
    assert second.digest == first.digest
    assert contents(place_of("tiny")) == one


def test_another_lock_is_another_environment_with_another_digest(entry: Entry, recipe: Path) -> None:
    first, place = build_python(entry, say=silent), place_of("tiny")
    write_lock(recipe, version="1.1")
    building.lock_of.cache_clear()
    assert built_environment("tiny") is None
    second = build_python(entry, say=silent)
    assert (second.digest != first.digest, place_of("tiny") != place) == (True, True)
    assert place.is_dir(), "jobs that run in the earlier one keep it"


def test_a_package_with_another_hash_is_refused_and_nothing_is_left(entry: Entry, recipe: Path) -> None:
    write_lock(recipe, sha256="0" * 64)
    building.lock_of.cache_clear()
    with pytest.raises(Mistake, match="R014"):
        build_python(entry, say=silent)
    assert built_environment("tiny") is None
    assert [path.name for path in place_of("tiny").parent.iterdir() if path.is_dir()] == []


def test_what_was_left_of_a_build_that_was_killed_is_not_taken_for_an_environment(entry: Entry) -> None:
    folder = place_of("tiny")
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("half")
    killed = folder.with_name(f"{folder.name}.abc.part")
    killed.mkdir()
    assert built_environment("tiny") is None
    assert build_python(entry, say=silent).packages == ("tiny==1.0",)
    assert built_environment("tiny") is not None
    assert not killed.exists()


def test_a_job_sees_the_locked_environment_read_only_and_nothing_of_ours(
    entry: Entry, sandbox: SandboxExecutor, code: Path
) -> None:
    build_python(entry, say=silent)
    folder = place_of("tiny")
    (code / "analysis" / "a.py").write_text(
        "import sys, tiny\nprint(tiny.VERSION, sys.prefix)\n"
        "for name in ('armslength', 'ehrql', 'pytest', 'numpy'):\n"
        "    try:\n        __import__(name)\n        print('IMPORTED', name)\n"
        "    except ImportError:\n        pass\n"
        "for place in (tiny.__file__, sys.prefix + '/planted', sys.executable):\n"
        "    try:\n        open(place, 'w')\n        print('WROTE', place)\n"
        "    except OSError:\n        print('refused')\n"
    )
    base = Path(sys.base_prefix).resolve()
    spec = JobSpec(
        id=new_id(),
        argv=(str(folder / "bin" / "python"), "analysis/a.py"),
        code=code,
        limits=SMALL,
        folders=(folder, *([] if base.is_relative_to("/usr") else [base])),
    )
    result, said = run(sandbox, spec)
    assert result.exit_status == 0, said
    assert said.split("\n")[0] == f"1.0 {folder}"
    assert said.count("refused") == 3
    assert "IMPORTED" not in said and "WROTE" not in said


def test_python_is_this_installation_until_it_is_built_and_the_locked_one_after(
    entry: Entry, sandbox: SandboxExecutor, code: Path
) -> None:
    """The record of the small environment stands where that of `python:v2` is looked for."""
    before = find_environment("python:v2")
    assert (before.origin, before.digest, before.folders) == ("this installation", digest(), None)
    record = build_python(entry, say=silent)
    place_of("tiny").rename(place_of("python-v2"))
    replace(record, recipe="python-v2").write(place_of("python-v2"))
    after = find_environment("python:v2")
    assert after.digest == record.digest != before.digest
    assert after.origin.startswith("locked")
    (code / "analysis" / "a.py").write_text(
        "import subprocess, tiny\nsubprocess.run(['python', '-c', 'import tiny'], check=True)\n"
    )
    spec = JobSpec(
        id=new_id(),
        argv=after.argv(("python", "analysis/a.py")),
        code=code,
        limits=SMALL,
        folders=after.folders,
        environment={"PATH": after.path},
    )
    result, said = run(sandbox, spec)
    assert (result.exit_status, said) == (0, "")
    assert find_environment("ehrql:v1").digest == before.digest, "queries stay with this installation"


def test_an_action_in_r_runs_with_the_settings_and_packages_of_this_machine(
    sandbox: SandboxExecutor, code: Path
) -> None:
    try:
        r = find_environment("r:v2")
    except Mistake as mistake:
        pytest.skip(mistake.what)
    (code / "analysis" / "a.R").write_text(
        'model <- lm(dist ~ speed, data = cars)\nwrite.csv(coef(model), "outputs/model.csv")\n'
        'pdf("outputs/plot.pdf"); plot(cars); invisible(dev.off())\ncat(.libPaths(), "\\n")\n'
    )
    spec = JobSpec(
        id=new_id(),
        argv=r.argv(("analysis/a.R",)),
        code=code,
        limits=SMALL,
        patterns=("outputs/*",),
        folders=r.folders,
        environment={"PATH": r.path},
    )
    result, said = run(sandbox, spec)
    assert result.exit_status == 0, said
    assert (sandbox.work(spec.id) / "outputs" / "model.csv").read_text().startswith('"","x"')
    assert (sandbox.work(spec.id) / "outputs" / "plot.pdf").read_bytes().startswith(b"%PDF")
    assert len(r.digest) == 64 and r.digest != digest()


def test_files_of_ours_that_a_recipe_lists_are_in_it_and_count(entry: Entry, recipe: Path) -> None:
    """The helpers that studies write tables with are there in any environment, and what they are is recorded."""
    without = build_python(entry, say=silent)
    (recipe / "ours.txt").write_text((recipe_folder("python-v2") / "ours.txt").read_text())
    building.lock_of.cache_clear()
    record, folder = build_python(entry, say=silent), place_of("tiny")
    assert record.digest != without.digest
    program = (
        "import armslength.disclosure.study as study; print(study.__file__, study.round_counts([8, 123]))"
    )
    line = [folder / "bin" / "python", "-I", "-c", program]
    out = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert out.startswith(str(folder)) and out.endswith("[10, 125]\n")
