"""Set up people, roles, projects and backends. Each change that grants something goes into the ledger with it.

`by` is the member of staff; None stands for whoever holds the shell of the server, recorded as `server`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models

from armslength.kernel.errors import Mistake
from armslength.ledger import Kind
from armslength.policy import decisions
from armslength.policy.roles import Permission, ProjectState, Role
from armslength.server import access
from armslength.server.features.api.authentication import hash_of
from armslength.server.features.ledger.actions import record, recording
from armslength.server.models import Backend, BackendToken, Grant, Person, Project
from armslength.server.models.backends import Verb


def _name_of(by: Person | None) -> str:
    return by.username if by else "server"


def _checked(row: models.Model, *, what: str) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Mistake("S060", f"this {what} cannot be saved: {name}: {messages[0]}", where=name) from None


def create_person(
    username: str, *, name: str, email: str, password: str, by: Person | None, now: datetime
) -> Person:
    """Open an account. S060: bad or taken name; S061: weak password. With an empty one nobody signs in."""
    if by:
        access.refuse(access.why_not(by, Permission.USER_MANAGE))
    person = Person(username=username, name=name, email=email, joined_at=now)
    if password:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Mistake(
                "S061", f"this password is too weak: {' '.join(error.messages)}", where=username
            ) from None
        person.set_password(password)
    else:
        person.set_unusable_password()
    _checked(person, what="account")
    person.save()
    return person


def close_account(person: Person, *, by: Person, now: datetime) -> Person:
    """End every role of a person and close their account. Nothing they did is forgotten."""
    access.refuse(access.why_not(by, Permission.USER_MANAGE))
    with recording():
        for grant in person.grants.filter(ended_at=None).select_related("project", "person"):
            end_role(grant, by=by, now=now)
        person.is_active, person.token_hash, person.token_until = False, "", None
        person.save(update_fields=["is_active", "token_hash", "token_until"])
    return person


@dataclass(frozen=True)
class Term:
    """How a role is given: why, and until which day."""

    reason: str
    end: date | None = None


def give_role(
    person: Person, role: Role, *, project: Project | None, term: Term, by: Person | None, now: datetime
) -> Grant:
    """Give a role, everywhere or on a project; the ledger records it."""
    policy_project = access.for_policy(project) if project else None
    if by:
        access.refuse(
            decisions.why_not_give(
                role,
                by=by.username,
                to=person.username,
                grants=access.grants_of(by),
                project=policy_project,
                today=now.date(),
            )
        )
    elif reason := decisions.why_not_scope(role, project=project.slug if project else None):
        raise Mistake("S062", reason, where=person.username)
    if term.end and term.end < now.date():
        raise Mistake("S062", "a role cannot end before today", where=person.username)
    with recording():
        if person.grants.filter(role=role, project=project, ended_at=None).exists():
            raise Mistake("S062", f"{person.username} holds this role already", where=person.username)
        grant = Grant.objects.create(
            person=person,
            role=role,
            project=project,
            start=now.date(),
            end=term.end,
            reason=term.reason,
            granted_by=by,
            granted_at=now,
        )
        _record_grant(grant, given=True, by=by, now=now)
    person.__dict__.pop("policy_grants", None)
    return grant


def end_role(grant: Grant, *, by: Person | None, now: datetime) -> Grant:
    """Take a role back, from this moment."""
    if by:
        access.refuse(
            decisions.why_not_give(
                Role(grant.role),
                by=by.username,
                to=grant.person.username,
                grants=access.grants_of(by),
                project=access.for_policy(grant.project) if grant.project else None,
                today=now.date(),
            )
        )
    with recording():
        if Grant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=now, ended_by=by):
            _record_grant(grant, given=False, by=by, now=now)
    grant.refresh_from_db()
    return grant


def _record_grant(grant: Grant, *, given: bool, by: Person | None, now: datetime) -> None:
    body = {
        "person": grant.person.username,
        "role": str(grant.role),
        "project": grant.project.slug if grant.project else None,
        "change": "given" if given else "ended",
        "last_day": grant.end.isoformat() if grant.end else None,
    }
    record(Kind.GRANT, actor=_name_of(by), subject=f"person:{grant.person.username}", body=body, at=now)


def create_project(project: Project, *, by: Person | None, now: datetime) -> Project:
    """Register a proposed project. Give it an unsaved row; S060 says what is wrong with it."""
    if by:
        access.refuse(access.why_not(by, Permission.PROJECT_CREATE))
    project.state, project.created_at, project.created_by = ProjectState.PROPOSED, now, by
    _checked(project, what="project")
    with recording():
        project.save()
        _record_project(project, by=by, now=now)
    return project


def move_project(
    project: Project, to: ProjectState, *, approval: str, by: Person | None, now: datetime
) -> Project:
    """Approve, suspend, finish or reject a project. An approval names who approved it, and where that is written."""
    if by:
        access.refuse(access.why_not(by, Permission.PROJECT_APPROVE))
    with recording():
        project = Project.objects.get(pk=project.pk)
        if reason := decisions.why_not_move(ProjectState(project.state), to=to):
            raise Mistake("S063", reason, where=project.slug)
        if to is ProjectState.ONGOING:
            if not (approval or project.approval):
                raise Mistake("S063", "an approval must say who approved, and where", where=project.slug)
            project.approval, project.approved_at = approval or project.approval, now
        project.finished_at = now if to is ProjectState.FINISHED else None
        project.state = to
        project.save()
        _record_project(project, by=by, now=now)
    return project


def _record_project(project: Project, *, by: Person | None, now: datetime) -> None:
    body = {
        "project": project.slug,
        "title": project.title,
        "number": project.number,
        "category": str(project.category),
        "organisation": project.organisation,
        "state": str(project.state),
        "approval": project.approval,
    }
    record(Kind.PROJECT, actor=_name_of(by), subject=f"project:{project.slug}", body=body, at=now)


def create_backend(
    slug: str, *, name: str, description: str = "", by: Person | None, now: datetime
) -> Backend:
    """Register a secure environment."""
    if by:
        access.refuse(access.why_not(by, Permission.BACKEND_MANAGE))
    backend = Backend(slug=slug, name=name, description=description, created_at=now)
    _checked(backend, what="backend")
    backend.save()
    return backend


def pause_backend(backend: Backend, *, because: str, by: Person) -> Backend:
    """Take no more requests, for a reason people are shown; an empty reason opens it again."""
    access.refuse(access.why_not(by, Permission.BACKEND_MANAGE))
    backend.paused_because = because.strip()[:300]
    backend.save(update_fields=["paused_because"])
    return backend


def create_token(backend: Backend, verb: Verb, *, by: Person | None, now: datetime) -> str:
    """Make a token and return it, the only time it can be read. Older ones keep working until revoked."""
    if by:
        access.refuse(access.why_not(by, Permission.BACKEND_MANAGE))
    token = f"al_{verb.value}_{secrets.token_urlsafe(32)}"
    BackendToken.objects.create(
        backend=backend, verb=verb, sha256=hash_of(token), created_at=now, created_by=by
    )
    return token


def revoke_token(token: BackendToken, *, by: Person, now: datetime) -> None:
    """Stop a token from working."""
    access.refuse(access.why_not(by, Permission.BACKEND_MANAGE))
    BackendToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
