"""Run and administer the jobs site. Passwords are read from a file or from standard input, never from arguments."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake

app = typer.Typer(help="Run and administer the jobs site outside.", no_args_is_help=True)
SETTINGS = "armslength.server.settings"
FromFile = Annotated[
    Path | None, typer.Option(help="Read it from this file; `-` or nothing: from standard input.")
]


def _start() -> None:
    """Load Django with this site's settings; a missing setting is a mistake, told in one line."""
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
    except ImportError:
        raise Mistake(
            "S070", "the jobs site is not installed", hint="pip install 'armslength[server]'", exit_status=2
        ) from None
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Mistake(
            "S071",
            f"the site is not configured: {error}",
            hint="see docs/how-to/run-the-server.md",
            exit_status=2,
        ) from None


def _read_secret(path: Path | None) -> str:
    if path and str(path) != "-":
        try:
            return path.read_text().strip()
        except OSError as error:
            raise Mistake("S072", f"this file cannot be read: {error.strerror}", where=str(path)) from None
    return sys.stdin.readline().rstrip("\n")


def _find(kind: str, name: str) -> Any:
    from armslength.server import models

    model, column = {
        "person": (models.Person, "username"),
        "project": (models.Project, "slug"),
        "backend": (models.Backend, "slug"),
    }[kind]
    rows = model._default_manager
    found = rows.filter(**{column: name}).first()
    if found is None:
        known = ", ".join(rows.values_list(column, flat=True)[:20]) or "none"
        raise Mistake("S073", f"there is no {kind} `{name}`", hint=f"known: {known}")
    return found


@app.command()
def migrate() -> None:
    """Bring the database up to date; make the ledger's key and first entry if there are none. Safe to repeat."""
    from armslength.kernel.errors import Mistake as Problem

    _start()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError

    from armslength.server.features.ledger.actions import begin

    settings.FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise Problem(
            "S074", f"the database cannot be used: {error}", where="ARMSLENGTH_SERVER_DATABASE"
        ) from None
    entry = begin(at=utc_now())
    print(f"database up to date; ledger of {entry.body['site']}, public key {entry.body['public_key']}")


@app.command()
def run(
    bind: Annotated[str, typer.Option(help="Address and port to listen on.")] = "127.0.0.1:8000",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads in each.")] = 4,
) -> None:
    """Serve the site with gunicorn until stopped."""
    _start()
    from armslength.server.features.ledger.actions import ledger

    ledger().begin(site=_origin(), at=utc_now())  # refuses to serve with the key of another ledger
    sys.argv = ["gunicorn"]
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            options = {
                "bind": bind,
                "workers": workers,
                "threads": threads,
                "timeout": 60,
                "graceful_timeout": 10,
            }
            for name, value in {**options, "accesslog": None, "control_socket_disable": True}.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from armslength.server.wsgi import application

            return application

    Site().run()


def _origin() -> str:
    from django.conf import settings

    return str(settings.LEDGER_ORIGIN)


