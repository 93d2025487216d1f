"""A folder with a file, or a folder of files, for each table, named as in the contract.

A list of people or practices among them is kept to; see `armslength.query.engines.lists`. Without one, nothing is held
back from who asks: whoever makes such a folder puts into it only what may be seen.
"""

from __future__ import annotations

from sqlglot import parse_one

from armslength.query.engines.backend import Backend
from armslength.query.engines.lists import activation, opt_outs

# The column that says on which day a practice wrote a row down, in every contract's table of that name.
DAYS = {
    "appointments": "booked_date",
    "clinical_events": "date",
    "clinical_events_ranges": "date",
    "medications": "date",
    "medications_raw": "date",
    "repeat_medications_raw": "date",
    "vaccinations": "date",
}
REGISTRATIONS = parse_one(
    "SELECT r.patient_id, r.end_date, r.practice_pseudo_id FROM practice_registrations AS r"
)

BACKEND = Backend(
    name="files",
    title="A folder of Parquet, Arrow or CSV files",
    tables=None,
    where_listed=(*opt_outs("patient_id"), activation(REGISTRATIONS)),  # type: ignore[arg-type]
    days=DAYS,
    practices={"practice_registrations": "practice_pseudo_id"},
)
