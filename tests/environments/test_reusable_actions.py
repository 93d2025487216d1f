"""Reusable actions: code of another repository, fetched once at a commit, and what such a repository may try."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from armslength.cli import run
from armslength.kernel.errors import Mistake
from armslength.pipeline.reusable import read_action_file
from armslength.policy.actions import ActionHome
from armslength.runner import checkout
from armslength.runner.checkout import CannotFetch
from armslength.runner.environments import Environment, Homes, digest, find_environment
from armslength.runner.environments.reusable import fetch_actions, fetch_or_say, homes_of_this_machine

NAME = "counter:v1.0"
SCRIPT = "import sys\nprint(sys.argv)\n"
FILES = {"action.yaml": "run: python:v2 python analysis/count.py --quiet\n", "analysis/count.py": SCRIPT}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "protocol.file.allow=always"]
    line = ["git", *identity, "-C", str(folder), *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def commit_files(folder: Path, files: Mapping[str, str]) -> str:
    if not (folder / ".git").exists():
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "more")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The home of an action, with one commit on `main`."""
    commit_files(tmp_path / "counter", FILES)
    return tmp_path / "counter"


@pytest.fixture
def homes_at(tmp_path: Path, repository: Path) -> Callable[..., Homes]:
    """Return what is known of the action: pinned to a commit of its home, or as the test says."""

    def known(commit: str = "", **fields: str) -> Homes:
        if "folder" not in fields:
            commit = commit or git(repository, "rev-parse", "HEAD")
            fields = {"repository": f"file://{repository}", "commit": commit, **fields}
        return Homes({NAME: ActionHome(**fields)}, tmp_path / "kept")

    return known


def environment(homes: Homes, **how: bool) -> Environment:
    fetch_actions([NAME], homes)
    return find_environment(NAME, homes=homes, **how)


def test_its_arguments_come_before_those_of_the_study_and_its_code_in_place_of_the_study(
    homes_at: Callable[..., Homes],
) -> None:
    found, python = environment(homes_at()), find_environment("python:v2")
    assert found.argv(("in.csv", "--config", '{"a": 1}')) == (
        python.python, "analysis/count.py", "--quiet", "in.csv", "--config", '{"a": 1}'
    )  # fmt: skip
    assert (found.name, found.base, found.folders) == (NAME, "python:v2", python.folders)
    assert found.code is not None
    assert (found.code / "analysis" / "count.py").read_text() == SCRIPT
    assert not (found.code / ".git").exists()


def test_what_is_kept_is_read_only_and_asked_for_once(
    homes_at: Callable[..., Homes], repository: Path
) -> None:
    homes = homes_at()
    code = environment(homes).code
    assert code is not None
    assert {path.stat().st_mode & 0o222 for path in (code, *code.rglob("*"))} == {0}
    repository.rename(repository.with_name("gone"))
    again = Homes(homes.known, homes.cache)
    fetch_actions([NAME], again)
    assert find_environment(NAME, homes=again).code == code


def test_without_a_network_it_is_said_what_to_do(homes_at: Callable[..., Homes], repository: Path) -> None:
    homes = homes_at()
    repository.rename(repository.with_name("gone"))
    with pytest.raises(CannotFetch):
        fetch_actions([NAME], homes)
    with pytest.raises(Mistake, match="R015") as told:
        fetch_or_say([NAME], homes)
    assert "connect to the network" in str(told.value)
    with pytest.raises(Mistake, match="R015"):
        find_environment(NAME, homes=homes)


def test_its_digest_is_over_its_code_its_arguments_and_the_environment_it_runs_in(
    homes_at: Callable[..., Homes], repository: Path
) -> None:
    first = environment(homes_at())
    assert environment(homes_at()).digest == first.digest != find_environment("python:v2").digest
    commit_files(repository, {"analysis/count.py": SCRIPT + "# more\n"})
    second = environment(homes_at())
    commit_files(
        repository, {"analysis/count.py": SCRIPT, "action.yaml": "run: python:v2 python analysis/count.py\n"}
    )
    assert len({first.digest, second.digest, environment(homes_at()).digest}) == 3


def test_code_that_was_changed_where_it_is_kept_has_another_digest(homes_at: Callable[..., Homes]) -> None:
    homes = homes_at()
    found = environment(homes)
    assert found.code is not None
    script = found.code / "analysis" / "count.py"
    script.chmod(0o600)
    script.write_text("print('planted')\n")
    assert find_environment(NAME, homes=homes).digest != found.digest


def test_a_tag_that_was_moved_changes_nothing(homes_at: Callable[..., Homes], repository: Path) -> None:
    git(repository, "tag", "v1.0")
    homes = homes_at(git(repository, "rev-parse", "v1.0^{commit}"))
    commit_files(repository, {"analysis/count.py": "print('evil')\n"})
    git(repository, "tag", "--force", "v1.0")
    code = environment(homes).code
    assert code is not None
    assert (code / "analysis" / "count.py").read_text() == SCRIPT


