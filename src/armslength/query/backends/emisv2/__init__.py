"""EMISV2: the second generation of the OpenSAFELY-EMIS database, on Trino; one SQL file for each table.

It holds its own type 1 opt-outs. A list of people without a national one that is put beside its tables is kept to. Of
activation nothing can be kept: a registration does not say with which practice.
"""

from __future__ import annotations

from pathlib import Path

from armslength.policy.data_permissions import DataPermission
from armslength.query.contracts import core, emisv2, smoketest
from armslength.query.engines.backend import Backend
from armslength.query.engines.lists import opt_outs
from armslength.query.engines.mapping_files import read_query, read_tables
from armslength.query.engines.restrictions import Listed, Restriction

DIALECT = "trino"
HERE = Path(__file__).parent

TYPE_1_OPT_OUT = Restriction(
    name="type_1_opt_out",
    lifted_by=DataPermission.INCLUDE_T1OO,
    words="people with a type 1 opt-out are left out (those whose is_consent_9nu0 is false)",
    people=read_query(HERE / "opted_out.sql", dialect=DIALECT),
    listed=Listed.LEFT_OUT,
)

BACKEND = Backend(
    name="emisv2",
    title="OpenSAFELY-EMIS, second generation",
    tables=read_tables(HERE, contracts=(emisv2, smoketest), dialect=DIALECT),
    refused={
        (core.NAMESPACE, "ons_deaths"): "the database holds no registered deaths",
        (core.NAMESPACE, "practice_registrations"): "a registration does not say with which practice; "
        "use `ehrql.tables.emisv2`",
    },
    dialect=DIALECT,
    restrictions=(TYPE_1_OPT_OUT,),
    where_listed=opt_outs("patient_id")[1:],
    scratch_of_user=True,
)
