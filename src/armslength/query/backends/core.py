"""The embedded store of core tables: every table is there under its contract's own names."""

from __future__ import annotations

from armslength.query.contracts import core, smoketest
from armslength.query.engines.backend import Backend, TableMapping

# Besides the core contract, a store holds addresses, because nearly every study adjusts for deprivation.
NAMESPACES = {
    core.NAMESPACE: tuple(core.__all__),
    smoketest.NAMESPACE: tuple(smoketest.__all__),
    "tpp": (*core.__all__, "addresses"),
}

BACKEND = Backend(
    name="core",
    title="The embedded store of core tables",
    tables={
        (namespace, name): TableMapping(table=name)
        for namespace, names in NAMESPACES.items()
        for name in names
    },
)