@pytest.mark.parametrize("wanted", ["main", "v1.0", "HEAD", "0" * 40])
def test_a_name_in_place_of_a_commit_is_refused_even_past_the_reader(
    homes_at: Callable[..., Homes], repository: Path, wanted: str
) -> None:
    git(repository, "tag", "v1.0")
    with pytest.raises(Mistake) as told:
        environment(homes_at(wanted))
    assert told.value.code == "R030"


def test_a_commit_that_never_reached_the_reviewed_branch_is_refused(
    homes_at: Callable[..., Homes], repository: Path
) -> None:
    git(repository, "checkout", "--quiet", "-b", "proposal")
    proposed = commit_files(repository, {"analysis/count.py": "print('evil')\n"})
    git(repository, "tag", "v1.1")
    with pytest.raises(Mistake, match=r"R03[01]"):
        environment(homes_at(proposed))
    assert environment(homes_at(proposed, branch="proposal")).code


def test_a_link_out_of_the_tree_is_refused(homes_at: Callable[..., Homes], repository: Path) -> None:
    for target in ("/etc/passwd", "../../secret", "a/../../../secret"):
        link = repository / "analysis" / "link"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(Mistake, match="R033"):
            environment(homes_at(commit_files(repository, {})))


def test_an_action_file_that_is_a_link_is_not_read(homes_at: Callable[..., Homes], repository: Path) -> None:
    (repository / "action.yaml").unlink()
    (repository / "action.yaml").symlink_to("analysis/count.py")
    commit_files(repository, {})
    with pytest.raises(Mistake, match="R016"):
        environment(homes_at())


def test_submodules_are_left_out_and_hooks_and_filters_never_run(
    homes_at: Callable[..., Homes], repository: Path, tmp_path: Path
) -> None:
    proof = tmp_path / "it-ran"
    commit_files(tmp_path / "other", {"secret": "x"})
    git(repository, "submodule", "add", "--quiet", f"file://{tmp_path}/other", "library")
    for hook in ("post-checkout", "post-update", "upload-pack", "pre-receive"):
        (repository / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {proof}\n")
        (repository / ".git" / "hooks" / hook).chmod(0o755)
    hook = f"#!/bin/sh\ntouch {proof}\n"
    commit_files(repository, {".gitattributes": "* filter=evil\n", "hooks/post-checkout": hook})
    git(repository, "config", "filter.evil.smudge", f"touch {proof}")
    code = environment(homes_at()).code
    assert code is not None
    assert not (code / "library").exists()
    assert not proof.exists()


def test_a_repository_with_too_much_in_it_is_refused_before_it_fills_the_disk(
    homes_at: Callable[..., Homes], repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (repository / "large").write_bytes(os.urandom(3 << 20))
    commit_files(repository, {})
    (repository / "large").unlink()
    commit_files(repository, {})
    monkeypatch.setattr(checkout, "MOST_FETCHED_BYTES", 1 << 20)
    with pytest.raises(Mistake, match="R033"):
        environment(homes_at())
    kept = sum(path.stat().st_size for path in (tmp_path / "kept").rglob("*") if path.is_file())
    assert kept < 2 << 20
    monkeypatch.setattr(checkout, "MOST_FETCHED_BYTES", 1 << 30)
    monkeypatch.setattr(checkout, "MOST_FILES", 1)
    with pytest.raises(Mistake, match="R033"):
        environment(homes_at())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "has no `action.yaml`"),
        ("", "empty"),
        ("run: [a, b]\n", "no `run`"),
        ("name: x\n", "no `run`"),
        ("run: python\n", "an image and its version"),
        ("run: ehrql:v1 generate-dataset a.py --output o.csv\n", "cannot run in `ehrql:v1`"),
        ("run: ehrql:v1\n", "cannot run in `ehrql:v1`"),
        ("run: sqlrunner:v1 a.sql\n", "cannot run in `sqlrunner:v1`"),
        ("run: cohortextractor:v1 generate_cohort\n", "cannot run in"),
        ("run: counter:v1.0 again.py\n", "cannot run in `counter:v1.0`"),
        ("run: stata-mp:v1 a.do\n", "licence"),
        ("run: python:v77 a.py\n", "python:v2"),
        ("run: !!python/object/apply:os.system ['id']\n", "tag"),
        ("a: &a [x]\nrun: *b\n", "alias"),
    ],
)
def test_an_action_file_that_cannot_be_run_is_told_with_the_reason(
    homes_at: Callable[..., Homes], repository: Path, content: str | None, words: str
) -> None:
    (repository / "action.yaml").unlink()
    commit_files(repository, {} if content is None else {"action.yaml": content})
    with pytest.raises(Mistake) as told:
        environment(homes_at())
    assert told.value.code in ("R010", "R012", "R016")
    assert words in str(told.value)


