"""What the checks against earlier releases say of themselves: the E group of the catalogue."""

from __future__ import annotations

from armslength.disclosure.checks import BLOCK, HUNDEPOOL, INFO, POLICY, WARN, About

_NEEDS = "the earlier releases of the project, `--history` of `check-outputs`"
_SOURCE = f"{POLICY}, differencing over releases; {HUNDEPOOL}, linked tables"

ABOUTS = (
    About(
        code="E1",
        title="A small difference from an earlier release",
        verdicts=(BLOCK, WARN),
        stops="a count that differs from the same count of an earlier release by few people; a band that two sets of"
        " bands leave between them, whether of age, of another number or of time; a count released under two roundings"
        " that together leave few candidates. Stopped where both surely count the same people, else asked about",
        mend="leave the cell as it was released, keep bands and rounding, or wait until more people have joined",
        source=_SOURCE,
        needs=_NEEDS,
    ),
    About(
        code="E2",
        title="Small changes since an earlier release",
        verdicts=(INFO,),
        stops="rounded counts that changed by no more than the threshold, though several candidates remain",
        mend="nothing, unless the same table is released many times over",
        source=_SOURCE,
        needs=_NEEDS,
    ),
    About(
        code="E3",
        title="Hidden before and shown now, or the other way round",
        verdicts=(BLOCK, WARN),
        stops="a count that one release hides and another of the same people shows",
        mend="treat the cell as it was treated before",
        source=_SOURCE,
        needs=_NEEDS,
    ),
    About(
        code="E4",
        title="A codelist that has changed since",
        verdicts=(WARN, INFO),
        stops="a release whose codelists differ from those of an earlier one that shows the same counts; asked about"
        " where the counts differ by few people",
        mend="use the codes of the earlier release, or release one of the two only",
        source=_SOURCE,
        needs=f"{_NEEDS}, and the codelists of both",
    ),
    About(
        code="E5",
        title="The same output on newer data",
        verdicts=(INFO,),
        stops="counts that were released before, on data up to an earlier day, and have changed",
        mend="nothing; the changes are listed",
        source="platform specification",
        needs=f"{_NEEDS}, and the days up to which the data went",
    ),
    About(
        code="E6",
        title="All backends minus one",
        verdicts=(WARN,),
        stops="a count over several backends that leaves few people for one of them when another's is taken away",
        mend="release the backends apart, or hide the cell in the total",
        source=_SOURCE,
        needs=f"{_NEEDS}, and the backend of each",
    ),
    About(
        code="E7",
        title="Released before, byte for byte",
        verdicts=(INFO,),
        stops="a file whose bytes are in an earlier release",
        mend="nothing; it needs no second review",
        source="platform specification",
        needs=_NEEDS,
    ),
)  # fmt: skip
