"""Fill the jobs site of a stage: people, roles, the project, the backend, its tokens, the workspace.

Run as a program of its own (`python -m armslength.cli.stage.outside STAGE.json`), because Django can be set up
once in a process and the commands that play on a stage are clients of two sites.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armslength.kernel.clock import utc_now

if TYPE_CHECKING:  # the models can be loaded only once Django is set up
    from armslength.server.models import Backend, Person, Project


def fill(instructions: dict[str, Any]) -> str:
    """Carry out the instructions and return the ledger's public key. Safe to repeat."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "armslength.server.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from armslength.server.features.ledger.actions import begin

    call_command("migrate", verbosity=0, interactive=False)
    key = str(begin(at=utc_now()).body["public_key"])
    people = _people(instructions["people"])
    project = _project(instructions["project"])
    _roles(instructions["people"], people=people, project=project)
    backend = _backend(instructions)
    _workspace(instructions["workspace"], project=project, backend=backend, people=people)
    return key


def _people(wanted: list[dict[str, Any]]) -> dict[str, Person]:
    from armslength.server.features.staff import actions
    from armslength.server.models import Person

    people = {}
    for one in wanted:
        person = Person.objects.filter(username=one["username"]).first()
        people[one["username"]] = person or actions.create_person(
            one["username"], name=one["name"], email="", password=one["password"], by=None, now=utc_now()
        )
    return people


def _project(wanted: dict[str, str]) -> Project:
    from armslength.policy.roles import ProjectState
    from armslength.server.features.staff import actions
    from armslength.server.models import Project

    found = Project.objects.filter(slug=wanted["slug"]).first()
    if found:
        return found
    row = Project(
        slug=wanted["slug"],
        title=wanted["title"],
        summary=wanted["summary"],
        organisation="University of Northshire",
        number="12",
        category="research",
    )
    project = actions.create_project(row, by=None, now=utc_now())
    approval = "Ida Ingram, information governance, for this machine only"
    return actions.move_project(project, ProjectState.ONGOING, approval=approval, by=None, now=utc_now())


def _roles(wanted: list[dict[str, Any]], *, people: dict[str, Person], project: Project) -> None:
    from armslength.policy.roles import Role
    from armslength.server.features.staff import actions

    for one in wanted:
        person = people[one["username"]]
        for name, on in [(role, None) for role in one["roles"]] + [
            (role, project) for role in one["project_roles"]
        ]:
            if not person.grants.filter(role=name, project=on, ended_at=None).exists():
                term = actions.Term("set up with the stage")
                actions.give_role(person, Role(name), project=on, term=term, by=None, now=utc_now())


def _backend(instructions: dict[str, Any]) -> Backend:
    from armslength.server.features.staff import actions
    from armslength.server.models import Backend
    from armslength.server.models.backends import Verb

    wanted = instructions["backend"]
    backend = Backend.objects.filter(slug=wanted["slug"]).first()
    if backend is None:
        backend = actions.create_backend(
            wanted["slug"], name=wanted["name"], description="", by=None, now=utc_now()
        )
    for verb, path in instructions["tokens"].items():
        if not Path(path).exists():
            Path(path).touch(mode=0o600)
            Path(path).write_text(actions.create_token(backend, Verb(verb), by=None, now=utc_now()) + "\n")
    return backend


def _workspace(
    wanted: dict[str, str], *, project: Project, backend: Backend, people: dict[str, Person]
) -> None:
    from armslength.server.features.workspaces.actions import create_workspace
    from armslength.server.models import Workspace

    if not Workspace.objects.filter(name=wanted["name"]).exists():
        row = Workspace(
            name=wanted["name"],
            project=project,
            repository=wanted["repository"],
            branch="main",
            backend=backend,
            purpose="Main analysis",
        )
        create_workspace(row, by=people[wanted["by"]], now=utc_now())


if __name__ == "__main__":
    print(fill(json.loads(Path(sys.argv[1]).read_text())))
