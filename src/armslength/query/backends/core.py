"""The embedded store of core tables: every table is there under its contract's own names.

A list of people or practices that lies beside them is kept to; see `armslength.query.engines.lists`.
"""

from __future__ import annotations

from sqlglot import parse_one

from armslength.query.contracts import core, smoketest
from armslength.query.engines.backend import Backend, TableMapping
from armslength.query.engines.lists import activation, opt_outs

# Besides the core contract, a store holds addresses, because nearly every study adjusts for deprivation.
NAMESPACES = {
    core.NAMESPACE: tuple(core.__all__),
    smoketest.NAMESPACE: tuple(smoketest.__all__),
    "tpp": (*core.__all__, "addresses"),
}
DAYS = {"clinical_events": "date", "medications": "date"}
PRACTICES = {"practice_registrations": "practice_pseudo_id"}
REGISTRATIONS = parse_one(
    "SELECT r.patient_id, r.end_date, r.practice_pseudo_id FROM practice_registrations AS r"
)

BACKEND = Backend(
    name="core",
    title="The embedded store of core tables",
    tables={
        (namespace, name): TableMapping(table=name, day=DAYS.get(name), practice=PRACTICES.get(name))
        for namespace, names in NAMESPACES.items()
        for name in names
    },
    where_listed=(*opt_outs("patient_id"), activation(REGISTRATIONS)),  # type: ignore[arg-type]
)
