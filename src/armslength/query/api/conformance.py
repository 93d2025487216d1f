"""Check a database against the contracts that its backend claims, and make reports on it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.policy.data_permissions import FACTS, TABLE_NEEDS, DataPermission, Opens
from armslength.query import contracts as contract_modules
from armslength.query.api.databases import Database, find_engine_class, source_of
from armslength.query.api.folders import files_of, folder_source
from armslength.query.conformance.asking import Asked, Offered
from armslength.query.conformance.checking import Wishes, check_tables
from armslength.query.conformance.drift import drift
from armslength.query.conformance.verdict import Check, Kind, Status, Verdict
from armslength.query.engines.backend import AnyTable, Backend, TableMapping, qualified
from armslength.query.engines.engine import ArrowTables, ParquetFiles, Source
from armslength.query.formats.store import is_store, read_store
from armslength.query.loading.contract_tables import find_table, namespaces
from armslength.query.model import nodes as n

COMMON = "core"
TABLES = (n.SelectTable, n.SelectPatientTable)
WIDENING = frozenset(each for each, facts in FACTS.items() if facts.opens is Opens.POPULATION)


def check_database(
    database: Database,
    *,
    wishes: Wishes,
    contracts: Iterable[str] = (),
    tables: Iterable[str] = (),
    permissions: Iterable[str] = (),
    before: Verdict | None = None,
    told: Callable[[str], None] = lambda name: None,
) -> Verdict:
    """Compare a database with its contracts and return the verdict. Reads each table once, and once for pictures.

    `contracts` are namespaces and `tables` names of tables, by default all that the backend claims. Tables that need
    one of the `permissions` are skipped without it. With `before`, an earlier verdict, what changed is checked too.
    Raises Mistake Q292 for names of what the backend does not claim, and the Mistakes of opening a database.
    """
    with asked_database(database, permissions=permissions) as asked:
        offered = offered_tables(asked.backend, contracts=contracts, tables=tables, dsn=database.dsn)
        seen, skipped = permitted(offered, permissions)
        done = list(check_tables(asked, seen, wishes=wishes, told=told))
        held_back = tuple(each.words for each in asked.backend.applied)
    verdict = Verdict(
        backend=database.backend,
        made_at=clock.utc_now(),
        as_of=wishes.as_of,
        held_back=held_back,
        checks=tuple(check for each in done for check in each.checks) + skipped,
        tables=tuple(each.found for each in done if each.found is not None),
    )
    if before is None:
        return verdict
    looked_at = {table.name for table in seen}
    changed = tuple(each for each in drift(before, verdict) if each.table in looked_at)
    return verdict.model_copy(update={"checks": verdict.checks + changed})


@contextmanager
def asked_database(database: Database, *, permissions: Iterable[str]) -> Iterator[Asked]:
    """Open a database for aggregate questions about its tables. Nobody who opted out is ever let in, whoever asks."""
    backend = database.find_backend(given=frozenset(permissions) - WIDENING)
    engine = find_engine_class(database.engine).open(
        _whole_source(database.dsn, backend), settings=database.settings
    )
    try:
        yield Asked(engine=engine, backend=backend)
    finally:
        engine.close()


def offered_tables(
    backend: Backend, *, contracts: Iterable[str] = (), tables: Iterable[str] = (), dsn: str = ""
) -> tuple[Offered, ...]:
    """Return the tables that a backend claims to offer, each place once, with the contract tables found there."""
    claimed = list(_claimed(backend, dsn))
    wanted = tuple(contracts)
    if unknown := set(wanted) - {node.namespace for node in claimed}:
        raise _not_claimed(backend, min(unknown), sorted({node.namespace for node in claimed}))
    chosen = [each for each in claimed if each.namespace in wanted] if wanted else _own(backend, claimed)
    places: dict[str, list[AnyTable]] = {}
    mappings: dict[str, TableMapping] = {}
    for node in chosen:
        mapping = backend.mapping_of(node)
        places.setdefault(mapping.table, []).append(node)
        mappings[mapping.table] = mapping
    made = [
        Offered(mapping=mappings[place], nodes=tuple(sorted(nodes, key=_first_named)))
        for place, nodes in places.items()
    ]
    return _among(backend, sorted(made, key=lambda each: each.name), tuple(tables))


def _first_named(node: AnyTable) -> tuple[bool, str]:
    return (node.namespace != COMMON, node.namespace)


def _among(backend: Backend, made: Sequence[Offered], tables: tuple[str, ...]) -> tuple[Offered, ...]:
    if not tables:
        return tuple(made)
    names = {name for each in made for name in (each.name, *each.also, each.nodes[0].name)}
    if unknown := set(tables) - names:
        raise _not_claimed(backend, min(unknown), [each.name for each in made])
    return tuple(each for each in made if {each.name, *each.also, each.nodes[0].name} & set(tables))


def _not_claimed(backend: Backend, name: str, known: Sequence[str]) -> Mistake:
    hint = f"it claims {', '.join(known)}"
    return Mistake("Q292", f"the backend `{backend.name}` does not claim `{name}`", hint=hint, exit_status=2)


def _claimed(backend: Backend, dsn: str) -> Iterator[AnyTable]:
    """Yield every contract table that a backend says it offers. One that takes any folder claims what it holds."""
    if backend.tables is not None:
        found = (find_table(*name) for name in sorted(backend.tables))
        yield from (node for node in dict.fromkeys(found) if node is not None)
        return
    here = Path(dsn)
    for namespace in namespaces():
        for node in _tables_in(namespace).values():
            if namespace == COMMON or any(here.glob(f"{node.name}.*")) or (here / node.name).is_dir():
                yield node


def _tables_in(namespace: str) -> dict[str, AnyTable]:
    module = import_module(f"{contract_modules.__name__}.{namespace}")
    nodes = (getattr(each, "_node", None) for each in vars(module).values())
    return {each.name: each for each in nodes if isinstance(each, TABLES) and each.namespace == namespace}


def _own(backend: Backend, claimed: Sequence[AnyTable]) -> list[AnyTable]:
    """Leave out what is another backend's own contract: an embedded store lends a few of its names."""
    if backend.tables is None:
        return [node for node in claimed if node.namespace == COMMON]
    others = {point.name for point in entry_points(group="armslength.backends")} - {COMMON, backend.name}
    return [n for n in claimed if n.namespace not in others or backend.name.startswith(n.namespace)]


