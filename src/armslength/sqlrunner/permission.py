"""Who may run raw SQL: projects whose policy, held inside, says so, while it is valid."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.policy import DataPermission, InsidePolicy, ProjectPolicy, read_policy


def why_not_sql(policy: InsidePolicy, project: str, *, today: date) -> str | None:
    """Return why a project may not run raw SQL here today, or None."""
    found = policy.projects.get(project)
    if found is None:
        return f"The project {project} is not approved on this backend"
    if today < found.approved_on:
        return f"The approval of {project} starts on {found.approved_on}"
    if today > found.expires_on:
        return f"The approval of {project} ended on {found.expires_on}"
    if DataPermission.SQLRUNNER not in found.data_permissions:
        return f"The project {project} does not have the data permission `{DataPermission.SQLRUNNER}`"
    return None


def permitted(path: Path, project: str, *, today: date) -> ProjectPolicy:
    """Read the policy and return the project's part of it. Raises its Mistakes (Y…), or Q400 when it may not."""
    policy = read_policy(path)
    if why := why_not_sql(policy, project, today=today):
        hint = "raw SQL is for data development; studies ask their questions with ehrQL"
        raise Mistake("Q400", why, where=str(path), hint=hint)
    return policy.projects[project]
