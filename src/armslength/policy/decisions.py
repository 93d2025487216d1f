"""Decisions: may this person do this, here, today? None, or the reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from armslength.policy.roles import (
    INTERNAL,
    MOVES,
    PERMISSIONS,
    ROLES,
    Category,
    Permission,
    ProjectState,
    Role,
    Scope,
)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role given to a person: where, from which day, and up to and including which day."""

    role: Role
    project: str | None = None  # None: the whole site
    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        why = why_not_scope(self.role, project=self.project)
        if why:
            raise ValueError(why)
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a grant cannot end on {self.end}, before it starts on {self.start}")

    def counts_on(self, day: date) -> bool:
        """Say whether the grant is in force on a day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a decision needs to know about a project."""

    slug: str
    category: Category
    state: ProjectState


def why_not(
    permission: Permission,
    *,
    grants: Iterable[Grant],
    project: Project | None = None,
    today: date,
    support_reason: str = "",
) -> str | None:
    """Return why somebody with these grants may not do this today, or None when they may.

    `support_reason` says why somebody acts on a project as technical support; it belongs in the ledger.

    >>> ann = Grant(role=Role.RESEARCHER, project="rates", start=date(2030, 1, 1))
    >>> rates = Project(slug="rates", category=Category.RESEARCH, state=ProjectState.FINISHED)
    >>> why_not(Permission.JOB_RUN, grants=[ann], project=rates, today=date(2030, 1, 2))
    'The project is finished; this needs a project that is ongoing'
    """
    states = PERMISSIONS[permission].states
    if states is None:
        return _verdict(_why_not_by(grant, permission, today=today) for grant in grants)
    if project is None:
        return "This is always done on a project, and no project was named"
    if project.state not in states:
        return f"The project is {project.state}; this needs a project that is {_either(states)}"
    if permission is Permission.SQLRUNNER_RUN and project.category not in INTERNAL:
        return "Actions written in SQL run on internal projects only"
    return _verdict(
        _why_not_on_project(grant, permission, project=project, today=today, support_reason=support_reason)
        for grant in grants
    )


def permissions_of(
    *, grants: Iterable[Grant], project: Project | None = None, today: date
) -> frozenset[Permission]:
    """Return everything that somebody with these grants may do today, on this project or on the site."""
    held = tuple(grants)
    return frozenset(
        permission
        for permission, facts in PERMISSIONS.items()
        if (facts.states is None) == (project is None)
        and why_not(permission, grants=held, project=project, today=today) is None
    )


def why_not_scope(role: Role, *, project: str | None) -> str | None:
    """Return why a role cannot be given with this reach, or None."""
    if ROLES[role].scope is Scope.PROJECT and project is None:
        return f"The role {_words(role)} is given on a project, never on the whole site"
    if ROLES[role].scope is Scope.GLOBAL and project is not None:
        return f"The role {_words(role)} is given on the whole site, never on one project"
    return None


def why_not_give(
    role: Role, *, by: str, to: str, grants: Iterable[Grant], project: Project | None = None, today: date
) -> str | None:
    """Return why `by`, who holds these grants, may not give this role to `to` (or end it), or None."""
    if by == to:
        return "Nobody gives or ends a role of their own; ask a colleague"
    why = why_not_scope(role, project=project.slug if project else None)
    if why:
        return why
    facts = ROLES[role]
    if project is not None and project.category not in facts.categories:
        kinds = _either(facts.categories)
        return f"The role {_words(role)} is only for projects of the kind {kinds}; this is {_words(project.category)}"
    needed = Permission.USER_MANAGE if project is None else Permission.USER_EDIT_PROJECT_ROLES
    return why_not(needed, grants=grants, today=today)


def why_not_move(state: ProjectState, *, to: ProjectState) -> str | None:
    """Return why a project in this state cannot move to another, or None."""
    return None if to in MOVES[state] else f"A project that is {state} cannot become {to}"


def _verdict(answers: Iterable[str | None]) -> str | None:
    """Return None if one grant is enough; else the first refusal that has something to say."""
    closest = ""
    for answer in answers:
        if answer is None:
            return None
        closest = closest or answer
    return closest or "You hold no role that allows this"


def _why_not_by(grant: Grant, permission: Permission, *, today: date) -> str | None:
    """Return None if the grant holds the permission and is in force; "" if it is about something else."""
    if permission not in ROLES[grant.role].permissions:
        return ""
    if today < grant.start:
        return f"Your role as {_words(grant.role)} starts on {grant.start}"
    if not grant.counts_on(today):
        return f"Your role as {_words(grant.role)} ended on {grant.end}"
    return None


def _why_not_on_project(
    grant: Grant, permission: Permission, *, project: Project, today: date, support_reason: str
) -> str | None:
    if grant.project not in (None, project.slug):
        return ""
    why = _why_not_by(grant, permission, today=today)
    if why is not None:
        return why
    facts = ROLES[grant.role]
    if project.state not in facts.states:
        return f"Your role as {_words(grant.role)} counts only while the project is {_either(facts.states)}"
    if project.category in facts.categories:
        return None
    if not facts.support_only:
        return f"The role {_words(grant.role)} does not count on {_words(project.category)} projects"
    if not support_reason.strip():
        return "You are not on this project: say why technical support is needed"
    return None


def _either(names: Iterable[str]) -> str:
    *rest, last = sorted(_words(name) for name in names)
    return f"{', '.join(rest)} or {last}" if rest else last


def _words(name: str) -> str:
    return name.replace("_", " ")
