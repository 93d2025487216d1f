"""What is taken as an output and what may be shown: each way to cheat is tried."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.pipeline.model import PrivacyLevel
from armslength.runner.admission import MOST_BYTES, admit
from armslength.runner.executor import JobLimits
from armslength.runner.outputs import Collection, Found, Pattern, Unsafe, collect, promote, store

ALL = (Pattern("out/*.csv", PrivacyLevel.MODERATELY_SENSITIVE),)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work" / "out").mkdir(parents=True)
    return tmp_path / "work"


def look(work: Path, *patterns: Pattern, given: tuple[str, ...] = (), owner: int | None = None) -> Collection:
    uid = os.geteuid() if owner is None else owner
    return collect(work, patterns=patterns or ALL, given=frozenset(given), owner=uid, limits=JobLimits())


def test_declared_files_are_found_and_others_only_named(work: Path) -> None:
    (work / "out" / "a.csv").write_text("1")
    (work / "out" / "b.txt").write_text("1")
    (work / "out" / "deep").mkdir()
    (work / "out" / "deep" / "c.csv").write_text("1")
    found = look(work)
    assert [one.path for one in found.outputs] == ["out/a.csv"]
    assert set(found.undeclared) == {"out/b.txt", "out/deep/c.csv"}
    assert found.unmatched_patterns == ()


def symlink(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def hard_link(path: Path) -> None:
    (path.parent / "other.txt").write_text("x")
    path.hardlink_to(path.parent / "other.txt")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening_socket(path: Path) -> None:
    folder = Path.cwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(folder)


def folder(path: Path) -> None:
    path.mkdir()


def linked_folder(path: Path) -> None:
    outside = path.parent.parent.parent / "outside"
    outside.mkdir()
    (outside / "a.csv").write_text("SECRET")
    path.parent.rmdir()
    path.parent.symlink_to(outside)


@pytest.mark.parametrize("make", [symlink, hard_link, pipe, listening_socket, folder, linked_folder])
def test_nothing_but_a_plain_file_is_taken(work: Path, make: Callable[[Path], None]) -> None:
    make(work / "out" / "a.csv")
    found = look(work)
    assert found.outputs == ()
    assert found.unmatched_patterns == ("out/*.csv",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make devices")
def test_a_device_is_not_taken(work: Path) -> None:
    try:
        os.mknod(work / "out" / "a.csv", 0o020666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("devices cannot be made here")
    assert look(work).refused == (("out/a.csv", "it is not a regular file"),)


def test_what_was_given_to_the_job_is_never_its_output_even_when_rewritten(work: Path) -> None:
    (work / "out" / "a.csv").write_text("rewritten")
    assert look(work, given=("out/a.csv",)).outputs == ()


def test_a_file_of_another_user_is_not_taken(work: Path) -> None:
    (work / "out" / "a.csv").write_text("1")
    assert look(work, owner=12345).outputs == ()


@pytest.mark.parametrize("name", ["a\nb.csv", ".hidden.csv", "back\\slash.csv", "a\x7f.csv", "star*.csv"])
def test_names_that_cannot_be_shown_are_not_taken(work: Path, name: str) -> None:
    (work / "out" / name).write_text("1")
    assert look(work).outputs == ()


def test_the_most_sensitive_level_wins(work: Path) -> None:
    (work / "out" / "a.csv").write_text("1")
    high = Pattern("out/a*.csv", PrivacyLevel.HIGHLY_SENSITIVE)
    for patterns in ((*ALL, high), (high, *ALL)):
        assert look(work, *patterns).outputs[0].level is PrivacyLevel.HIGHLY_SENSITIVE


def test_holes_do_not_make_room(work: Path) -> None:
    for name in "abc":
        with (work / "out" / f"{name}.csv").open("wb") as file:
            file.truncate(15 << 30)
    found = look(work)
    assert [one.path for one in found.outputs] == ["out/a.csv"]


def test_a_file_swapped_after_it_was_found_is_not_stored(work: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    path = work / "out" / "a.csv"
    path.symlink_to(secret)
    one = Found("out/a.csv", PrivacyLevel.MODERATELY_SENSITIVE, 6)
    with pytest.raises(OSError):
        store(work, one, owner=os.geteuid(), root=tmp_path / "level3")
    path.unlink()
    path.hardlink_to(secret)
    with pytest.raises(Unsafe):
        store(work, one, owner=os.geteuid(), root=tmp_path / "level3")
    assert not [file for file in (tmp_path / "level3").rglob("*") if file.is_file()]


def test_a_stored_file_replaces_links_on_its_way_instead_of_following_them(
    work: Path, tmp_path: Path
) -> None:
    (work / "out" / "a.csv").write_text("new")
    root, elsewhere = tmp_path / "level3", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / "out").symlink_to(elsewhere)
    stored = store(work, look(work).outputs[0], owner=os.geteuid(), root=tmp_path / "incoming")
    promote(tmp_path / "incoming", stored.path, root=root)
    assert list(elsewhere.iterdir()) == []
    assert (root / "out" / "a.csv").read_text() == "new"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_leaves_nothing_half_written(work: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        (work / "out" / "a.csv").write_bytes(b"x" * (2 << 20))
        with pytest.raises(OSError, match="No space left"):
            store(work, look(work).outputs[0], owner=os.geteuid(), root=small)
        assert not [path for path in small.rglob("*") if path.is_file()]
    finally:
        subprocess.run(["umount", str(small)], check=True)


def verdict(tmp_path: Path, name: str, content: bytes | str) -> str:
    path = tmp_path / f"file{Path(name).suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return admit(path, name=name).reason


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "group,count\na,10\n"),
        ("a.csv", ""),
        ("a.csv", "﻿group;count\na;10\n"),
        ("a.csv", "group\tcount\na\t10\n".encode("utf-16")),
        ("a.csv", "patients,count\na,10\n"),
        ("a.json", '{"rates": [1, 2]}'),
        ("a.png", PNG + b"\x00" * 50),
        ("a.svg", "<svg></svg>"),
        ("a.svgz", gzip.compress(b"<svg></svg>", mtime=0)),
        ("a.txt", "outpatient identity\n"),
    ],
)
def test_what_a_reviewer_can_check_passes(tmp_path: Path, name: str, content: bytes | str) -> None:
    assert verdict(tmp_path, name, content) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "patient_id,age\n1,2\n"),
        ("a.csv", "Patient ID ;age\n1;2\n"),
        ("a.csv", "\ufeffPATIENT-ID\tage\n1\t2\n"),
        ("a.csv", "patient_id,age\n1,2\n".encode("utf-16")),
        ("a.csv", "patient_id,age\n1,2\n".encode("utf-16-le")),
        ("a.csv", "# a note\n\npatient_id,age\n1,2\n"),
        ("a.csv", "n\n" + "1\n" * 5001),
        ("a.csv", b"\xff\x00\x01binary"),
        ("a.csv", b"a,b\n\x00\n"),
        ("a.csv", 'a,"b\n1,2\n'),
        ("a.csv", b"x" * (MOST_BYTES + 1)),
        ("a.txt", "patient_id age\n1 2\n"),
        ("a.txt", "n\n" * 5001),
        ("a.html", "<table>" + "<tr><td>1</td></tr>" * 5001),
        ("a.json", '[{"patient_id": 1}]'),
        ("a.json", str(list(range(5001)))),
        ("a.json", "[" * 100_000),
        ("a.json", "not json"),
        ("a.png", "patient_id,age\n1,2\n"),
        ("a.svgz", b"not packed"),
        ("a.svgz", gzip.compress(b"x" * (MOST_BYTES + 1), mtime=0)),
        ("a.rds", b"data"),
    ],
)
def test_what_cannot_be_checked_or_names_people_is_held_back(
    tmp_path: Path, name: str, content: bytes | str
) -> None:
    assert verdict(tmp_path, name, content)
