"""Codelists: the codes of a study, read from CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from armslength.query.language.errors import CodelistError


def codelist_from_csv(
    filename: str | Path, *, column: str, category_column: str | None = None
) -> list[str] | dict[str, str]:
    """Read codes from one column: a list, or with `category_column` a dict from code to category.

    `filename` is relative to the project. Surrounding spaces go, blank codes go, duplicates keep their first place
    and their last category. Codes are checked against a coding system when they meet a column.
    Raises CodelistError when the file or a column is not there.
    """
    path = Path(filename)
    try:
        # A mark of the byte order is no part of the first column's name.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = ""
        if "\\" in repr(str(filename)):
            hint = "; paths in definitions are written with `/`, on Windows too, because `\\` can mean something else"
        raise CodelistError(f"no codelist at `{filename}`, looking from {Path.cwd().name}/{hint}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CodelistError(f"codelist `{filename}` cannot be read: {error}") from None
    try:
        lines = io.StringIO(text, newline="")
        return codelist_from_csv_lines(lines, column=column, category_column=category_column)
    except (CodelistError, csv.Error) as error:
        raise CodelistError(f"{error} in `{filename}`") from None


def codelist_from_csv_lines(
    lines: Iterable[str], *, column: str, category_column: str | None = None
) -> list[str] | dict[str, str]:
    """Read a codelist from lines of CSV text. As `codelist_from_csv`.

    >>> codelist_from_csv_lines(["code,term", "10,a", " 20 ,b", ",c"], column="code")
    ['10', '20']
    """
    reader = csv.DictReader(lines, restval="")
    header = reader.fieldnames
    if header is None:
        raise CodelistError("the codelist is empty: there is not even a header")
    for wanted in (column, category_column):
        if wanted is not None and wanted not in header:
            raise CodelistError(f"no column `{wanted}`; there are: {', '.join(map(repr, header))}")
    codes: dict[str, str] = {}
    for row in reader:
        code = row[column].strip()
        if code:
            codes[code] = "" if category_column is None else row[category_column].strip()
    return list(codes) if category_column is None else codes
