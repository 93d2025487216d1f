"""Which lists of people and practices a database holds: what is there decides which restrictions stand."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from armslength.kernel.errors import Mistake
from armslength.query.api.folders import lists_of_folder
from armslength.query.engines.backend import Backend
from armslength.query.engines.engine import EngineClass, Plan, ResultQuery, Settings, Source
from armslength.query.formats.store import is_store, read_store

REQUIRED = "ARMSLENGTH_REQUIRED_RESTRICTIONS"
NOT_KEPT_STATUS = 12


def required_restrictions(environment: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The rules without which no database is asked: a JSON list that the runner takes from its policy. Mistake Q051."""
    text = environment.get(REQUIRED) or "[]"
    try:
        names = json.loads(text)
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        hint = 'write a JSON list of names, such as ["type_1_opt_out"]'
        raise Mistake("Q051", "the required restrictions cannot be read", REQUIRED, hint)
    return frozenset(names)


def require_restrictions(backend: Backend, required: Iterable[str]) -> None:
    """Refuse a database that does not know whom a required rule holds back. Raises Mistake Q120."""
    missing = sorted(set(required) - {str(each.name) for each in backend.restrictions})
    if not missing:
        return
    named = ", ".join(f"`{name}`" for name in missing)
    lists = {str(each.name): each.listed_in for each in backend.where_listed}
    could = [f"`{lists[name]}`" for name in missing if name in lists]
    hint = (
        f"put {', '.join(could)} beside its tables"
        if could
        else "the backend has to say whom the rule holds back"
    )
    what = f"the policy requires {named}, which the backend `{backend.name}` cannot keep on this database"
    raise Mistake("Q120", what, hint=hint, exit_status=NOT_KEPT_STATUS)


def lists_in(dsn: str, names: Collection[str]) -> frozenset[str] | None:
    """Return which of the lists a store or a folder holds, None for a database that has to be asked itself."""
    place = Path(dsn)
    if not place.exists():
        return None if "://" in dsn else frozenset()
    if is_store(place):
        return frozenset(names) & set(read_store(place).tables)
    return lists_of_folder(place, names) if place.is_dir() else frozenset()


def lists_on(
    engine: EngineClass, source: Source, names: Collection[str], *, settings: Settings
) -> frozenset[str]:
    """Return which of the lists a database holds. Raises its Mistakes: a list that may not be read is one, too."""
    found = set()
    for name in names:
        opened = engine.open(source, settings=settings)
        try:
            query = exp.select(exp.alias_(exp.Count(this=exp.Star()), "rows")).from_(
                exp.to_table(f'"{name}"')
            )
            sql = query.where(exp.false()).sql(dialect=engine.capabilities.sql)
            schema = pa.schema([("rows", pa.int64())])
            asked = ResultQuery(name="answer", purpose=f"look for {name}", sql=sql, schema=schema)
            with closing(opened.execute(Plan(statements=(), results=(asked,)))) as results:
                for each in results:
                    each.rows.read_all()
            found.add(name)
        except Mistake as mistake:
            if mistake.code != "Q104":  # there is no such table
                raise
        finally:
            opened.close()
    return frozenset(found)