def permitted(
    offered: Iterable[Offered], permissions: Iterable[str]
) -> tuple[list[Offered], tuple[Check, ...]]:
    """Part tables into those that may be looked at, and a skipped check for each that needs another permission."""
    given, seen, skipped = set(permissions), [], []
    for each in offered:
        needed = {each.mapping.needs, *(node.required_permission for node in each.nodes)}
        needed |= {TABLE_NEEDS.get(qualified(node.namespace, node.name)) for node in each.nodes}
        missing = sorted(str(DataPermission(name)) for name in needed - {None} - given)  # type: ignore[arg-type]
        if missing:
            words = f"looking at the table needs the permission `{missing[0]}`"
            skipped.append(
                Check(table=each.name, column=None, kind=Kind.PRESENCE, words=words, status=Status.SKIPPED)
            )
        else:
            seen.append(each)
    return seen, tuple(skipped)


def _whole_source(dsn: str, backend: Backend) -> Source:
    """Return everything that a backend's tables are made of, as far as it is there: what is missing is a finding."""
    folder = Path(dsn)
    if backend.tables is None and folder.is_dir():
        return _whole_folder(folder, backend)
    if backend.tables is not None and is_store(folder):
        store = read_store(folder)
        return ParquetFiles(tables={name: tuple(store.files_of(name)) for name in store.tables})
    nothing = n.Dataset(n.Value(False), ())
    return source_of(dsn, dataset=nothing, backend=backend)


def _whole_folder(folder: Path, backend: Backend) -> ParquetFiles | ArrowTables:
    tables: dict[str, list[Path]] = {}
    lists = {each.listed_in for each in backend.applied}
    nodes = {node.name: node for name in reversed(namespaces()) for node in _tables_in(name).values()}
    nodes |= _tables_in(COMMON)
    for name in (*nodes, *lists):
        try:
            tables[name] = files_of(name, folder)
        except Mistake as mistake:
            if mistake.code != "Q282":  # that it is missing is a finding
                raise
    if all(path.suffix == ".parquet" for paths in tables.values() for path in paths):
        return ParquetFiles(tables={name: tuple(paths) for name, paths in tables.items()})
    read: dict[str, pa.Table] = {}
    for name in tables:
        if name in lists:
            continue
        found = folder_source(folder, _everything(nodes[name]), backend=backend)
        if isinstance(found, ArrowTables):
            read |= found.tables
        else:
            read |= {each: pq.read_table(list(paths)) for each, paths in found.tables.items()}
    return ArrowTables(tables=read)


def _everything(node: AnyTable) -> n.Dataset:
    picked = tuple((name, n.SelectColumn(node, name)) for name in node.schema.names)
    if isinstance(node, n.SelectPatientTable):
        return n.Dataset(n.Exists(node), picked)
    return n.Dataset(n.Exists(node), (), (("rows", n.SeriesCollectionFrame(picked)),))


def today() -> datetime.date:
    """Return the day it is, by the project's clock."""
    return clock.utc_now().date()
