"""The guide that connects a database is followed to the letter, by a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "how-to" / "connect-a-database.md"
# A file is named in the line before its text, which ends with a colon.
BLOCK = re.compile(r"^(?:[^\n`]*`([^\n`]+)`:\n\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = """\
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from conftest import install
install(Path.cwd(), Path({target!r}))
"""


def script(text: str) -> tuple[str, list[str]]:
    """Return what the page does, as one shell script, and what it says is printed."""
    lines, printed = ["set -e"], []
    for name, kind, body in BLOCK.findall(text):
        if kind == "console":
            lines += [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")]
            printed += [line for line in body.splitlines() if not line.startswith("$ ")]
        else:
            assert name, f"a block of {kind} belongs to no file"
            lines.append(f"cat > {name} <<'END OF FILE'\n{body}END OF FILE")
    return "\n".join(lines) + "\n", printed


def programs(folder: Path, *, target: Path) -> Path:
    """Put what the page calls on a path of its own. `pip` needs no network here: it installs the package alone."""
    folder.mkdir()
    for name in ("armslength", "ehrql", "pytest"):
        (folder / name).write_text(f'#!/bin/sh\nexec {sys.executable} -m {name} "$@"\n')
    (folder / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (folder / "install.py").write_text(INSTALL.format(here=str(HERE), target=str(target)))
    (folder / "pip").write_text(f"#!/bin/sh\nexec {sys.executable} {folder}/install.py\n")
    for path in folder.iterdir():
        path.chmod(0o755)
    return folder


@pytest.fixture
def records(postgresql: str) -> Iterator[str]:
    """The address of an empty database on a server, which is gone afterwards."""
    name = f"records_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    base, _, options = postgresql.partition("?")
    yield f"{base.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.timeout(1200)
def test_the_guide_leads_to_a_database_that_is_queried(tmp_path: Path, records: str) -> None:
    commands, printed = script(PAGE.read_text())
    assert commands.count("\npytest") == 3 and len(printed) == 4
    found = programs(tmp_path / "bin", target=tmp_path / "installed")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "OPENSAFELY"))}
    environment = kept | {
        "PATH": f"{found}:{os.environ['PATH']}",
        "PYTHONPATH": str(tmp_path / "installed"),
        "PYTEST_ADDOPTS": "-q -p no:cacheprovider",
        "RECORDS": records,
    }
    (tmp_path / "work").mkdir()
    done = subprocess.run(
        ["bash", "-c", commands],
        cwd=tmp_path / "work",
        env=environment,
        capture_output=True,
        text=True,
        timeout=1000,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n".join(printed) in done.stdout
    for page in ("verdict.html", "server.html"):
        assert (tmp_path / "work/north-trust" / page).stat().st_size > 1000
    with psycopg.connect(records) as connection:
        assert connection.execute("SELECT COUNT(*) FROM journal").fetchone() == (5,)
