"""Where everything of a stage lies: one folder for the outside, one for the inside."""

from __future__ import annotations

import secrets
import socket
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from armslength.cli.stage.cast import Play, examples
from armslength.kernel.errors import Mistake
from armslength.kernel.files import write_text


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage's folders and addresses."""

    folder: Path
    play: Play
    store: Path
    server_port: int
    airlock_port: int

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def inside(self) -> Path:
        return self.folder / "inside"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def airlock(self) -> str:
        return f"http://127.0.0.1:{self.airlock_port}"

    @property
    def repository(self) -> Path:
        return self.outside / "repositories" / f"{self.play.study}.git"

    @property
    def ledger_key(self) -> Path:
        return self.outside / "ledger-key.pem"

    @property
    def runner_token(self) -> Path:
        return self.inside / "runner-token"

    @property
    def airlock_token(self) -> Path:
        return self.inside / "airlock-token"

    @property
    def policy(self) -> Path:
        return self.inside / "policy.toml"

    @property
    def runner_configuration(self) -> Path:
        return self.inside / "runner.toml"

    @property
    def high_privacy(self) -> Path:
        return self.inside / "high_privacy"

    @property
    def medium_privacy(self) -> Path:
        return self.inside / "medium_privacy"

    @property
    def level4(self) -> Path:
        """The workspaces of level 4: written by the runner, read by the airlock."""
        return self.medium_privacy / "workspaces"

    def server_environment(self) -> dict[str, str]:
        """The jobs site's settings. Plain HTTP and a repository on this disk: for one machine only."""
        return {
            "ARMSLENGTH_SERVER_FOLDER": str(self.outside),
            "ARMSLENGTH_SERVER_SECRET_KEY_FILE": str(self.outside / "secret-key"),
            "ARMSLENGTH_SERVER_HOSTS": "127.0.0.1,localhost",
            "ARMSLENGTH_SERVER_HTTPS": "off",
            "ARMSLENGTH_SERVER_LOCAL_REPOSITORIES": "on",
            "ARMSLENGTH_SERVER_LEDGER_KEY": str(self.ledger_key),
            "ARMSLENGTH_SERVER_LEDGER_ORIGIN": "armslength-on-this-machine",
        }

    def airlock_environment(self) -> dict[str, str]:
        """The review site's settings."""
        return {
            "ARMSLENGTH_AIRLOCK_FOLDER": str(self.inside / "airlock"),
            "ARMSLENGTH_AIRLOCK_LEVEL4": str(self.level4),
            "ARMSLENGTH_AIRLOCK_SECRET_KEY_FILE": str(self.inside / "secret-key"),
            "ARMSLENGTH_AIRLOCK_HOSTS": "127.0.0.1,localhost",
            "ARMSLENGTH_AIRLOCK_HTTPS": "off",
            "ARMSLENGTH_AIRLOCK_SERVER": self.server,
            "ARMSLENGTH_AIRLOCK_BACKEND": self.play.backend,
            "ARMSLENGTH_AIRLOCK_TOKEN_FILE": str(self.airlock_token),
            "ARMSLENGTH_AIRLOCK_LEDGER_KEY_FILE": str(self.inside / "ledger-public-key"),
        }


def free_ports(count: int) -> list[int]:
    """Ask the system for ports nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def build(stage: Stage) -> None:
    """Lay out the folders, secrets and the study's repository. Safe to repeat."""
    folders = (
        stage.outside,
        stage.inside / "airlock",
        stage.inside / "state",
        stage.high_privacy,
        stage.level4,
        stage.logs,
        # Where collected static files would lie; the sites find theirs in the package.
        stage.outside / "static",
        stage.inside / "airlock" / "static",
    )
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    # The runner's jobs and the airlock are different people on a real machine; here at least nobody else looks in.
    stage.inside.chmod(0o700)
    for secret in (stage.outside / "secret-key", stage.inside / "secret-key"):
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(48))
    make_repository(examples() / stage.play.study, stage.repository)


def make_repository(study: Path, repository: Path) -> str:
    """Commit a study's folder into a new bare repository and return the commit. Safe to repeat."""
    if not repository.exists():
        repository.parent.mkdir(parents=True, exist_ok=True)
        _git("init", "--quiet", "--bare", "--initial-branch=main", str(repository), cwd=repository.parent)
    work = [f"--git-dir={repository}", f"--work-tree={study}"]
    try:
        return _git("rev-parse", "--verify", "--quiet", "main", cwd=repository).strip()
    except Mistake:
        pass
    _git(*work, "add", "--force", "--all", ".", cwd=study)
    author = ["-c", "user.name=Ann Adeyemi", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    _git(
        *author,
        *work,
        "commit",
        "--quiet",
        "--no-verify",
        "-m",
        "Statin prescribing: dataset, table, figure",
        cwd=study,
    )
    return _git("rev-parse", "main", cwd=repository).strip()


def write_inside(stage: Stage, *, ledger_key: str) -> None:
    """Write what the inside holds to: the policy, the runner's configuration and the pinned key."""
    write_text(stage.inside / "ledger-public-key", ledger_key + "\n")
    written = {
        stage.policy: _policy(stage, ledger_key=ledger_key),
        stage.runner_configuration: _runner_configuration(stage),
    }
    for path, text in written.items():
        tomllib.loads(text)
        write_text(path, text)


def _policy(stage: Stage, *, ledger_key: str) -> str:
    """Return the data provider's policy for this stage, as TOML."""
    return f"""\
version = 1
backend = "{stage.play.backend}"

[server]
url = "{stage.server}"
ledger_key = "{ledger_key}"

[limits]
memory_megabytes = 4000
minutes = 30
processes = 200
disk_megabytes = 4000
jobs_at_once = 2

[projects.{stage.play.project}]
repositories = ["file://{stage.repository}"]
branches = ["main"]
workspaces = ["{stage.play.workspace}"]
environments = ["ehrql:v1", "python:v2"]
data_permissions = []
approved_by = "Ida Ingram, for this machine only"
approved_on = 2026-01-01
expires_on = 2099-12-31
"""


def _runner_configuration(stage: Stage) -> str:
    """Return the runner's own configuration, as TOML."""
    return f"""\
[runner]
state = "state"
high_privacy = "high_privacy"
medium_privacy = "medium_privacy"
policy = "policy.toml"

[server]
token_file = "{stage.runner_token.name}"
poll_seconds = 1

[database]
folder = "{stage.store.resolve()}"
backend = "{stage.play.contracts}"
"""


def _git(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Mistake("X002", f"git failed: {done.stderr.strip() or done.returncode}", where=str(cwd))
    return done.stdout
