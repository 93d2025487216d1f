"""Checks of what lies beside the files: they judge by a context, and say what they need where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from armslength.disclosure.check import Examination
from armslength.disclosure.checks import (
    About,
    code_evidence,
    described,
    dominance,
    earlier_outputs,
    evidence,
    few_degrees,
    made_from,
)
from armslength.disclosure.context import Context, FileContext
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, NotRun
from armslength.disclosure.roles import Role

Examined = tuple[str, Examination]
Needs = Callable[[Context | None, FileContext], bool]
Find = Callable[[str, FileContext, Context, DisclosurePolicy], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCheck:
    """One check of what lies beside a file. `concerns` says which files it is about."""

    about: About
    needs: Needs
    find: Find
    concerns: Callable[[Examination], bool] = lambda examination: True


def _shows_sums(examination: Examination) -> bool:
    return any(finding.code == dominance.ABOUT.code for finding in examination.report.findings)


def _shows_a_model(examination: Examination) -> bool:
    spread = {Role.SPREAD, Role.BOUND, Role.P_VALUE}
    return any(
        Role.ESTIMATE in (roles := {column.role for column in subject.roles}) and roles & spread
        for subject in examination.subjects
    )


CONTEXT_CHECKS = (
    ContextCheck(
        about=few_degrees.ABOUT,
        needs=evidence.needs_model,
        find=evidence.find_models,
        concerns=_shows_a_model,
    ),
    ContextCheck(
        about=dominance.ABOUT,
        needs=evidence.needs_contributions,
        find=evidence.find_dominance,
        concerns=_shows_sums,
    ),
    ContextCheck(about=code_evidence.ABOUT, needs=code_evidence.needs, find=code_evidence.find),
    ContextCheck(about=described.ABOUT, needs=described.needs, find=described.find),
    ContextCheck(about=earlier_outputs.ABOUT, needs=earlier_outputs.needs, find=earlier_outputs.find),
    ContextCheck(about=made_from.ABOUT, needs=made_from.needs, find=made_from.find),
    ContextCheck(about=made_from.ONE_COMMIT, needs=made_from.needs_commit, find=made_from.find_commits),
)


def with_context(
    examined: Sequence[Examined], context: Context | None, *, policy: DisclosurePolicy
) -> list[Examined]:
    """Add to each report what the context tells, and which checks could not run for want of it."""
    return [(name, _judged(name, examination, context, policy)) for name, examination in examined]


def _judged(
    name: str, examination: Examination, context: Context | None, policy: DisclosurePolicy
) -> Examination:
    known = context.of(name) if context is not None else FileContext()
    report, found, missing = examination.report, list(examination.report.findings), list[NotRun]()
    for check in CONTEXT_CHECKS:
        if not check.concerns(examination):
            continue
        if context is None or check.needs(context, known):
            missing.append(NotRun(code=check.about.code, needs=check.about.needs))
            continue
        judged = (policy.judge(finding, file=name) for finding in check.find(name, known, context, policy))
        found += [replace(finding, table=report.name) for finding in judged if finding is not None]
    found.sort(key=lambda finding: -finding.verdict.gravity)
    return replace(examination, report=replace(report, findings=tuple(found), not_run=tuple(missing)))
