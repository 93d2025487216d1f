"""Tables that killed runs left in the scratch schema of a Trino: found by their names, and dropped when old enough."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from armslength.kernel.errors import Mistake
from armslength.query.engines.dialects.trino import scratch_of
from armslength.query.engines.dialects.trino_address import TrinoAddress, parsed
from armslength.query.engines.dialects.trino_errors import FAILURES, cannot_connect, is_lost, mistake_of
from armslength.query.engines.dialects.trino_scratch import made_at
from armslength.query.engines.dialects.trino_session import Session, constant, opened, quoted_name


def left_over_tables(
    address: str, *, older_than: datetime.timedelta, now: datetime.datetime, by_user: bool = False
) -> list[str]:
    """Return the tables of the scratch schema that runs made longer ago, by name.

    `by_user` says that the schema is that of the user's name, where the address names none. Raises Mistake Q106 (no
    connection), Q114 (the address) and those of a query.
    """
    place, session = _session(address)
    scratch = scratch_of(place, run="", by_user=by_user)
    tables = f"{quoted_name(scratch.catalog)}.information_schema.tables"
    sql = (
        f"SELECT table_name FROM {tables} WHERE table_catalog = {constant(scratch.catalog)}"  # noqa: S608
        f" AND table_schema = {constant(scratch.schema)}"
    )
    try:
        found = sorted(str(name) for (name,) in session.run(sql))
    except FAILURES as error:
        raise _told(error, place, "list the tables of the scratch schema") from error
    finally:
        session.end()
    return [name for name in found if (made := made_at(name)) is not None and now - made > older_than]


def dropped_tables(address: str, names: list[str], *, by_user: bool = False) -> Iterator[str]:
    """Drop tables of the scratch schema one after the other, and yield the name of each that is gone."""
    place, session = _session(address)
    scratch = scratch_of(place, run="", by_user=by_user)
    schema = f"{quoted_name(scratch.catalog)}.{quoted_name(scratch.schema)}"
    try:
        for name in names:
            session.run(f"DROP TABLE IF EXISTS {schema}.{quoted_name(name)}")
            yield name
    except FAILURES as error:
        raise _told(error, place, "drop a table that was left over") from error
    finally:
        session.end()


def _session(address: str) -> tuple[TrinoAddress, Session]:
    place = parsed(address)
    return place, opened(place, timeout=None, is_cancelled=lambda: False)


def _told(error: Exception, place: TrinoAddress, purpose: str) -> Mistake:
    return cannot_connect(error, place) if is_lost(error) else mistake_of(error, purpose)
