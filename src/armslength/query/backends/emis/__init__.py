"""EMIS: the first generation of the OpenSAFELY-EMIS database, on Trino; one SQL file for each table.

As delivered it holds no list of opt-outs and none of practices: whoever runs such a database hands over only what may
be seen. A list that is put beside its tables is kept to. Access for research is suspended.
"""

from __future__ import annotations

from pathlib import Path

from armslength.query.contracts import core, emis, smoketest
from armslength.query.contracts.raw import core as raw_core
from armslength.query.contracts.raw import emis as raw_emis
from armslength.query.engines.backend import Backend, TableMapping
from armslength.query.engines.lists import activation, opt_outs
from armslength.query.engines.mapping_files import read_mapping, read_query, read_tables

DIALECT = "trino"
HERE = Path(__file__).parent
DAYS = {"clinical_events": "date", "medications": "date", "vaccinations": "date"}
PRACTICES = {"practice_registrations": "practice_pseudo_id"}


def _mapping(name: str) -> TableMapping:
    return read_mapping(HERE, name, dialect=DIALECT, day=DAYS.get(name), practice=PRACTICES.get(name))


BACKEND = Backend(
    name="emis",
    title="OpenSAFELY-EMIS, first generation",
    tables=read_tables(
        HERE, contracts=(core, emis, raw_core, raw_emis, smoketest), dialect=DIALECT, read=_mapping
    ),
    dialect=DIALECT,
    where_listed=(
        *opt_outs("patient_id"),
        activation(read_query(HERE / "practice_registrations.sql", dialect=DIALECT)),
    ),
)
