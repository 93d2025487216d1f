"""F5: what a request says about earlier outputs that it overlaps."""

from __future__ import annotations

from collections.abc import Iterator

from armslength.disclosure.checks import POLICY, WARN, About
from armslength.disclosure.context import Context, FileContext
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict

ABOUT = About(
    code="F5",
    title="Nothing said about earlier outputs",
    verdicts=(WARN,),
    stops="a file that overlaps what was released before, in a request that does not say how the two go together",
    mend="say which earlier outputs count the same people, and what changed since",
    source=f"{POLICY}, secondary disclosure between outputs",
    needs="the request and the files that the ledger of releases overlaps",
)


def needs(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return context is None or context.request is None or context.overlaps is None


def find(name: str, known: FileContext, context: Context, policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield one finding for a file that overlaps earlier releases without a word about them."""
    if context.request is None or context.request.earlier_outputs.strip():
        return
    if any(name.endswith(overlap) for overlap in context.overlaps or ()):
        yield Finding(
            code=ABOUT.code,
            verdict=Verdict.WARN,
            what="it overlaps an earlier release, of which the request says nothing",
            why="two tables of nearly the same people can be subtracted from one another",
            fix=ABOUT.mend,
            table=name,
        )
