"""Looking up contract tables by name: the only way a table gets into a query that comes from a definition."""

from __future__ import annotations

import functools
import re

from armslength.query.contracts.versions.installed import brought, find_contract, own_namespaces
from armslength.query.model.nodes import SelectPatientTable, SelectTable

# The name of a file of ours, nothing that could lead elsewhere.
NAMESPACE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")

ContractTable = SelectTable | SelectPatientTable


def namespaces() -> tuple[str, ...]:
    """Return the name of every contract that is promised to researchers."""
    return (*own_namespaces(), *sorted(brought()))


def find_table(namespace: str, name: str) -> ContractTable | None:
    """Return the table of this name in the contract of this namespace, or None."""
    if NAMESPACE.fullmatch(namespace) is None:
        return None
    return _tables_of(namespace).get(name)


@functools.cache
def _tables_of(namespace: str) -> dict[str, ContractTable]:
    """The tables a contract's file defines, by name; none when there is no such contract."""
    if namespace not in namespaces():
        return {}
    found = find_contract(namespace)
    nodes = (getattr(each, "_node", None) for each in vars(found).values())
    return {
        node.name: node for node in nodes if isinstance(node, ContractTable) and node.namespace == namespace
    }
