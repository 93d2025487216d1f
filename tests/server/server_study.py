"""A small study in a git repository, for the tests of the site."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PIPELINE = """\
version: '4.0'
actions:
  generate_dataset:
    run: ehrql:v1 generate-dataset analysis/dataset.py --output output/dataset.arrow
    outputs:
      highly_sensitive:
        dataset: output/dataset.arrow
  rates:
    run: python:v2 analysis/rates.py
    needs: [generate_dataset]
    outputs:
      moderately_sensitive:
        table: output/rates.csv
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder with a name and nothing else of ours."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
