"""C8: the lines of code that round and hide, or that switch it off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from armslength.disclosure.checks import INFO, POLICY, WARN, About
from armslength.disclosure.context import Context, FileContext
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict

ABOUT = About(
    code="C8",
    title="The code that rounds and hides",
    verdicts=(WARN, INFO),
    stops="the lines of the script that wrote the file in which counts are rounded or hidden, named as evidence; asked"
    " about where there is none, and where `configure_disclosure_control(enabled=False)` switches it off",
    mend="round and hide in the script that writes the file, and leave disclosure control of measures on",
    source=f"{POLICY}, controls are to be seen in the code; measures of the query language",
    needs="the script that wrote the file",
)
_OFF = re.compile(r"configure_disclosure_control\s*\([^)]*enabled\s*=\s*False")
_ROUNDS = re.compile(
    r"\b(round\w*|roundmid\w*|midpoint\w*|ceiling|ceil|plyr::round_any|round_any|redact\w*|suppress\w*|floor|hide_small"
    r"|cut_small|disclosure\w*)\b",
    re.IGNORECASE,
)
_MOST_LINES = 12


def needs(context: Context | None, known: FileContext) -> bool:
    """True while what this check judges is not known."""
    return known.script is None


def find(name: str, known: FileContext, context: Context, policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield one finding: where the file's code rounds and hides, or that it does not."""
    text = known.script or ""
    if off := _OFF.search(text):
        line = text.count("\n", 0, off.start()) + 1
        yield _finding(name, Verdict.WARN, f"line {line} of its script switches disclosure control off")
        return
    code = [
        (n, line)
        for n, line in enumerate(text.splitlines(), 1)
        if not line.lstrip().startswith(("#", "*", "//"))
    ]
    lines = [(n, line) for n, line in code if _ROUNDS.search(line)]
    if not lines and "create_measures" not in text:
        yield _finding(name, Verdict.WARN, "no line of its script rounds or hides a count")
        return
    numbers = ", ".join(str(n) for n, _ in lines[:_MOST_LINES]) or "those that define measures"
    told = tuple(f"{n}: {line.strip()[:160]}" for n, line in lines[:_MOST_LINES])
    yield _finding(name, Verdict.INFO, f"its script rounds or hides counts on lines {numbers}", told)


def _finding(name: str, verdict: Verdict, what: str, derivation: tuple[str, ...] = ()) -> Finding:
    why = (
        "who checks must see how numbers were made safe"
        if verdict is Verdict.WARN
        else "read whether they do what is claimed"
    )
    return Finding(
        code=ABOUT.code,
        verdict=verdict,
        what=what,
        why=why,
        fix=ABOUT.mend,
        table=name,
        derivation=derivation,
    )
