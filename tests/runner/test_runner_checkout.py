"""Fetching code: only what is on the branch, and nothing a hostile repository adds to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from jobs_site import git, make_study

from armslength.kernel.errors import Mistake
from armslength.runner.checkout import CannotFetch, Repositories, extract, read_file


@pytest.fixture
def repositories(tmp_path: Path) -> Repositories:
    return Repositories(tmp_path / "mirrors")


def test_a_commit_of_the_branch_is_laid_out_byte_by_byte(repositories: Repositories, tmp_path: Path) -> None:
    files = {
        "project.yaml": "a",
        "analysis/b.py": "x\r\n",
        ".gitattributes": "* text eol=lf export-ignore\n*.py export-subst\n",
    }
    url, commit = make_study(tmp_path / "study", files)
    mirror = repositories.fetch(url=url, branch="main", commit=commit)
    assert read_file(mirror, commit=commit, path="project.yaml") == b"a"
    extract(mirror, commit=commit, folder=tmp_path / "code")
    found = {
        path.relative_to(tmp_path / "code").as_posix()
        for path in (tmp_path / "code").rglob("*")
        if path.is_file()
    }
    assert found == set(files)
    _, newer = make_study(tmp_path / "study", {"analysis/b.py": "y"})
    repositories.fetch(url=url, branch="main", commit=newer)


def test_what_is_not_on_the_branch_is_refused(repositories: Repositories, tmp_path: Path) -> None:
    url, commit = make_study(tmp_path / "study", {"a": "b"})
    git(tmp_path / "study", "checkout", "--quiet", "-b", "other")
    _, other = make_study(tmp_path / "study", {"a": "c"})
    repositories.fetch(url=url, branch="other", commit=other)
    for branch, wanted, code in (
        ("main", other, "R031"),
        ("main", "0" * 40, "R030"),
        ("gone", commit, "R030"),
    ):
        with pytest.raises(Mistake, match=code):
            repositories.fetch(url=url, branch=branch, commit=wanted)


def test_a_repository_that_is_not_there_can_be_asked_again(
    repositories: Repositories, tmp_path: Path
) -> None:
    with pytest.raises(CannotFetch):
        repositories.fetch(url=f"file://{tmp_path}/nothing", branch="main", commit="0" * 40)


@pytest.mark.parametrize(
    "url", ["ext::sh -c touch% PWNED", "ssh://host/x", "http://127.0.0.1:1/x", "--upload-pack=touch"]
)
def test_other_protocols_are_never_spoken(repositories: Repositories, url: str) -> None:
    with pytest.raises(CannotFetch):
        repositories.fetch(url=url, branch="main", commit="0" * 40)
    assert not list(repositories.folder.rglob("PWNED"))


@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd", "a/../../b"])
def test_a_link_that_leads_outside_is_refused(
    repositories: Repositories, tmp_path: Path, target: str
) -> None:
    make_study(tmp_path / "study", {"a/b": "c"})
    (tmp_path / "study" / "link").symlink_to(target)
    url, commit = make_study(tmp_path / "study", {})
    mirror = repositories.fetch(url=url, branch="main", commit=commit)
    with pytest.raises(Mistake, match="R033"):
        extract(mirror, commit=commit, folder=tmp_path / "code")
    assert not (tmp_path / "code").exists() and not list(tmp_path.glob("*.part"))


def test_a_link_that_stays_inside_is_kept(repositories: Repositories, tmp_path: Path) -> None:
    make_study(tmp_path / "study", {"a/b": "c"})
    (tmp_path / "study" / "a" / "link").symlink_to("../a/b")
    url, commit = make_study(tmp_path / "study", {})
    extract(
        repositories.fetch(url=url, branch="main", commit=commit), commit=commit, folder=tmp_path / "code"
    )
    assert (tmp_path / "code" / "a" / "link").read_text() == "c"


def test_a_tree_that_climbs_out_is_refused(repositories: Repositories, tmp_path: Path) -> None:
    url, _ = make_study(tmp_path / "study", {"a": "b"})
    study = tmp_path / "study"
    blob = git(study, "hash-object", "-w", "a")
    line = ["git", "-C", str(study), "mktree"]
    inner = subprocess.run(
        line, input=f"100644 blob {blob}\tevil\n", text=True, capture_output=True, check=True
    )
    made = subprocess.run(
        line, input=f"040000 tree {inner.stdout.strip()}\t..\n", text=True, capture_output=True, check=True
    )
    commit = git(study, "commit-tree", made.stdout.strip(), "-m", "x", "-p", "HEAD")
    git(study, "update-ref", "refs/heads/main", commit)
    with pytest.raises((Mistake, CannotFetch)):
        extract(
            repositories.fetch(url=url, branch="main", commit=commit),
            commit=commit,
            folder=tmp_path / "deep" / "code",
        )
    assert not (tmp_path / "evil").exists()


def test_hooks_and_settings_of_the_person_are_not_used(
    repositories: Repositories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, commit = make_study(tmp_path / "study", {"a": "b"})
    home = tmp_path / "home"
    home.mkdir()
    settings = (
        f'[core]\n\tfsmonitor = touch {tmp_path}/PWNED\n[url "file:///nowhere"]\n\tinsteadOf = file://\n'
    )
    (home / ".gitconfig").write_text(settings)
    monkeypatch.setenv("HOME", str(home))
    repositories.fetch(url=url, branch="main", commit=commit)
    assert not (tmp_path / "PWNED").exists()


def test_a_pipeline_that_is_missing_or_no_file_is_told(repositories: Repositories, tmp_path: Path) -> None:
    url, commit = make_study(tmp_path / "study", {"project.yaml/a": "b"})
    mirror = repositories.fetch(url=url, branch="main", commit=commit)
    for path in ("project.yaml", "nothing"):
        with pytest.raises(Mistake, match="R032"):
            read_file(mirror, commit=commit, path=path)
