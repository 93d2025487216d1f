"""`check-outputs` on input that nobody means well with: said, bounded, and never a traceback."""

from __future__ import annotations

import errno
import gzip
import os
import re
import subprocess
import zipfile
from pathlib import Path
from shutil import which

import pytest

from armslength.cli import run

SMALL = "region,patients\nA,3\n"


@pytest.fixture
def hostile(tmp_path):
    folder = tmp_path / "outputs"
    folder.mkdir()
    (folder / "empty.csv").write_bytes(b"")
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "utf16.csv").write_bytes(SMALL.encode("utf-16"))
    (folder / "latin.csv").write_bytes("région,patients\nNørth,3\n".encode("latin-1"))
    (folder / "deep.json").write_text("[" * 100_000 + "]" * 100_000)
    (folder / "halves.json").write_text('[{"region": "\\ud800", "patients": 3}]')
    (folder / "page.html").write_text("<table>" * 400 + "<tr><td>3</td></tr>" + "</table>" * 400)
    (folder / "long.csv").write_text("region,patients\n" + "x" * 1_000_000 + ",3\n")
    (folder / "quote.csv").write_text('a,b\n"unclosed,3\n' + "x,4\n" * 100)
    (folder / "bomb.svgz").write_bytes(gzip.compress(b"<g/>" * 20_000_000, compresslevel=1))
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 5_000_000)
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(100 * 2**20)
    os.mkfifo(folder / "pipe.csv")
    (folder / "loop").symlink_to(folder)
    for name in ("<script>alert(1)<b>.csv", "esc\x1b[31m.csv", "two\nlines.csv", os.fsdecode(b"bad\xff.csv")):
        (folder / name).write_text("region,patients\n<img src=x onerror=alert(1)>\x1b[2J,3\n")
    return folder


def test_everything_is_told_and_nothing_steers_the_terminal_or_the_page(hostile, tmp_path, capsys):
    page = tmp_path / "report.html"
    assert run(["check-outputs", str(hostile), "--html", str(page)]) == 1
    told = capsys.readouterr()
    assert told.err == ""
    assert "\x1b" not in told.out and "esc\\x1b[31m.csv" in told.out and "two\\nlines.csv" in told.out
    for name in ("empty", "binary", "deep", "page", "long", "quote", "bomb", "huge", "pipe", "loop"):
        assert re.search(rf"^(not checked|block|warn) +\S*{name}\S*", told.out, re.M), name
        assert re.search(rf"^clear +\S*{name}\S*", told.out, re.M) is None
    for name in ("utf16", "latin", "halves"):
        assert re.search(rf"^(block|warn) +\S*{name}\S*", told.out, re.M), name
    text = page.read_text()
    assert "<img" not in text and "<script>alert" not in text
    assert re.findall(r"<script>", text) == ["<script>"]
    assert "unsafe-inline" not in text and " style=" not in text and " onerror=alert(1)>" not in text


@pytest.mark.skipif(which("chromium") is None, reason="chromium is not installed")
def test_a_browser_lets_the_page_style_itself_and_run_its_own_script_only(hostile, tmp_path):
    page = tmp_path / "report.html"
    run(["check-outputs", str(hostile), "--html", str(page)])
    shown = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom",
         f"--user-data-dir={tmp_path / 'profile'}", f"{page.as_uri()}#file-0-0"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert 'class="finding block chosen"' in shown.stdout, "the page's own script has run"
    assert "Content Security Policy" not in shown.stderr


def test_the_same_thing_many_times_is_counted(tmp_path, capsys):
    header = ",".join(f"n_{n}_patients" for n in range(300))
    (tmp_path / "wide.csv").write_text(f"{header}\n{','.join('3' for _ in range(300))}\n")
    run(["check-outputs", str(tmp_path / "wide.csv"), "--html", str(tmp_path / "report.html")])
    assert "and 295 more findings B1 block; --json has them all" in capsys.readouterr().out
    assert "288 more findings of B1 are not shown here" in (tmp_path / "report.html").read_text()


def test_many_clear_files_are_counted_and_a_long_table_is_cut_with_a_statement(tmp_path, capsys):
    for n in range(70):
        (tmp_path / f"f{n}.csv").write_text(f"region,patients\nr{n},105\n")
    rows = "".join(f"r{n},{3 if n == 2_000 else 105}\n" for n in range(4_000))
    (tmp_path / "long.csv").write_text("region,patients\n" + rows)
    run(["check-outputs", str(tmp_path), "--html", str(tmp_path / "report.html")])
    assert "70 more files in which nothing was found" in capsys.readouterr().out
    page = (tmp_path / "report.html").read_text()
    assert "10 more files in which nothing was found are only listed above" in page
    assert "1,995 rows left out" in page and page.count("<tr>") < 1_000


def test_a_file_that_cannot_be_opened_is_not_checked_and_the_others_are(tmp_path, capsys, monkeypatch):
    for name in ("secret.csv", "small.csv"):
        (tmp_path / name).write_text(SMALL)
    really_open = Path.open

    # The tests may run as a user whom no permission stops.
    def open_unless_secret(path, *arguments, **options):
        if path.name == "secret.csv":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_unless_secret)
    assert run(["check-outputs", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "it cannot be opened: Permission denied" in told and "1 block, 1 not checked" in told
