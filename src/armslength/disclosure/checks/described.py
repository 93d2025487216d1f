"""F1: what a request must say before anybody can judge it."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import BLOCK, POLICY, WARN, About
from armslength.disclosure.context import Context, FileContext
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict

ABOUT = About(
    code="F1",
    title="A request that says too little",
    verdicts=(BLOCK, WARN),
    stops="a request without its context or its controls, or with fewer words than could describe them; asked about"
    " where the population, the threshold or the rounding is not named",
    mend="say whom the outputs describe and how many there are, what each variable means, which threshold and rounding"
    " was applied, and where in the code",
    source=f"{POLICY}, outputs are described so that each can be reviewed by itself",
    needs="the request: its context, controls and population",
)
_FEWEST_WORDS = 5
_CONTROLS = ("round", "redact", "suppress", "hidden", "hid ", "midpoint", "threshold", "no counts", "merged")


def needs(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return context is None or context.request is None


def find(name: str, known: FileContext, context: Context, policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding per part of the request that is missing."""
    request = context.request
    if request is None:
        return
    for what, text in (("context", request.context), ("controls", request.controls)):
        if len(text.split()) < _FEWEST_WORDS:
            said = "says nothing" if not text.strip() else f"says no more than `{text.strip()[:60]}`"
            yield _finding(name, Verdict.BLOCK, f"the {what} of the request {said}")
    if not request.population.strip() and "population" not in request.context.lower():
        yield _finding(name, Verdict.WARN, "the request does not say whom its outputs describe")
    controls = request.controls.lower()
    if len(controls.split()) >= _FEWEST_WORDS and not any(word in controls for word in _CONTROLS):
        yield _finding(name, Verdict.WARN, "the controls name neither a threshold nor a rounding")


def _finding(name: str, verdict: Verdict, what: str) -> Finding:
    why = "two people judge each output by what is said about it"
    return Finding(code=ABOUT.code, verdict=verdict, what=what, why=why, fix=ABOUT.mend, table=name)
