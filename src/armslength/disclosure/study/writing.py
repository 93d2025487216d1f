"""Writing a table with its claims: what was done to each column, in a file beside it that checks verify."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from armslength.disclosure.study.counts import BASE, REDACTED, THRESHOLD

VERSION = 1
SCHEMES = ("exact", "nearest", "midpoint6")


def claims_path(path: Path) -> Path:
    """The claims beside an output.

    >>> claims_path(Path("output/rates.csv")).name
    'rates.csv.claims.json'
    """
    return path.with_name(path.name + ".claims.json")


def write_table(
    rows: Any, path: Path | str, *, rounded: Sequence[str] = (), midpoint6: Sequence[str] = (),
    base: int = BASE, threshold: int = THRESHOLD, marker: str = REDACTED,
) -> Path:  # fmt: skip
    """Write a table as CSV, and beside it what was done to its columns; return the path of the claims.

    `rows` are mappings, a mapping of columns, or a pandas DataFrame; `rounded` and `midpoint6` name the columns of
    counts. Raises ValueError, with nothing written, when a column does not keep to what is claimed of it.
    """
    path = Path(path)
    records = _records(rows)
    header = list(records[0]) if records else []
    claims: dict[str, dict[str, Any]] = {}
    for name in rounded:
        claims[name] = {"scheme": "nearest", "base": base, "threshold": threshold, "marker": marker}
    for name in midpoint6:
        claims[name] = {"scheme": "midpoint6"}
    for name, claim in claims.items():
        if records and name not in header:
            raise ValueError(f"there is no column `{name}`; there are {', '.join(map(str, header))}")
        for row in records:
            if wrong := why_not(row[name], claim):
                raise ValueError(f"column `{name}`: {wrong}")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    data = out.getvalue().encode()
    said = {
        "version": VERSION,
        "file": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "columns": claims,
    }
    path.write_bytes(data)
    beside = claims_path(path)
    beside.write_text(json.dumps(said, indent=2, sort_keys=True) + "\n")
    return beside


def why_not(shown: Any, claim: Mapping[str, Any]) -> str | None:
    """Why a shown value cannot come from what is claimed of its column, or None."""
    if shown is None or shown == "" or shown == claim.get("marker"):
        return None
    try:
        count = int(str(shown).replace(",", "").removesuffix(".0"))
    except ValueError:
        return f"`{shown}` is neither a count nor the marker"
    if claim["scheme"] == "exact":
        return None
    if claim["scheme"] == "midpoint6":
        return None if count == 0 or count % 6 == 3 else f"{count} is no midpoint of a band of six"
    base, threshold = int(claim["base"]), int(claim["threshold"])
    if count % base:
        return f"{count} is no multiple of {base}"
    if count > 0 and count + base // 2 <= threshold:
        return f"{count} can only come from a count of at most {threshold}"
    return None


def _records(rows: Any) -> list[dict[str, Any]]:
    if hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        return [dict(row) for row in rows.to_dict("records")]
    if isinstance(rows, Mapping):
        columns = {name: list(values) for name, values in rows.items()}
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    if isinstance(rows, Iterable):
        return [dict(row) for row in rows]
    raise ValueError("rows are mappings, a mapping of columns, or a DataFrame")
