"""What checks say of themselves that look at more than one file, or share a file with another check."""

from __future__ import annotations

from armslength.disclosure.checks import (
    BLOCK,
    INFO,
    POLICY,
    WARN,
    About,
    code_evidence,
    described,
    earlier_outputs,
    made_from,
)

_MODELS = "SACRO-ML, safe models and structural attacks; Smith et al. (2022)"

OF_SETS = (
    About(
        code="F3",
        title="A figure without its data",
        verdicts=(WARN,),
        stops="a figure among several files of which none that holds a table shares a word of its name",
        mend="save the rounded, redacted data of the figure under the same name",
        source=f"{POLICY}, figures are released with the data under them",
    ),
    About(
        code="F10",
        title="The same file twice",
        verdicts=(INFO,),
        stops="a file whose tables hold the same cells as those of another",
        mend="leave one of them out",
        source="platform specification",
    ),
    About(
        code="F11",
        title="What ACRO says",
        verdicts=(WARN, INFO),
        stops="the status that ACRO gave an output in its `results.json` beside it, and whether the file is still the"
        " one it saw; a pass is told as evidence and changes no other verdict",
        mend="answer what ACRO found, or run the analysis again",
        source="ACRO 1.0, results and checksums",
    ),
)
OF_PARTS = (
    About(
        code="F7",
        title="A log",
        verdicts=(WARN,),
        stops="a log or another printout of a program: it may print anything",
        mend="cut it to the lines that matter, with every count hidden",
        source=f"{POLICY}, logs are released only exceptionally",
    ),
    About(
        code="G3",
        title="A picture inside a drawing",
        verdicts=(WARN,),
        stops="pictures of pixels inside a drawing; what they show is not read",
        mend="draw it as lines and text, or look at each picture with its data",
        source=f"{POLICY}, figures",
    ),
    About(
        code="H2",
        title="Leaves of few people",
        verdicts=(BLOCK,),
        stops="leaves or nodes of a tree with as few people as may not be shown",
        mend="grow the tree with at least 10 people in each leaf",
        source=_MODELS,
    ),
    About(
        code="H3",
        title="Residuals of single people",
        verdicts=(BLOCK, WARN),
        stops="residuals or fitted values that differ on many rows, in a table without a count",
        mend="release the coefficients, or residuals of groups",
        source=_MODELS,
    ),
    About(
        code="H4",
        title="A model of very many coefficients",
        verdicts=(WARN,),
        stops="a table of very many coefficients: a category for each small group gives its outcome back",
        mend="merge categories, or say how many people each rests on",
        source=_MODELS,
    ),
)
OF_CONTEXT = (
    code_evidence.ABOUT, described.ABOUT, earlier_outputs.ABOUT, made_from.ABOUT, made_from.ONE_COMMIT,
)  # fmt: skip
OTHERS = (*OF_SETS, *OF_PARTS, *OF_CONTEXT)
