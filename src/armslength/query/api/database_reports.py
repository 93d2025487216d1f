"""Reports on a whole database, by name; see `conformance` for checks of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib import import_module

from armslength.query import contracts
from armslength.query.api.conformance import asked_database, offered_tables, permitted
from armslength.query.api.databases import Database
from armslength.query.conformance.reports import (
    Report,
    codes_report,
    guide_report,
    latest_report,
    schema_report,
)
from armslength.query.engines.backend import qualified
from armslength.query.language.frames import BaseFrame
from armslength.query.loading.contract_tables import namespaces


class ReportKind(StrEnum):
    """The reports there are."""

    SCHEMA = "schema"
    LATEST = "latest"
    CODES = "codes"
    ETHNICITY = "ethnicity"
    GUIDE = "guide"


def report_on(
    database: Database,
    kind: ReportKind,
    *,
    as_of: datetime.date,
    contracts: Iterable[str] = (),
    tables: Iterable[str] = (),
    permissions: Iterable[str] = (),
    codelist: Mapping[str, str] | None = None,
) -> Report:
    """Make a report on tables of a database; those that need a permission which is not given are left out.

    Nobody who opted out is counted, whatever permissions are given. Raises Mistake Q292 for names that the backend
    does not claim, and the Mistakes of opening a database.
    """
    with asked_database(database, permissions=permissions) as asked:
        offered = offered_tables(asked.backend, contracts=contracts, tables=tables, dsn=database.dsn)
        seen, _ = permitted(offered, permissions)
        match kind:
            case ReportKind.SCHEMA:
                return schema_report(asked, seen)
            case ReportKind.LATEST:
                return latest_report(asked, seen, as_of=as_of)
            case ReportKind.GUIDE:
                return guide_report(asked, seen, frames=_frames())
            case _:
                ethnic = kind is ReportKind.ETHNICITY
                return codes_report(asked, seen, codelist=codelist, only_ethnicity=ethnic)


def _frames() -> dict[str, BaseFrame]:
    """Return every table of every contract as study authors know it, by its qualified name."""
    found = {}
    for namespace in namespaces():
        module = import_module(f"{contracts.__name__}.{namespace}")
        for each in vars(module).values():
            node = getattr(each, "_node", None)
            if (
                isinstance(each, BaseFrame)
                and node is not None
                and getattr(node, "namespace", None) == namespace
            ):
                found[qualified(namespace, node.name)] = each
    return found
