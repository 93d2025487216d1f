"""A3: something that names a person, in any text: cells, titles, comments, log lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, HANDBOOK, POLICY, WARN, About
from armslength.disclosure.names import PERSONAL_NAME, normal
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Place, Verdict
from armslength.disclosure.roles import AGGREGATES, Role
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document
from armslength.disclosure.text import identifiers_in, is_nhs_number, is_snomed_id

ABOUT = About(
    code="A3",
    title="Personal identifiers in any text",
    verdicts=(BLOCK, WARN),
    stops="NHS numbers (by their check digit), e-mail addresses, postcodes, mobile telephone numbers and columns of"
    " people's names, in cells, titles, comments, attributes, JSON keys and log lines; what was met is never quoted."
    " Asked about: an address outside every table, which is mostly an author's, and numbers in the code of a page",
    mend="remove them",
    source=f"{POLICY}; NHS Data Dictionary, modulus 11; {HANDBOOK}",
)
# Statistics and codes hold long numbers that may satisfy a check digit by chance.
_NUMBERS_ARE_OTHER = AGGREGATES | {Role.CODE, Role.DATE, Role.ROW_INDEX}


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding per kind of identifier met. Never quotes what it met."""
    met: dict[str, list[Place]] = defaultdict(list)
    perhaps: dict[str, list[Place]] = defaultdict(list)
    for passage in (*document.passages, *document.hidden):
        for kind, _ in identifiers_in(passage.text):
            # Pages name their authors, and the code of a page is full of long numbers.
            asked = kind == "e-mail address" or passage.kind in ("script", "style")
            found = perhaps if asked else met
            found[kind].append(Place(line=passage.line, column="", row=0, index=0))
    for subject in subjects:
        for index in range(len(subject.table.header)):
            _meet_in_column(subject, index, met)
        yield from _name_columns(subject)
    told = [(Verdict.BLOCK, *entry) for entry in met.items()]
    for verdict, kind, places in [*told, *((Verdict.WARN, *entry) for entry in perhaps.items())]:
        yield Finding(
            code=ABOUT.code,
            verdict=verdict,
            what=f"{_several(len(places), kind)} in the text",
            why="it names a person or the place where one lives",
            fix=f"remove every {kind}; nothing that identifies a person leaves",
            table=document.name,
            places=tuple(places[:20]),
            cells=len(places),
        )


def _meet_in_column(subject: Subject, index: int, met: dict[str, list[Place]]) -> None:
    for kind, _ in identifiers_in(subject.table.header[index]):
        met[kind].append(Place(line=1, column="", row=0, index=index))
    role = Role.CODE if _are_codes(subject, index) else subject.roles[index].role
    if role in _NUMBERS_ARE_OTHER and not subject.table.has(index, Kind.TEXT):
        return
    for row, cell in enumerate(subject.table.columns[index]):
        if cell.kind is Kind.TEXT:
            # A bare number inside a column of codes is a code, whatever its digits add up to.
            if role is Role.CODE and cell.raw.strip().isdigit():
                continue
            for kind, _ in identifiers_in(cell.raw):
                met[kind].append(subject.place(row, index))
        elif cell.kind is Kind.INTEGER and role not in _NUMBERS_ARE_OTHER and is_nhs_number(cell.raw.strip()):
            for kind, _ in identifiers_in(cell.raw):
                met[kind].append(subject.place(row, index))


def _are_codes(subject: Subject, index: int) -> bool:
    """True when the numbers of a column are mostly clinical codes, by their own check digit."""
    numbers = [cell.raw.strip() for cell in subject.table.shown(index)[:200] if cell.raw.strip().isdigit()]
    return len(numbers) >= 2 and sum(map(is_snomed_id, numbers)) * 2 > len(numbers)


def _name_columns(subject: Subject) -> Iterator[Finding]:
    for index, name in enumerate(subject.table.header):
        if not PERSONAL_NAME.search(normal(name)) or normal(name) == "name":
            continue
        if len({cell.raw for cell in subject.table.shown(index)}) > 1:
            yield subject.finding(
                ABOUT.code,
                Verdict.BLOCK,
                what=f"column `{name}` is called like the names of people",
                why="a name identifies a person",
                fix=f"drop `{name}`",
                cells=[(0, index)],
            )


def _several(number: int, kind: str) -> str:
    plural = f"{kind}es" if kind.endswith("s") else f"{kind}s"
    return f"1 {kind}" if number == 1 else f"{number} {plural}"
