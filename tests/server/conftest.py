"""A small jobs site for its tests: people of each role, two projects, two backends, a study in git.

This folder runs as its own pytest process, because a process can hold only one Django site.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from server_study import PIPELINE, git

SETTINGS = "armslength.server.settings"
HERE_ALONE = os.environ.get("DJANGO_SETTINGS_MODULE", SETTINGS) == SETTINGS
if HERE_ALONE:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "ARMSLENGTH_SERVER_FOLDER": tempfile.mkdtemp(prefix="server-tests-"),
        "ARMSLENGTH_SERVER_SECRET_KEY": secrets.token_urlsafe(48),
        "ARMSLENGTH_SERVER_HOSTS": "testserver,localhost,127.0.0.1",
        "ARMSLENGTH_SERVER_HTTPS": "off",
        "ARMSLENGTH_SERVER_LOCAL_REPOSITORIES": "on",
        "ARMSLENGTH_SERVER_LEDGER_ORIGIN": "https://jobs.test",
    }
    import django

    django.setup()
else:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A repository with a pipeline of two actions."""
    folder = tmp_path / "study"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "project.yaml").write_text(PIPELINE)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Rates of falls")
    return folder


@dataclass
class World:
    """Everything the site knows in a test."""

    people: dict[str, Any]
    project: Any
    other_project: Any
    backend: Any
    other_backend: Any
    workspace: Any
    tokens: dict[str, str]
    now: Any
    extra: dict[str, Any] = field(default_factory=dict)

    def browser(self, name: str | None = None) -> Any:
        """Return a browser of a person, or of the public."""
        from django.test import Client

        client = Client(enforce_csrf_checks=False)
        if name:
            client.force_login(self.people[name])
        return client

    def call(self, method: str, path: str, body: Any = None, *, token: str = "runner", **headers: str) -> Any:
        """Call the API as a backend; `token` is a name of `tokens` or a token itself."""
        from django.test import Client

        content = body.to_json() if hasattr(body, "to_json") else body
        if isinstance(content, str):
            content = content.encode()
        bearer = {"Authorization": f"Bearer {self.tokens.get(token, token)}"} if token else {}
        return Client().generic(
            method,
            f"/api/v1/{path}",
            content or b"",
            content_type="application/json",
            headers=bearer | headers,
        )

    def ask(self, *, by: str = "ann") -> Any:
        """Ask for a run of everything."""
        from armslength.server.features.requests import actions
        from armslength.server.features.requests.repository import Head

        wish = actions.Wish(head=Head("a" * 40, "Rates of falls", PIPELINE), actions=["run_all"])
        return actions.make_request(self.workspace, wish=wish, by=self.people[by], now=self.now)


ROLES = {
    "ann": ("researcher", "secure_researcher"),
    "bola": ("output_checker",),
    "chen": ("output_checker",),
    "dilys": ("publisher",),
    "eva": ("information_governance",),
    "farid": ("collaborator",),
    "gwen": ("co_pilot",),
    "hal": ("service_staff",),
    "ivy": (),
}


@pytest.fixture
def world(db: None, study: Path, settings: Any, tmp_path: Path) -> World:
    """A site with people of each role."""
    from armslength.kernel.clock import utc_now
    from armslength.policy.roles import ROLES as FACTS
    from armslength.policy.roles import ProjectState, Role, Scope
    from armslength.server.features.ledger.actions import begin
    from armslength.server.features.staff import actions as staff
    from armslength.server.features.workspaces.actions import create_workspace
    from armslength.server.models import Project, Workspace
    from armslength.server.models.backends import Verb

    # Slow on purpose, and what it protects is not what these tests are about.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RELEASES_FOLDER = tmp_path / "released"
    now = utc_now()
    begin(at=now)
    people = {
        name: staff.create_person(name, name=name.capitalize(), email="", password="", by=None, now=now)
        for name in ROLES
    }

    def project(slug: str) -> Project:
        row = Project(slug=slug, title=slug.capitalize(), summary="Why?", organisation="Northmoor", number="")
        made = staff.create_project(row, by=None, now=now)
        return staff.move_project(made, ProjectState.ONGOING, approval="Minute 1", by=None, now=now)

    mine, other = project("falls"), project("asthma")
    for name, roles in ROLES.items():
        for role in map(Role, roles):
            where = mine if FACTS[role].scope is Scope.PROJECT else None
            staff.give_role(people[name], role, project=where, term=staff.Term("test"), by=None, now=now)
    north = staff.create_backend("north", name="North", by=None, now=now)
    south = staff.create_backend("south", name="South", by=None, now=now)
    tokens = {
        f"{prefix}{verb.value}": staff.create_token(backend, verb, by=None, now=now)
        for prefix, backend in (("", north), ("south-", south))
        for verb in Verb
    }
    row = Workspace(
        name="falls-main", project=mine, repository=str(study), branch="main", backend=north, purpose="Why"
    )
    workspace = create_workspace(row, by=people["ann"], now=now)
    return World(people, mine, other, north, south, workspace, tokens, now)
