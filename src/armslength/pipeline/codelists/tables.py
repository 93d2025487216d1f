"""A codelist file as rows that know their line, and which of its columns hold codes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from armslength.kernel.errors import Mistake

# Column names that hold codes in published codelists: code, dmd_id, CTV3ID, snomedct_code, icd10, bnf_code.
CODE_COLUMN = re.compile(
    r"(.*[ _-])?(codes?|id|ids|ctv3|ctv3(id|code)|read|read2|snomed|snomed(ct)?(code|id)|snomed[ _-]?ct|dmd|dm\+d"
    r"|dmd(id|code)|vmp|amp|vpid|apid|icd|icd-?10(code)?|opcs-?4?(code)?|bnf(code)?)([ _-](codes?|ids?|prev|new))?",
    re.IGNORECASE,
)
TERM_COLUMN = re.compile(r"(.*[ _-])?(term|name|nm|description|desc|preferred|label)", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A codelist: its header, and its rows as written, each with the line it starts on (from 1)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def code_columns(self, named: Iterable[str] = ()) -> tuple[int, ...]:
        """The places of the columns that hold codes: those named, else those whose name says so."""
        wanted = set(named)
        found = [place for place, name in enumerate(self.columns) if name in wanted or is_code_column(name)]
        return tuple(found)

    @property
    def code_column(self) -> int:
        """The place of the column that tells one row from another: `code`, else the first that holds codes."""
        names = [name.strip().lower() for name in self.columns]
        if "code" in names:
            return names.index("code")
        return next(iter(self.code_columns()), 0)

    @property
    def term_column(self) -> int | None:
        """The place of the column that says in words what a code means."""
        return next(
            (place for place, name in enumerate(self.columns) if TERM_COLUMN.fullmatch(name.strip())), None
        )


def is_code_column(name: str) -> bool:
    """Say whether a column of this name holds codes.

    >>> [is_code_column(name) for name in ("code", "dmd_id", "CTV3ID", "term", "category")]
    [True, True, True, False, False]
    """
    return CODE_COLUMN.fullmatch(name.strip()) is not None


def decode(content: bytes, *, where: str) -> str:
    """Return the text of a codelist file, without a mark of the byte order. Raises Mistake P073."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = "save it as “CSV UTF-8”, or download it again"
        raise Mistake("P073", "the file is not UTF-8 text", where=f"{where}:{line}", hint=hint) from None


def read_table(text: str, *, where: str) -> Table:
    """Read a codelist. Raises Mistake P073 when it is no table: empty, no header, broken quotes."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        header = next(reader, None)
        if not header or not any(name.strip() for name in header):
            what = "the codelist is empty: there is not even a header"
            raise Mistake("P073", what, where, "the first line names the columns, such as `code,term`")
        before = reader.line_num
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((before + 1, tuple(row) + ("",) * (len(header) - len(row))))
            before = reader.line_num
    except csv.Error as error:
        raise Mistake("P073", f"the file is no CSV: {error}", where=f"{where}:{reader.line_num}") from None
    return Table(tuple(header), tuple(rows))
