"""B11: small counts in titles, labels, footnotes, log lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from armslength.disclosure.checks import BLOCK, POLICY, WARN, About
from armslength.disclosure.names import vocabulary
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="B11",
    title="Small counts in text",
    verdicts=(BLOCK, WARN),
    stops="`n = 3`, `3 patients`, `events: 2` in titles, headers, footnotes, labels of figures, comments and log lines",
    mend="hide the number, or leave the sentence out",
    source=f"{POLICY}, logs and figures",
)
_EQUALS = re.compile(r"(?<![A-Za-z0-9_.])[nN]\s?[=:]\s?(\d{1,3}(?:,\d{3})*|\d+)(?![\d.%]|,\d)\)?\s?([a-z]*)")
_PEOPLE = re.compile(
    r"(?<![\w.,/–-])(\d{1,2}) (patients?|people|persons?|individuals?|participants?|deaths|women|men|children|died)\b"  # noqa: RUF001
    r"(?! or (?:fewer|less|more|under|over)\b)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(patients|people|individuals|participants|deaths|events|cases|count|number of (?:patients|people|deaths|cases"
    r"|events))\s?[:=]\s?(\d{1,2})(?![\d.,%:]|\s?[-–/])\b",  # noqa: RUF001
    re.IGNORECASE,
)
_NOT_PEOPLE = vocabulary(
    "knots imputations categories groups quintiles practices models iterations codes files rows columns studies bins"
    " threads cores jobs levels deciles variables doses"
)
# Words just before a number by which it is a rule, not a count: `fewer than 6 patients`, `counts <= 7`.
_RULE = re.compile(
    r"(<|≤|>|≥|fewer|less|below|under|least|more|than|most|up to|between|and|to|or|from|redact\w*|suppress\w*|threshold"
    r"|every|per|each|first|top|minimum|maximum|round\w*|seed|set|print|head|any)\W*(of )?$",
    re.IGNORECASE,
)

# Words just before a number that it numbers, not the people after it: `Table 2 Patients`, `in quintile 5 patients`.
_NUMBERED = re.compile(
    r"\b(tables?|figures?|fig|models?|waves?|phases?|steps?|scenarios?|groups?|cohorts?|quintiles?|deciles?|quartiles?"
    r"|doses?|days?|weeks?|months?|years?|sections?|chapters?|stages?|panels?|parts?|tiers?|levels?|clusters?|box"
    r"|appendix|categor(?:y|ies)|aged?|ages|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:\d{1,3}|one) (?:in|out of)"
    r"|one of every)[ .:]{1,2}$",
    re.IGNORECASE,
)


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding per kind of text with small counts in it."""
    surely: list[tuple[int, str]] = []
    perhaps: list[tuple[int, str]] = []
    for line, text, prose in _texts(document, subjects):
        for number, sure in _small(text, policy.threshold):
            (surely if sure and prose else perhaps).append((line, number))
    for verdict, met in ((Verdict.BLOCK, surely), (Verdict.WARN, perhaps)):
        if met:
            yield Finding(
                code=ABOUT.code,
                verdict=verdict,
                what=f"{len(met)} {'count' if len(met) == 1 else 'counts'} from 1 to {policy.threshold} in the text"
                + ("" if verdict is Verdict.BLOCK else ", if people are counted"),
                why="a small count in a sentence discloses as much as one in a table",
                fix=ABOUT.mend,
                table=document.name,
                places=tuple(
                    Place(line=line, column="", row=0, index=0) for line, _ in met[: policy.maximum_places]
                ),
                cells=len(met),
                value=met[0][1],
            )


def _texts(document: Document, subjects: Sequence[Subject]) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, text, whether it is prose): code and labels of their own may number anything."""
    for passage in (*document.passages, *document.hidden):
        if passage.kind not in ("script", "metadata"):
            label = _PEOPLE.fullmatch(passage.text.strip()) is not None
            yield passage.line, passage.text[:20_000], passage.kind != "code" and not label
    for subject in subjects:
        for name in subject.table.header:
            yield max(1, (subject.table.lines or (2,))[0] - 1), name[:500], True
        for index in subject.table.label_columns[:2]:
            for line, cell in zip(subject.table.lines, subject.table.columns[index], strict=True):
                if "=" in cell.raw:
                    yield line, cell.raw[:500], True


def _small(text: str, threshold: int) -> Iterator[tuple[str, bool]]:
    """Yield each small count in a text, and whether it surely counts people."""
    if not any(character.isdigit() for character in text):
        return
    for match in _EQUALS.finditer(text):
        number = int(match[1].replace(",", "")[:12])
        inside_call = re.search(r"\w\([^()]*$", text[: match.start()][-60:])
        if 1 <= number <= threshold and match[2] not in _NOT_PEOPLE and not inside_call:
            # 5 is what 6 becomes when rounded to 5, and 3 stands for 1 to 6 in midpoint 6.
            yield (
                match[0].strip(),
                number not in (3, 5) or threshold < 5 or not _rounded_elsewhere(text, number),
            )
    for match in _PEOPLE.finditer(text):
        if 1 <= int(match[1]) <= threshold and not _RULE.search(text[: match.start()][-24:]):
            yield match[0], not _NUMBERED.search(text[: match.start()][-32:])
    for match in _NAMED.finditer(text):
        if 1 <= int(match[2]) <= threshold:
            yield match[0], match[1].lower() not in ("count", "events", "cases")


def _rounded_elsewhere(text: str, number: int) -> bool:
    """True when the other counts of the same text keep to the rounding that shows this number."""
    others = [int(match[1].replace(",", "")[:12]) for match in _EQUALS.finditer(text)]
    base, remainder = (6, 3) if number == 3 else (5, 0)
    return len(others) > 2 and all(other % base == remainder for other in others)
