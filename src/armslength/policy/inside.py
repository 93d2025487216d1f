"""The inside policy: what the runner allows, whatever the server says. One file, read anew for every request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from armslength.policy.actions import ActionHome, read_homes
from armslength.policy.data_permissions import DataPermission, PopulationRule
from armslength.policy.reading import Reader, load
from armslength.policy.repositories import repository_is_allowed, why_not_rule
from armslength.wire.jobs import JobRequest

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}", re.ASCII)
BRANCH_PATTERN = re.compile(r"[A-Za-z0-9*][A-Za-z0-9*._/-]{0,199}", re.ASCII)
WORKSPACE_PATTERN = re.compile(r"[a-z0-9*][a-z0-9*_-]{0,99}", re.ASCII)
ENVIRONMENT = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}:[A-Za-z0-9._-]{1,100}(@sha256:[0-9a-f]{64})?", re.ASCII)
KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
SERVER = re.compile(
    r"https://[a-z0-9.-]+(:\d{1,5})?/?|http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?/?", re.ASCII
)
VERSION = 1
KEYS_OF_A_PROJECT = (
    "repositories",
    "branches",
    "workspaces",
    "environments",
    "data_permissions",
    "approved_by",
    "approved_on",
    "expires_on",
    "limits",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one job may use at most, and how many jobs run at once."""

    memory_megabytes: int
    minutes: int
    processes: int
    disk_megabytes: int
    jobs_at_once: int


