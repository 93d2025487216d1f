"""Tables that Trino's queries make, which are no temporary ones: their names say which run made them, and when."""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from armslength.query.engines.compile.tables import OURS

STAMP = "%Y%m%d_%H%M"
# Ours, and those of ehrQL, which whoever moves from it may have left in the same schema.
LEFT_OVER = re.compile(r"(?:armslength|ehrql)_(\d{8}_\d{4})_[0-9a-f]{12}_\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """Where one run keeps its tables. Of an empty `schema` or `catalog`, the session's own is meant.

    `marks` are columns of one value that the platform wants in every table there.
    """

    run: str
    schema: str = ""
    catalog: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, table: str) -> str:
        """Return what a table of the query is called in the scratch schema; in Trino all names are small letters.

        >>> Scratch(run="20300102_0304_0123456789ab").name_of("armslength_scan_1")
        'armslength_20300102_0304_0123456789ab_scan_1'
        """
        return f"{OURS}{self.run}_{table.removeprefix(OURS).lower()}"


def new_run(now: datetime.datetime | None = None) -> str:
    """Return a name that no other run has, beginning with the time in UTC."""
    return f"{now or datetime.datetime.now(datetime.UTC):{STAMP}}_{secrets.token_hex(6)}"


def made_at(table: str) -> datetime.datetime | None:
    """Return when a left-over table was made, or None for a table that no run made.

    >>> made_at("armslength_20300102_0304_0123456789ab_scan_1").isoformat()
    '2030-01-02T03:04:00+00:00'
    >>> made_at("patients")
    """
    found = LEFT_OVER.fullmatch(table)
    try:
        return datetime.datetime.strptime(found[1], STAMP).replace(tzinfo=datetime.UTC) if found else None
    except ValueError:
        return None
