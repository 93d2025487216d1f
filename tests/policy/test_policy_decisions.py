"""Who may do what, where and when: the data access policy, statement by statement."""

from __future__ import annotations

import os
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from armslength.policy import (
    Category,
    DataPermission,
    Grant,
    Permission,
    Project,
    ProjectState,
    Role,
    Scope,
    exclusions,
    permissions_of,
    why_not,
    why_not_give,
    why_not_move,
    why_not_table,
)
from armslength.policy.data_permissions import FACTS
from armslength.policy.page import policy_page
from armslength.policy.roles import MOVES, PERMISSIONS, ROLES

TODAY = date(2030, 6, 1)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "policy.md"
ONGOING = Project(slug="rates", category=Category.RESEARCH, state=ProjectState.ONGOING)
INTERNAL = Project(slug="testing", category=Category.INTERNAL, state=ProjectState.ONGOING)


def grant(
    role: Role, *, project: str = "rates", start: date = date(2030, 1, 1), end: date | None = None
) -> Grant:
    return Grant(
        role=role, project=project if ROLES[role].scope is Scope.PROJECT else None, start=start, end=end
    )


def may(
    permission: Permission, *grants: Grant, project: Project | None = ONGOING, support_reason: str = ""
) -> bool:
    why = why_not(permission, grants=grants, project=project, today=TODAY, support_reason=support_reason)
    return why is None


def test_every_role_and_permission_has_its_facts_and_every_permission_a_holder():
    assert set(ROLES) == set(Role)
    assert set(PERMISSIONS) == set(Permission)
    assert set(FACTS) == set(DataPermission)
    assert frozenset().union(*(facts.permissions for facts in ROLES.values())) == set(Permission)
    assert set(MOVES) == set(ProjectState)


def test_nobody_without_a_grant_may_do_anything():
    for permission, project in product(Permission, (None, ONGOING, INTERNAL)):
        assert not may(permission, project=project, support_reason="ticket 5")


def test_a_researcher_runs_jobs_but_sees_inside_only_with_the_second_role():
    """Not all researchers of a project need the secure environment."""
    assert may(Permission.JOB_RUN, grant(Role.RESEARCHER))
    assert not may(Permission.UNRELEASED_OUTPUTS_VIEW, grant(Role.RESEARCHER))
    assert may(Permission.UNRELEASED_OUTPUTS_VIEW, grant(Role.SECURE_RESEARCHER))
    assert not may(Permission.JOB_RUN, grant(Role.SECURE_RESEARCHER))


@pytest.mark.parametrize("state", [state for state in ProjectState if state is not ProjectState.ONGOING])
def test_access_inside_and_running_end_when_the_project_is_not_ongoing(state):
    project = Project(slug="rates", category=Category.RESEARCH, state=state)
    everything = [grant(role) for role in Role]
    for permission in (
        Permission.JOB_RUN,
        Permission.UNRELEASED_OUTPUTS_VIEW,
        Permission.RELEASE_REQUEST_CREATE,
        Permission.UNRELEASED_OUTPUTS_REVIEW,
        Permission.RELEASE_FILE_UPLOAD,
        Permission.AIRLOCK_READONLY_ACCESS,
    ):
        assert not may(permission, *everything, project=project, support_reason="ticket 5")


def test_a_role_on_one_project_says_nothing_about_another():
    other = Project(slug="other", category=Category.RESEARCH, state=ProjectState.ONGOING)
    project_roles = [grant(role) for role in Role if ROLES[role].scope is Scope.PROJECT]
    assert permissions_of(grants=project_roles, project=other, today=TODAY) == frozenset()
    assert permissions_of(grants=project_roles, today=TODAY) == frozenset()


def test_a_collaborator_sees_released_results_of_an_active_project_and_nothing_else():
    held = permissions_of(grants=[grant(Role.COLLABORATOR)], project=ONGOING, today=TODAY)
    assert held == {Permission.RELEASE_FILE_VIEW}
    finished = Project(slug="rates", category=Category.RESEARCH, state=ProjectState.FINISHED)
    assert not may(Permission.RELEASE_FILE_VIEW, grant(Role.COLLABORATOR), project=finished)
    assert may(Permission.RELEASE_FILE_VIEW, grant(Role.RESEARCHER), project=finished)


def test_a_co_pilot_views_and_neither_runs_nor_releases_nor_administers():
    held = permissions_of(grants=[grant(Role.CO_PILOT)], project=ONGOING, today=TODAY)
    assert held == {Permission.UNRELEASED_OUTPUTS_VIEW, Permission.RELEASE_FILE_VIEW}
    assert permissions_of(grants=[grant(Role.CO_PILOT)], today=TODAY) == frozenset()


def test_an_output_checker_neither_runs_nor_asks_for_releases():
    held = permissions_of(grants=[grant(Role.OUTPUT_CHECKER)], project=ONGOING, today=TODAY)
    assert Permission.UNRELEASED_OUTPUTS_REVIEW in held
    assert not held & {Permission.JOB_RUN, Permission.RELEASE_REQUEST_CREATE, Permission.SNAPSHOT_PUBLISH}


@pytest.mark.parametrize("role", [Role.PLATFORM_TESTER, Role.DATASET_DEVELOPER])
def test_testers_and_dataset_developers_work_on_internal_projects_only(role):
    inside = Grant(role=role, project="testing", start=date(2030, 1, 1))
    assert may(Permission.JOB_RUN, inside, project=INTERNAL)
    for category in Category:
        if category is not Category.INTERNAL:
            project = Project(slug="rates", category=category, state=ProjectState.ONGOING)
            held = permissions_of(grants=[grant(role)], project=project, today=TODAY)
            assert held == frozenset()


