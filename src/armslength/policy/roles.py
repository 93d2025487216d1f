"""Roles and permissions: who does what, and the one table of what unlocks what.

The law is the data access policy: each role is one of the people it names, and holds no more than the
policy says that person needs. The names of permissions are also used on the wire between the sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """How far a grant of a role reaches."""

    PROJECT = "project"  # one named project
    GLOBAL = "global"  # the whole site


class Category(StrEnum):
    """What kind of work a project is. It decides which people may be given a role on it."""

    RESEARCH = "research"
    SERVICE_EVALUATION = "service_evaluation"
    AUDIT = "audit"
    SHORT_DATA_REPORT = "short_data_report"  # a documented report on data quality; approved like research
    INTERNAL = "internal"  # testing and data development by platform staff; answers no research question


class ProjectState(StrEnum):
    """Where a project stands. MOVES says what may follow what."""

    PROPOSED = "proposed"  # nobody has approved it
    ONGOING = "ongoing"  # approved, and being worked on
    SUSPENDED = "suspended"  # approved, but stopped for now
    FINISHED = "finished"  # the work is over: access to the secure environment is revoked
    REJECTED = "rejected"  # it was not approved


MOVES: dict[ProjectState, frozenset[ProjectState]] = {
    ProjectState.PROPOSED: frozenset({ProjectState.ONGOING, ProjectState.REJECTED}),
    ProjectState.ONGOING: frozenset({ProjectState.SUSPENDED, ProjectState.FINISHED}),
    ProjectState.SUSPENDED: frozenset({ProjectState.ONGOING, ProjectState.FINISHED}),
    ProjectState.FINISHED: frozenset({ProjectState.ONGOING}),  # only with a new approval
    ProjectState.REJECTED: frozenset(),
}

ANY_STATE = frozenset(ProjectState)
ACTIVE = frozenset({ProjectState.ONGOING})
AFTER_APPROVAL = frozenset({ProjectState.ONGOING, ProjectState.SUSPENDED, ProjectState.FINISHED})


class Permission(StrEnum):
    """One thing a person may be allowed to do. PERMISSIONS says where and when."""

    WORKSPACE_CREATE = "workspace_create"
    WORKSPACE_ARCHIVE = "workspace_archive"
    WORKSPACE_TOGGLE_NOTIFICATIONS = "workspace_toggle_notifications"
    JOB_RUN = "job_run"
    JOB_CANCEL = "job_cancel"
    SQLRUNNER_RUN = "sqlrunner_run"
    PROJECT_MANAGE = "project_manage"
    UNRELEASED_OUTPUTS_VIEW = "unreleased_outputs_view"
    RELEASE_REQUEST_CREATE = "release_request_create"
    UNRELEASED_OUTPUTS_REVIEW = "unreleased_outputs_review"
    RELEASE_FILE_UPLOAD = "release_file_upload"
    RELEASE_FILE_DELETE = "release_file_delete"
    RELEASE_FILE_VIEW = "release_file_view"
    SNAPSHOT_CREATE = "snapshot_create"
    SNAPSHOT_PUBLISH = "snapshot_publish"
    AIRLOCK_READONLY_ACCESS = "airlock_readonly_access"
    REPO_SIGN_OFF_WITH_OUTPUTS = "repo_sign_off_with_outputs"
    STAFF_AREA_ACCESS = "staff_area_access"
    APPLICATION_MANAGE = "application_manage"
    ORG_CREATE = "org_create"
    PROJECT_CREATE = "project_create"
    PROJECT_LINK_TO_APPLICATION = "project_link_to_application"
    PROJECT_APPROVE = "project_approve"
    DATA_PERMISSION_GIVE = "data_permission_give"
    USER_EDIT_PROJECT_ROLES = "user_edit_project_roles"
    USER_MANAGE = "user_manage"
    BACKEND_MANAGE = "backend_manage"


@dataclass(frozen=True, kw_only=True)
class PermissionFacts:
    """What a permission unlocks, and in which states of the project; `states` None: no project is involved."""

    unlocks: str
    states: frozenset[ProjectState] | None


def _on_project(unlocks: str, states: frozenset[ProjectState]) -> PermissionFacts:
    return PermissionFacts(unlocks=unlocks, states=states)


def _on_site(unlocks: str) -> PermissionFacts:
    return PermissionFacts(unlocks=unlocks, states=None)


PERMISSIONS: dict[Permission, PermissionFacts] = {
    Permission.WORKSPACE_CREATE: _on_project("create a workspace and edit its purpose", ACTIVE),
    Permission.WORKSPACE_ARCHIVE: _on_project("archive a workspace and take it back", AFTER_APPROVAL),
    Permission.WORKSPACE_TOGGLE_NOTIFICATIONS: _on_project(
        "choose who is told when jobs end", AFTER_APPROVAL
    ),
    Permission.JOB_RUN: _on_project("ask for actions to be run on patient data", ACTIVE),
    Permission.JOB_CANCEL: _on_project("stop jobs that somebody else asked for", AFTER_APPROVAL),
    Permission.SQLRUNNER_RUN: _on_project("run actions written in SQL, on internal projects", ACTIVE),
    Permission.PROJECT_MANAGE: _on_project(
        "edit the description and status text of the project", AFTER_APPROVAL
    ),
    Permission.UNRELEASED_OUTPUTS_VIEW: _on_project("view level 4 files of the project, inside", ACTIVE),
    Permission.RELEASE_REQUEST_CREATE: _on_project("ask for level 4 files to be released", ACTIVE),
    Permission.UNRELEASED_OUTPUTS_REVIEW: _on_project(
        "view the level 4 files of a release request and judge them, inside; never of one's own request",
        ACTIVE,
    ),
    Permission.RELEASE_FILE_UPLOAD: _on_project("release files that two people approved", ACTIVE),
    Permission.RELEASE_FILE_DELETE: _on_project("take back a released file", ANY_STATE),
    Permission.RELEASE_FILE_VIEW: _on_project(
        "view and download released files before publication", AFTER_APPROVAL
    ),
    Permission.SNAPSHOT_CREATE: _on_project("ask for released files to be published", AFTER_APPROVAL),
    Permission.SNAPSHOT_PUBLISH: _on_project("publish released files, when asked", AFTER_APPROVAL),
    Permission.AIRLOCK_READONLY_ACCESS: _on_project(
        "view level 4 files to solve a technical problem", ACTIVE
    ),
    Permission.REPO_SIGN_OFF_WITH_OUTPUTS: _on_site(
        "agree that a repository that holds outputs becomes public"
    ),
    Permission.STAFF_AREA_ACCESS: _on_site("open the staff pages"),
    Permission.APPLICATION_MANAGE: _on_site("read and edit project applications"),
    Permission.ORG_CREATE: _on_site("create organisations"),
    Permission.PROJECT_CREATE: _on_site("register a project"),
    Permission.PROJECT_LINK_TO_APPLICATION: _on_site("link an application to its project"),
    Permission.PROJECT_APPROVE: _on_site("approve, suspend, finish or reject a project"),
    Permission.DATA_PERMISSION_GIVE: _on_site(
        "give a project access to opted-out people or restricted tables"
    ),
    Permission.USER_EDIT_PROJECT_ROLES: _on_site("give and end roles on a project, except one's own"),
    Permission.USER_MANAGE: _on_site("see accounts and give and end global roles, except one's own"),
    Permission.BACKEND_MANAGE: _on_site("register backends and renew their tokens"),
}


class Role(StrEnum):
    """One kind of person in the data access policy. ROLES says what each may do."""

    RESEARCHER = "researcher"
    SECURE_RESEARCHER = "secure_researcher"
    COLLABORATOR = "collaborator"
    CO_PILOT = "co_pilot"
    OUTPUT_CHECKER = "output_checker"
    PUBLISHER = "publisher"
    PLATFORM_DEVELOPER = "platform_developer"
    PLATFORM_TESTER = "platform_tester"
    DATASET_DEVELOPER = "dataset_developer"
    INFORMATION_GOVERNANCE = "information_governance"
    SERVICE_STAFF = "service_staff"
    REPOSITORY_REVIEWER = "repository_reviewer"


@dataclass(frozen=True, kw_only=True)
class RoleFacts:
    """Who holds the role, where it may be given, and what it unlocks there.

    `categories`: the only kinds of project on which it counts. `support_only`: on a project of another
    category the permissions count only with a stated reason, as technical support. `states` narrows the
    states of the project in which anything at all is unlocked.
    """

    who: str
    scope: Scope
    permissions: frozenset[Permission]
    categories: frozenset[Category] = frozenset(Category)
    states: frozenset[ProjectState] = ANY_STATE
    support_only: bool = False


APPROVED_WORK = frozenset(Category) - {Category.INTERNAL}
INTERNAL = frozenset({Category.INTERNAL})
_RUNNING = frozenset({Permission.WORKSPACE_CREATE, Permission.JOB_RUN, Permission.JOB_CANCEL})
_INSIDE = frozenset({Permission.UNRELEASED_OUTPUTS_VIEW, Permission.RELEASE_REQUEST_CREATE})

ROLES: dict[Role, RoleFacts] = {
    Role.RESEARCHER: RoleFacts(
        who="named on the approval of the project; writes code, has it run and sees what was released",
        scope=Scope.PROJECT,
        categories=APPROVED_WORK,
        permissions=_RUNNING
        | {
            Permission.WORKSPACE_ARCHIVE,
            Permission.WORKSPACE_TOGGLE_NOTIFICATIONS,
            Permission.PROJECT_MANAGE,
            Permission.RELEASE_FILE_VIEW,
            Permission.SNAPSHOT_CREATE,
        },
    ),
    Role.SECURE_RESEARCHER: RoleFacts(
        who="a researcher of the project who also needs to look at unreleased results inside; not everybody does",
        scope=Scope.PROJECT,
        categories=APPROVED_WORK,
        permissions=_INSIDE,
    ),
    Role.COLLABORATOR: RoleFacts(
        who="not named on the approval; consulted by the researchers about released, unpublished results",
        scope=Scope.PROJECT,
        categories=APPROVED_WORK,
        states=ACTIVE,  # the policy: while the project is actively being worked on
        permissions=frozenset({Permission.RELEASE_FILE_VIEW}),
    ),
    Role.CO_PILOT: RoleFacts(
        who="an experienced researcher who helps the project's researchers and reviews what they publish",
        scope=Scope.PROJECT,
        categories=APPROVED_WORK,
        permissions=frozenset({Permission.UNRELEASED_OUTPUTS_VIEW, Permission.RELEASE_FILE_VIEW}),
    ),
    Role.OUTPUT_CHECKER: RoleFacts(
        who="trained and appointed to judge whether results disclose anything about a person",
        scope=Scope.GLOBAL,
        permissions=frozenset(
            {
                Permission.UNRELEASED_OUTPUTS_REVIEW,
                Permission.RELEASE_FILE_UPLOAD,
                Permission.RELEASE_FILE_DELETE,
                Permission.RELEASE_FILE_VIEW,
            }
        ),
    ),
    Role.PUBLISHER: RoleFacts(
        who="makes released results public when a researcher of the project asks",
        scope=Scope.GLOBAL,
        permissions=frozenset({Permission.SNAPSHOT_PUBLISH, Permission.RELEASE_FILE_VIEW}),
    ),
    Role.PLATFORM_DEVELOPER: RoleFacts(
        who="responsible for the platform; works on internal projects, elsewhere only as technical support",
        scope=Scope.GLOBAL,
        categories=INTERNAL,
        support_only=True,
        permissions=frozenset(
            {Permission.JOB_RUN, Permission.JOB_CANCEL, Permission.AIRLOCK_READONLY_ACCESS}
        ),
    ),
    Role.PLATFORM_TESTER: RoleFacts(
        who="tests the platform on an internal project",
        scope=Scope.PROJECT,
        categories=INTERNAL,
        permissions=_RUNNING | _INSIDE | {Permission.RELEASE_FILE_VIEW},
    ),
    Role.DATASET_DEVELOPER: RoleFacts(
        who="knows a dataset and prepares it for researchers, on an internal project",
        scope=Scope.PROJECT,
        categories=INTERNAL,
        permissions=_RUNNING | _INSIDE | {Permission.RELEASE_FILE_VIEW, Permission.SQLRUNNER_RUN},
    ),
    Role.INFORMATION_GOVERNANCE: RoleFacts(
        who="decides who may do what with which data, on the ground of the approvals",
        scope=Scope.GLOBAL,
        permissions=frozenset(
            {
                Permission.STAFF_AREA_ACCESS,
                Permission.APPLICATION_MANAGE,
                Permission.PROJECT_APPROVE,
                Permission.DATA_PERMISSION_GIVE,
                Permission.USER_EDIT_PROJECT_ROLES,
                Permission.USER_MANAGE,
            }
        ),
    ),
    Role.SERVICE_STAFF: RoleFacts(
        who="keeps the register of organisations, projects and backends in order; decides nothing about data",
        scope=Scope.GLOBAL,
        permissions=frozenset(
            {
                Permission.STAFF_AREA_ACCESS,
                Permission.ORG_CREATE,
                Permission.PROJECT_CREATE,
                Permission.PROJECT_LINK_TO_APPLICATION,
                Permission.BACKEND_MANAGE,
            }
        ),
    ),
    Role.REPOSITORY_REVIEWER: RoleFacts(
        who="checks that a repository that holds outputs may become public",
        scope=Scope.GLOBAL,
        permissions=frozenset({Permission.REPO_SIGN_OFF_WITH_OUTPUTS}),
    ),
}
