"""EMIS: the first generation of the OpenSAFELY-EMIS database, on Trino; one SQL file for each table.

It holds no list of opt-outs and no list of practices, so nothing can be held back here: whoever runs such a
database hands over only what may be seen. Access for research is suspended.
"""

from __future__ import annotations

from pathlib import Path

from armslength.query.contracts import core, emis, smoketest
from armslength.query.contracts.raw import core as raw_core
from armslength.query.contracts.raw import emis as raw_emis
from armslength.query.engines.backend import Backend
from armslength.query.engines.mapping_files import read_tables

DIALECT = "trino"

BACKEND = Backend(
    name="emis",
    title="OpenSAFELY-EMIS, first generation",
    tables=read_tables(
        Path(__file__).parent, contracts=(core, emis, raw_core, raw_emis, smoketest), dialect=DIALECT
    ),
    dialect=DIALECT,
)