def test_sql_runs_on_internal_projects_for_dataset_developers_only():
    held = Grant(role=Role.DATASET_DEVELOPER, project="testing", start=date(2030, 1, 1))
    assert may(Permission.SQLRUNNER_RUN, held, project=INTERNAL)
    for role in Role:
        assert not may(Permission.SQLRUNNER_RUN, grant(role), project=ONGOING, support_reason="ticket 5")


def test_a_platform_developer_needs_a_reason_on_somebody_elses_project():
    developer = grant(Role.PLATFORM_DEVELOPER)
    assert may(Permission.JOB_RUN, developer, project=INTERNAL)
    assert not may(Permission.JOB_RUN, developer)
    assert not may(Permission.JOB_RUN, developer, support_reason="   ")
    assert may(Permission.JOB_RUN, developer, support_reason="ticket 5: the figure action crashes")
    assert may(Permission.AIRLOCK_READONLY_ACCESS, developer, support_reason="ticket 5")
    assert not may(Permission.RELEASE_REQUEST_CREATE, developer, support_reason="ticket 5")


def test_a_reason_helps_nobody_else():
    for role in Role:
        if role not in (Role.PLATFORM_DEVELOPER, Role.RESEARCHER):
            assert not may(Permission.JOB_RUN, grant(role), support_reason="ticket 5")


def test_a_grant_counts_from_its_first_to_its_last_day():
    held = grant(Role.RESEARCHER, start=date(2030, 5, 1), end=date(2030, 5, 31))
    for day, counts in ((30, False), (31, True), (61, True), (62, False)):
        why = why_not(
            Permission.JOB_RUN,
            grants=[held],
            project=ONGOING,
            today=date(2030, 3, 31) + timedelta(days=day),
        )
        assert (why is None) is counts
    assert "ended on 2030-05-31" in why_not(Permission.JOB_RUN, grants=[held], project=ONGOING, today=TODAY)


def test_a_refusal_says_what_came_closest():
    ended = grant(Role.RESEARCHER, end=date(2030, 2, 1))
    assert why_not(
        Permission.JOB_RUN, grants=[grant(Role.COLLABORATOR), ended], project=ONGOING, today=TODAY
    ) == ("Your role as researcher ended on 2030-02-01")
    assert (
        why_not(Permission.JOB_RUN, grants=[], project=ONGOING, today=TODAY)
        == "You hold no role that allows this"
    )


def test_what_is_done_on_a_project_is_never_done_without_one():
    for permission, facts in PERMISSIONS.items():
        if facts.states is not None:
            assert not may(permission, *(grant(role) for role in Role), project=None)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_given_in_its_scope_only(role):
    wrong = None if ROLES[role].scope is Scope.PROJECT else "rates"
    with pytest.raises(ValueError, match=r"is given on"):
        Grant(role=role, project=wrong, start=TODAY)


def test_a_grant_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        grant(Role.RESEARCHER, start=date(2030, 2, 1), end=date(2030, 1, 1))


def test_nobody_gives_a_role_to_themselves():
    held = [grant(Role.INFORMATION_GOVERNANCE)]
    assert why_not_give(Role.OUTPUT_CHECKER, by="ida", to="bob", grants=held, today=TODAY) is None
    assert "their own" in why_not_give(Role.OUTPUT_CHECKER, by="ida", to="ida", grants=held, today=TODAY)


def test_only_information_governance_gives_roles():
    for role in Role:
        for project in (None, ONGOING):
            given = Role.OUTPUT_CHECKER if project is None else Role.RESEARCHER
            why = why_not_give(given, by="x", to="y", grants=[grant(role)], project=project, today=TODAY)
            assert (why is None) is (role is Role.INFORMATION_GOVERNANCE)


def test_a_tester_cannot_be_put_on_a_research_project_nor_a_researcher_on_an_internal_one():
    held = [grant(Role.INFORMATION_GOVERNANCE)]
    for role, project in ((Role.PLATFORM_TESTER, ONGOING), (Role.RESEARCHER, INTERNAL)):
        assert "only for projects" in why_not_give(
            role, by="i", to="t", grants=held, project=project, today=TODAY
        )


def test_a_rejected_project_never_comes_back():
    for state in ProjectState:
        assert why_not_move(ProjectState.REJECTED, to=state)
    assert why_not_move(ProjectState.PROPOSED, to=ProjectState.ONGOING) is None


def test_without_a_data_permission_people_are_left_out_and_tables_closed():
    assert exclusions([]) == {
        DataPermission.INCLUDE_T1OO,
        DataPermission.INCLUDE_NDOO,
        DataPermission.INCLUDE_GP_UNACTIVATED,
    }
    assert DataPermission.INCLUDE_T1OO not in exclusions([DataPermission.INCLUDE_T1OO])
    assert why_not_table("tpp.ukrr", given=[DataPermission.WAITING_LIST])
    assert why_not_table("tpp.ukrr", given=[DataPermission.UKRR]) is None
    assert why_not_table("core.patients", given=[]) is None


def test_the_reference_page_says_what_the_tables_say():
    """Set UPDATE_GOLDEN=1 to write the page anew."""
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(policy_page())
    assert PAGE.read_text() == policy_page()