@pytest.mark.parametrize("ours", ["python:v2", "ehrql:v1", "ehrql:v9", "sqlrunner:v1", "stata-mp:v1", "r:v3"])
def test_no_environment_of_ours_can_be_replaced(homes_at: Callable[..., Homes], ours: str) -> None:
    """A home under the name of a query would be given the database."""
    homes = homes_at()
    posing = Homes({ours: homes.known[NAME]}, homes.cache)
    fetch_actions([ours], posing)
    assert not homes.cache.exists()
    try:
        assert find_environment(ours, homes=posing).digest == find_environment(ours).digest == digest()
    except Mistake as mistake:
        assert mistake.code in ("R010", "R012")


def test_a_folder_is_used_as_it_is_now(homes_at: Callable[..., Homes], repository: Path) -> None:
    homes = homes_at(folder=str(repository))
    first = environment(homes)
    (repository / "analysis" / "count.py").write_text("print('edited')\n")
    second = environment(homes)
    assert first.digest != second.digest
    assert first.code is not None and second.code is not None
    assert (first.code / "analysis" / "count.py").read_text() == SCRIPT
    assert "edited" in (second.code / "analysis" / "count.py").read_text()
    assert not (second.code / ".git").exists()


def test_the_user_adds_to_what_the_machine_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    of_machine, of_user = tmp_path / "machine.toml", tmp_path / "armslength" / "actions.toml"
    of_user.parent.mkdir()
    of_machine.write_text('[actions."a:v1"]\nfolder = "/a"\n[actions."b:v1"]\nfolder = "/b"\n')
    of_user.write_text('[actions."b:v1"]\nfolder = "/mine"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("ARMSLENGTH_ACTIONS", raising=False)
    monkeypatch.setattr("armslength.runner.environments.reusable.FILE_OF_MACHINE", of_machine)
    assert {name: home.folder for name, home in homes_of_this_machine().known.items()} == {
        "a:v1": "/a", "b:v1": "/mine",
    }  # fmt: skip
    monkeypatch.setenv("ARMSLENGTH_ACTIONS", str(of_machine))
    assert homes_of_this_machine().known["b:v1"].folder == "/b"


def test_other_keys_of_an_action_file_are_for_people() -> None:
    command = read_action_file(b"name: Count\nrun: 'r:v2 analysis/a.R \"two words\"'\nauthor: {name: Ann}\n")
    assert (command.environment, command.arguments) == ("r:v2", ("analysis/a.R", "two words"))


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that `pin` writes to."""
    monkeypatch.setenv("ARMSLENGTH_ENVIRONMENTS", str(tmp_path / "environments"))
    monkeypatch.setenv("ARMSLENGTH_ACTIONS", str(tmp_path / "mine" / "actions.toml"))
    return tmp_path / "mine" / "actions.toml"


@pytest.mark.parametrize("how", [("v1.0",), ("-a", "-m", "with a message", "v1.0")])
def test_pinning_writes_the_commit_of_the_tag_which_then_stays(
    repository: Path, pinned: Path, how: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "tag", *how)
    commit = git(repository, "rev-parse", "HEAD")
    line = ["environments", "pin", NAME, "--repository", f"file://{repository}"]
    assert run(line) == 0
    assert capsys.readouterr().out == pinned.read_text()
    assert homes_of_this_machine().known[NAME] == ActionHome(repository=f"file://{repository}", commit=commit)
    assert find_environment(NAME, homes=homes_of_this_machine()).base == "python:v2", "it is here already"
    assert run(line) == 0, "again changes nothing"
    commit_files(repository, {"analysis/count.py": "print('evil')\n"})
    git(repository, "tag", "--force", "v1.0")
    before = pinned.read_text()
    assert run(line) != 0
    assert "another commit now" in capsys.readouterr().err
    assert pinned.read_text() == before


@pytest.mark.parametrize(
    ("name", "address", "code"),
    [
        ("counter:v2.0", "file://{}", "R016"),
        ("counter", "file://{}", "R016"),
        ("../counter:v1.0", "file://{}", "R016"),
        ("python:v9", "file://{}", "R016"),
        (NAME, "ext::sh -c id", "R016"),
        (NAME, "--upload-pack=id", "R016"),
        (NAME, "ssh://git@example.org/a/b", "R016"),
        (NAME, "file://{}/nothing", "R015"),
    ],
)
def test_what_cannot_be_pinned_is_told_and_nothing_is_written(
    repository: Path, pinned: Path, name: str, address: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "tag", "v1.0")
    assert run(["environments", "pin", name, "--repository", address.format(repository)]) != 0
    assert code in capsys.readouterr().err
    assert not pinned.exists()


def test_a_tag_of_what_was_never_reviewed_is_not_pinned(
    repository: Path, pinned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "checkout", "--quiet", "-b", "proposal")
    commit_files(repository, {"analysis/count.py": "print('evil')\n"})
    git(repository, "tag", "v1.0")
    assert run(["environments", "pin", NAME, "--repository", f"file://{repository}"]) != 0
    assert not pinned.exists()