# The field of Limits: the largest value that a policy may give it.
LARGEST_LIMITS: dict[str, int] = {
    "memory_megabytes": 4_000_000,
    "minutes": 60 * 24 * 14,
    "processes": 100_000,
    "disk_megabytes": 100_000_000,
    "jobs_at_once": 1000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPolicy:
    """What one project may have run here. Nothing is allowed that is not written down."""

    slug: str
    repositories: tuple[str, ...]
    branches: tuple[str, ...]
    workspaces: tuple[str, ...]
    environments: tuple[str, ...]
    data_permissions: frozenset[DataPermission]
    approved_by: str
    approved_on: date
    expires_on: date  # the last day on which it counts
    limits: Limits
    required_restrictions: frozenset[PopulationRule] = frozenset()  # a database that lacks one is not asked


@dataclass(frozen=True, slots=True, kw_only=True)
class InsidePolicy:
    """Everything the runner holds to."""

    backend: str
    server_url: str  # without a slash at the end
    ledger_key: str  # the pinned public key of the ledger, 64 hexadecimal digits
    limits: Limits
    projects: dict[str, ProjectPolicy]
    where: str
    actions: dict[str, ActionHome] = field(default_factory=dict)  # reusable ones, by name and version


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not run: a stable code, and words for the person who asked."""

    code: str
    words: str


def read_policy(path: Path) -> InsidePolicy:
    """Read the policy file, or raise Mistake Y001 (unreadable) or Mistakes Y002 to Y006 with their lines.

    A file that is missing, empty or has one mistake allows nothing at all.
    """
    document, lines = load(path)
    reader = Reader(document, lines=lines, where=str(path))
    reader.only("version", "backend", "server", "limits", "projects", "actions", "required_restrictions")
    if reader.number("version", largest=VERSION) != VERSION:
        reader.mistake("Y003", f"`version` must be {VERSION}", key="version")
    server = reader.table("server")
    server.only("url", "ledger_key")
    limits = _read_limits(reader.table("limits"), within=None)
    projects = reader.table("projects")
    required = _read_rules(reader)
    found = {
        slug: _read_project(projects.table(slug), slug=slug, within=limits, required=required)
        for slug in projects.names()
    }
    policy = InsidePolicy(
        backend=reader.text("backend", pattern=SLUG, like="small letters, digits, - and _"),
        server_url=server.text(
            "url", pattern=SERVER, like="https://host, or http:// on this machine only"
        ).rstrip("/"),
        ledger_key=server.text(
            "ledger_key", pattern=KEY, like="the 64 hexadecimal digits of an ed25519 public key"
        ),
        limits=limits,
        projects=found,
        where=str(path),
        actions=read_homes(reader.table("actions", default={}), folders=False),
    )
    reader.finish()
    return policy


def why_not_run(policy: InsidePolicy, request: JobRequest, *, today: date) -> Refusal | None:
    """Return why the request may not be run here today, or None. Commit and actions are judged elsewhere."""
    if request.backend != policy.backend:
        return Refusal(
            "other_backend", f"This backend is {policy.backend}; the request is for {request.backend}"
        )
    project = policy.projects.get(request.project)
    if project is None:
        return Refusal("unknown_project", f"The project {request.project} is not approved on this backend")
    if today < project.approved_on:
        return Refusal(
            "project_not_started", f"The approval of {project.slug} starts on {project.approved_on}"
        )
    if today > project.expires_on:
        return Refusal("project_expired", f"The approval of {project.slug} ended on {project.expires_on}")
    if not repository_is_allowed(request.repository, rules=project.repositories):
        return Refusal("repository_not_allowed", f"The repository is not allowed for {project.slug}")
    if not _branch_is_allowed(request.branch, patterns=project.branches):
        return Refusal("branch_not_allowed", f"The branch is not allowed for {project.slug}")
    if not _matches(request.workspace, patterns=project.workspaces):
        return Refusal(
            "workspace_not_allowed", f"The workspace {request.workspace} is not allowed for {project.slug}"
        )
    return None


def why_not_environment(project: ProjectPolicy, environment: str) -> Refusal | None:
    """Return why an action of this project may not run in an environment such as `python:v2`, or None."""
    if environment in project.environments:
        return None
    allowed = ", ".join(project.environments)
    return Refusal(
        "environment_not_allowed", f"The environment {environment} is not allowed; allowed: {allowed}"
    )


def _read_rules(reader: Reader) -> frozenset[PopulationRule]:
    key = "required_restrictions"
    named = reader.texts(key, like="names of restrictions", default=())
    for name in sorted(set(named) - set(PopulationRule)):
        reader.unknown(name, known=list(PopulationRule), what="restriction", key=key)
    return frozenset(set(PopulationRule) & set(named))


def _read_limits(reader: Reader, *, within: Limits | None) -> Limits:
    """Read limits; within a project each may be left out, and none may be wider than that of the whole backend."""
    reader.only(*LARGEST_LIMITS)
    found = {}
    for name, largest in LARGEST_LIMITS.items():
        if within is None:
            found[name] = reader.number(name, largest=largest)
        else:
            found[name] = reader.number(name, largest=getattr(within, name), default=getattr(within, name))
    return Limits(**found)


def _read_project(
    reader: Reader, *, slug: str, within: Limits, required: frozenset[PopulationRule]
) -> ProjectPolicy:
    reader.only(*KEYS_OF_A_PROJECT)
    if not SLUG.fullmatch(slug):
        reader.mistake("Y003", f"`{slug}` is not the short name of a project: small letters, digits, - and _")
    repositories = reader.texts("repositories", like="addresses of repositories")
    for rule in repositories:
        why = why_not_rule(rule)
        if why:
            reader.mistake("Y004", f"`{rule}` cannot be an allowed repository: {why}", key="repositories")
    given = reader.texts("data_permissions", like="names of data permissions", default=())
    for name in sorted(set(given) - set(DataPermission)):
        reader.unknown(name, known=list(DataPermission), what="data permission", key="data_permissions")
    start, end = reader.day("approved_on", stand_in=date.min), reader.day("expires_on", stand_in=date.max)
    if end < start:
        reader.mistake("Y003", f"`expires_on` ({end}) lies before `approved_on` ({start})", key="expires_on")
    return ProjectPolicy(
        slug=slug,
        repositories=repositories,
        branches=reader.texts("branches", pattern=BRANCH_PATTERN, like="branches such as main or release/*"),
        workspaces=reader.texts("workspaces", pattern=WORKSPACE_PATTERN, like="workspaces such as rates-*"),
        environments=reader.texts("environments", pattern=ENVIRONMENT, like="environments such as python:v2"),
        data_permissions=frozenset(set(DataPermission) & set(given)),
        approved_by=reader.text(
            "approved_by", pattern=re.compile(r"[^\x00-\x1f]{1,200}"), like="who approved it"
        ),
        approved_on=start,
        expires_on=end,
        limits=_read_limits(reader.table("limits", default={}), within=within),
        required_restrictions=required,
    )


def _branch_is_allowed(branch: str, *, patterns: tuple[str, ...]) -> bool:
    odd = ".." in branch or "//" in branch or "/." in branch or branch.endswith(("/", ".", ".lock"))
    return not odd and _matches(branch, patterns=patterns)


def _matches(name: str, *, patterns: tuple[str, ...]) -> bool:
    """Say whether a name fits a pattern; a star stands for any letters but a slash."""
    return any(
        re.fullmatch("[^/]*".join(re.escape(piece) for piece in pattern.split("*")), name)
        for pattern in patterns
    )
