"""What a question uses of a database that a verdict says cannot be relied on."""

from __future__ import annotations

from collections.abc import Iterable

from armslength.query.conformance.verdict import Check, Status, Verdict
from armslength.query.engines.backend import qualified
from armslength.query.model import nodes as n


def columns_used(questions: Iterable[n.Node]) -> dict[str, frozenset[str]]:
    """Return the columns that questions read, by contract table."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for node in n.walk(question):
            if isinstance(node, (n.SelectTable, n.SelectPatientTable)):
                found.setdefault(qualified(node.namespace, node.name), set())
            if isinstance(node, n.SelectColumn) and isinstance(node.source, n.Frame):
                table = n.table_of(node.source)
                if isinstance(table, (n.SelectTable, n.SelectPatientTable)):
                    found.setdefault(qualified(table.namespace, table.name), set()).add(node.name)
    return {table: frozenset(columns) for table, columns in found.items()}


def failures_met(questions: Iterable[n.Node], verdict: Verdict) -> tuple[Check, ...]:
    """Return the failed checks of what questions read: of a column they use, or of a whole table they use.

    The same rows may be asked for by the names of several contracts: a failure counts for each of them.
    """
    used = columns_used(questions)
    names: dict[str, tuple[str, ...]] = {}
    for each in verdict.tables:
        together = (each.table, *each.also)
        names |= dict.fromkeys(together, together)
    met = []
    for check in verdict.with_status(Status.FAILED):
        for name in names.get(check.table, (check.table,)):
            if name in used and (check.column is None or check.column in used[name]):
                met.append(check)
                break
    return tuple(met)
