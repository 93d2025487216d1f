"""A runner in a process of its own against a real ledger, with a study of two actions."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs_site import JobsSite, make_study, write_inside

PROJECT = """
version: '5.0'
actions:
  people:
    run: python:v2 python analysis/people.py
    outputs:
      highly_sensitive:
        rows: outputs/people.csv
  rates:
    run: python:v2 analysis/rates.py
    needs: [people]
    outputs:
      moderately_sensitive:
        table: outputs/rates*.csv
"""
PEOPLE = """
import time
with open('outputs/people.csv', 'a') as file:
    file.write('patient_id,age\\n')
time.sleep(SECONDS)
print('people done')
"""
RATES = """
print('SECRET' if 'DATABASE_URL' in __import__('os').environ else 'no database')
rows = open('outputs/people.csv').read()
open('outputs/rates.csv', 'w').write('group,count\\nall,100\\n')
open('outputs/rates_bad.csv', 'w').write('Patient ID;n\\n1;2\\n')
"""


class Inside:
    """A runner in a process of its own, and everything around it."""

    def __init__(self, folder: Path, *, seconds: float = 0) -> None:
        self.folder = folder
        self.site = JobsSite()
        self.study = folder / "study"
        self.repository, self.commit = self.push(
            {
                "project.yaml": PROJECT,
                "analysis/people.py": PEOPLE.replace("SECONDS", str(seconds)),
                "analysis/rates.py": RATES,
            }
        )
        self.configuration = write_inside(folder, site=self.site, repository=self.repository)
        self.process: subprocess.Popen[bytes] | None = None

    def push(self, files: dict[str, str]) -> tuple[str, str]:
        return make_study(self.study, files)

    def ask(self, **fields: Any) -> str:
        return self.site.ask(**({"repository": self.repository, "commit": self.commit} | fields))

    def allow(self, *environments: str, actions: str = "") -> None:
        """Let the project use more environments, and add tables of reusable actions to the policy."""
        path = self.folder / "policy.toml"
        named = "".join(f', "{name}"' for name in environments)
        path.write_text(path.read_text().replace('"ehrql:v1"]', f'"ehrql:v1"{named}]') + actions)

    def start(self) -> None:
        log = (self.folder / "runner.log").open("ab")
        line = [sys.executable, "-m", "armslength", "runner", "run", "--config", str(self.configuration)]
        self.process = subprocess.Popen(line, stdout=log, stderr=log)
        log.close()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def wait(self, ready: Callable[[], object], *, seconds: float = 40) -> None:
        until = time.monotonic() + seconds
        while not ready():
            assert self.process is None or self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)

    def wait_over(self, request: str, *, seconds: float = 60) -> str:
        over = ("refused", "succeeded", "failed", "cancelled")
        self.wait(
            lambda: request in self.site.requests and self.site.requests[request].state in over,
            seconds=seconds,
        )
        return self.site.requests[request].state.value

    def query(self, sql: str) -> list[Any]:
        path = self.folder / "state" / "jobs.sqlite3"
        if not path.exists():
            return []
        database = sqlite3.connect(path)
        try:
            return database.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            database.close()

    def wait_for_policy(self) -> None:
        """Wait until the policy was read anew, which is done before each poll."""
        polls = self.site.polls
        self.wait(lambda: self.site.polls >= polls + 2)

    def log(self) -> str:
        return (self.folder / "runner.log").read_text()

    def level(self, number: int, path: str) -> Path:
        return (
            self.folder
            / {3: "high_privacy", 4: "medium_privacy"}[number]
            / "workspaces"
            / "trial-main"
            / path
        )
