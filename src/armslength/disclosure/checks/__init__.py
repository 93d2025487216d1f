"""CHECKS: one file per check; each takes a table, a document or a set of files and yields findings."""

from __future__ import annotations

from dataclasses import dataclass

from armslength.disclosure.report import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a check is, for people: its page in the manual is printed from this.

    `verdicts` are those it may give, gravest first; `stops` says what it finds, `mend` what to do, and
    `source` where the rule comes from. `needs` is evidence that a file alone does not hold.
    """

    code: str
    title: str
    verdicts: tuple[Verdict, ...]
    stops: str
    mend: str
    source: str
    needs: str = ""


BLOCK, WARN, INFO = Verdict.BLOCK, Verdict.WARN, Verdict.INFO

POLICY = "permitted results policy of the platform"
HANDBOOK = "Griffiths et al., Handbook on Statistical Disclosure Control for Outputs (2019)"
SACRO = "Ritchie, Green, Smith: the SACRO statbarns (2023)"
HUNDEPOOL = "Hundepool et al., Statistical Disclosure Control (Wiley, 2012)"
