"""ALLOW: every role and permission, what it unlocks, and how a decision is made."""

from armslength.policy.data_permissions import DataPermission, PopulationRule, exclusions, why_not_table
from armslength.policy.decisions import (
    Grant,
    Project,
    permissions_of,
    why_not,
    why_not_give,
    why_not_move,
    why_not_scope,
)
from armslength.policy.inside import (
    InsidePolicy,
    Limits,
    ProjectPolicy,
    Refusal,
    read_policy,
    why_not_environment,
    why_not_run,
)
from armslength.policy.roles import Category, Permission, ProjectState, Role, Scope

__all__ = [
    "Category",
    "DataPermission",
    "Grant",
    "InsidePolicy",
    "Limits",
    "Permission",
    "PopulationRule",
    "Project",
    "ProjectPolicy",
    "ProjectState",
    "Refusal",
    "Role",
    "Scope",
    "exclusions",
    "permissions_of",
    "read_policy",
    "why_not",
    "why_not_environment",
    "why_not_give",
    "why_not_move",
    "why_not_run",
    "why_not_scope",
    "why_not_table",
]