@app.command("create-person")
def create_person(
    username: str,
    name: Annotated[str, typer.Option(help="The full name.")],
    email: Annotated[str, typer.Option(help="Where to write to.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="A role on the whole site; may be repeated.")] = None,
    password_file: FromFile = None,
) -> None:
    """Open an account. The password is the first line of --password-file or of standard input."""
    _start()
    from armslength.server.features.staff import actions

    now = utc_now()
    roles = [_role(each) for each in role or []]
    person = actions.create_person(
        username, name=name, email=email, password=_read_secret(password_file), by=None, now=now
    )
    for each in roles:
        actions.give_role(
            person, each, project=None, term=actions.Term("set up on the server"), by=None, now=now
        )
    print(f"account {username}" + (f", {', '.join(each.value for each in roles)}" if roles else ""))


def _role(name: str) -> Any:
    from armslength.policy.roles import Role

    try:
        return Role(name)
    except ValueError:
        raise Mistake("S073", f"there is no role `{name}`", hint=f"roles: {', '.join(Role)}") from None


@app.command("give-role")
def give_role(
    username: str,
    role: str,
    project: Annotated[str | None, typer.Option(help="On this project only.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the role.")] = "set up on the server",
    last_day: Annotated[str | None, typer.Option(help="YYYY-MM-DD: the last day on which it counts.")] = None,
) -> None:
    """Give a person a role, on the whole site or on one project."""
    _start()
    from armslength.server.features.staff import actions

    try:
        end = date.fromisoformat(last_day) if last_day else None
    except ValueError:
        raise Mistake("S072", f"`{last_day}` is not a day such as 2030-12-31", where="--last-day") from None
    actions.give_role(
        _find("person", username),
        _role(role),
        project=_find("project", project) if project else None,
        term=actions.Term(reason, end),
        by=None,
        now=utc_now(),
    )
    print(f"{username} is {role}" + (f" on {project}" if project else ""))


@app.command("create-project")
def create_project(
    slug: str,
    title: Annotated[str, typer.Option()],
    summary: Annotated[str, typer.Option(help="For readers who are not researchers.")],
    organisation: Annotated[str, typer.Option()],
    number: Annotated[str, typer.Option()] = "",
    category: Annotated[str, typer.Option(help="research, service_evaluation, audit, …")] = "research",
    approval: Annotated[
        str, typer.Option(help="Who approved it, and where; makes the project ongoing.")
    ] = "",
) -> None:
    """Register a project, and approve it if the approval is named."""
    _start()
    from armslength.policy.roles import ProjectState
    from armslength.server.features.staff import actions
    from armslength.server.models import Project

    row = Project(
        slug=slug, title=title, summary=summary, organisation=organisation, number=number, category=category
    )
    project = actions.create_project(row, by=None, now=utc_now())
    if approval:
        project = actions.move_project(
            project, ProjectState.ONGOING, approval=approval, by=None, now=utc_now()
        )
    print(f"project {slug}, {project.state}")


@app.command("create-backend")
def create_backend(slug: str, name: Annotated[str, typer.Option()], description: str = "") -> None:
    """Register a secure environment."""
    _start()
    from armslength.server.features.staff import actions

    actions.create_backend(slug, name=name, description=description, by=None, now=utc_now())
    print(f"backend {slug}")


@app.command("create-backend-token")
def create_backend_token(
    backend: str,
    verb: Annotated[str, typer.Argument(help="runner or airlock")],
    to: Annotated[
        Path | None, typer.Option(help="Write it to this new file, readable by its owner only.")
    ] = None,
) -> None:
    """Make a token for a backend's runner or airlock. It is written or shown once."""
    _start()
    from armslength.server.features.staff import actions
    from armslength.server.models.backends import Verb

    if verb not in Verb.values:
        raise Mistake("S073", f"there is no verb `{verb}`", hint=f"verbs: {', '.join(Verb.values)}")
    found = _find("backend", backend)
    if to is None:
        print(actions.create_token(found, Verb(verb), by=None, now=utc_now()))
        return
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Mistake("S072", f"this file cannot be made: {error.strerror}", where=str(to)) from None
    with os.fdopen(descriptor, "w") as file:
        file.write(actions.create_token(found, Verb(verb), by=None, now=utc_now()) + "\n")
    print(f"token for the {verb} of {backend} in {to}")


@app.command("create-workspace")
def create_workspace(
    name: str,
    project: Annotated[str, typer.Option()],
    repository: Annotated[str, typer.Option()],
    backend: Annotated[str, typer.Option()],
    purpose: Annotated[str, typer.Option()],
    by: Annotated[str, typer.Option(help="The member of the project for whom it is made.")],
    branch: Annotated[str, typer.Option()] = "main",
) -> None:
    """Make a workspace for a member of a project."""
    _start()
    from django.core.exceptions import PermissionDenied

    from armslength.server.features.workspaces.actions import create_workspace as create
    from armslength.server.models import Workspace

    row = Workspace(
        name=name,
        project=_find("project", project),
        repository=repository,
        branch=branch,
        backend=_find("backend", backend),
        purpose=purpose,
    )
    try:
        create(row, by=_find("person", by), now=utc_now())
    except PermissionDenied as denied:
        raise Mistake("S065", f"{by} may not do this: {denied}", where=project) from None
    print(f"workspace {name}")
