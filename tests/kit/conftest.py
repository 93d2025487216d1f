"""A new backend package that was just made and installed, away from this environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from armslength.cli import run

Perform = Callable[..., subprocess.CompletedProcess[str]]


def install(project: Path, target: Path) -> None:
    """Install a package as a wheel would: its modules and its entry points, in a folder of its own.

    No network is needed, so no build tool is fetched: what a build tool would write is written here.
    """
    described = tomllib.loads((project / "pyproject.toml").read_text())
    (module,) = described["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    target.mkdir()
    (target / Path(module).name).symlink_to(project / module)
    name, version = described["project"]["name"], described["project"]["version"]
    information = target / f"{name.replace('-', '_')}-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    points = [
        f"[{group}]\n" + "".join(f"{key} = {place}\n" for key, place in entries.items())
        for group, entries in described["project"]["entry-points"].items()
    ]
    (information / "entry_points.txt").write_text("\n".join(points))


@pytest.fixture
def perform(tmp_path: Path) -> Perform:
    """Run Python where the packages in `installed` are installed."""

    def run_it(*arguments: str, within: Path, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "OPENSAFELY"))
        }
        environment = kept | {"PYTHONPATH": str(tmp_path / "installed")} | more
        argv = [sys.executable, *arguments]
        return subprocess.run(
            argv, cwd=within, env=environment, capture_output=True, text=True, timeout=1000, check=False
        )

    return run_it


@pytest.fixture
def new_backend(tmp_path: Path) -> Callable[..., Path]:
    """Make and install a backend for some contracts."""

    def make(name: str, *contracts: str) -> Path:
        folder = tmp_path / name
        options = [f"--contracts={','.join(contracts)}"] if contracts else []
        assert run(["backend", "init", name, "--folder", str(folder), *options]) == 0
        install(folder, tmp_path / "installed")
        return folder

    return make
