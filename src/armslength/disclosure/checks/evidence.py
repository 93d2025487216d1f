"""B7 and B8 with evidence from the data: degrees of freedom, smallest groups, dominance. No number is told."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import About
from armslength.disclosure.checks.dominance import ABOUT as DOMINANCE
from armslength.disclosure.checks.few_degrees import ABOUT as MODELS
from armslength.disclosure.context import Context, Contribution, FileContext
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict

# Hundepool et al.: the (1, 50 %) and (2, 85 %) dominance rules, and the p % rule with p = 10.
_HALF, _TWO, _NEAR = 0.5, 0.85, 0.1


def needs_model(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return (known.observations is None or known.parameters is None) and known.smallest_group is None


def needs_contributions(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return known.contributions is None


def find_models(
    name: str, known: FileContext, context: Context, policy: DisclosurePolicy
) -> Iterator[Finding]:
    """Yield a finding for a model with few degrees of freedom, and for one with a small group in it."""
    why = "such a model nearly repeats the values of the people it was fitted to"
    if known.observations is not None and known.parameters is not None:
        least = policy.minimum_degrees_of_freedom
        if known.observations - known.parameters < least:
            what = f"the model has fewer than {least} residual degrees of freedom"
            yield _finding(MODELS, name, what, why)
    if known.smallest_group is not None and 1 <= known.smallest_group <= policy.threshold:
        what = f"a category or interaction of the model has 1 to {policy.threshold} people"
        yield _finding(MODELS, name, what, why)


def find_dominance(
    name: str, known: FileContext, context: Context, policy: DisclosurePolicy
) -> Iterator[Finding]:
    """Yield one finding for the sums that few people make up."""
    dominated = [(part, rule) for part in known.contributions or () if (rule := _rule_broken(part))]
    if dominated:
        yield Finding(
            code=DOMINANCE.code,
            verdict=Verdict.WARN,
            what=f"{len(dominated)} {'sum is' if len(dominated) == 1 else 'sums are'} made up by one or two people",
            why="who knows their own large part of a sum knows the rest nearly",
            fix=DOMINANCE.mend,
            table=name,
            places=tuple(Place(line=part.line, column=part.column, row=0, index=0) for part, _ in dominated),
            cells=len(dominated),
            derivation=tuple(f"line {part.line}, `{part.column}`: {rule}" for part, rule in dominated[:20]),
        )


def _rule_broken(part: Contribution) -> str | None:
    total, first, second = abs(part.total), abs(part.largest), abs(part.second)
    if total == 0:
        return None
    if first > _HALF * total:
        return "the largest contributor has more than half"
    if first + second > _TWO * total:
        return "the two largest contributors have more than 85 %"
    if total - first - second < _NEAR * first:
        return "the second contributor knows the largest to within 10 %"
    return None


def _finding(about: About, name: str, what: str, why: str) -> Finding:
    return Finding(code=about.code, verdict=Verdict.WARN, what=what, why=why, fix=about.mend, table=name)
