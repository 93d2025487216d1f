"""What a query costs and why, in words: which tables are read how often, with which codelists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from armslength.query.api.databases import named_tables
from armslength.query.api.datasets import require_no_parameters
from armslength.query.engines.backend import qualified
from armslength.query.engines.compile.choices import SHARE
from armslength.query.engines.passes import PASSES, chosen_passes
from armslength.query.engines.passes.restrict_to_population import is_everybody
from armslength.query.engines.query_plan import Pass, QueryPlan, Scan, plan_query
from armslength.query.model import nodes as n

LARGE_CODELIST, MANY_ANSWERS = 2_000, 100


def costs_in_words(dataset: n.Dataset, *, without: Iterable[str] = ()) -> str:
    """Describe the plan of a dataset: what is read, what the passes saved, what drives the cost. Touches no data.

    `without` names passes to leave out. Raises Mistake Q118 for one that there is not.
    """
    passes = chosen_passes(without)
    require_no_parameters(dataset)
    plain = plan = plan_query(dataset)
    for rewrite in passes:
        plan = rewrite(plan)
    parts = [_summary(dataset), _readings(dataset, plan), _passes(plain, passes), _drivers(dataset, plan)]
    return "\n\n".join(part for part in parts if part)


def costs_as_data(dataset: n.Dataset, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """The same for programs: the sizes, every reading of a table in order, what drives the cost."""
    passes = chosen_passes(without)
    require_no_parameters(dataset)
    plan = plan_query(dataset)
    for rewrite in passes:
        plan = rewrite(plan)
    readings = [
        {
            "table": qualified(scan.table.namespace, scan.table.name),
            "stage": scan.stage.value,
            "answers": dict(Counter(_kind(reduction.node) for reduction in scan.reductions)),
            "members_only": scan.members_only,
            "codelists": sum(len(tags.memberships) for tags in scan.tags),
        }
        for scan in plan.scans
    ]
    drivers = list(_drivers_of(dataset, plan))
    return {"sizes": _sizes(dataset), "readings": readings, "drivers": drivers}


def _sizes(dataset: n.Dataset) -> dict[str, int]:
    """How large a query is: the nouns in the singular, with their numbers."""
    sets = {node.value for node in n.walk(dataset) if isinstance(node, n.Value) and _is_set(node)}
    return {
        "variable": len(dataset.variables),
        "event table": len(dataset.events),
        "table": len(named_tables(dataset)),
        "operation": sum(1 for _ in n.walk(dataset)),
        "list": len(sets),
        "value": sum(map(len, sets)),
    }


def _summary(dataset: n.Dataset) -> str:
    *counts, (_, values) = _sizes(dataset).items()
    told = ", ".join(_count(count, noun) for noun, count in counts)
    return f"{told} of values with {values:,} values in all"


def _is_set(node: n.Value) -> bool:
    return isinstance(node.value, frozenset)


def _readings(dataset: n.Dataset, plan: QueryPlan) -> str:
    lines = ["Readings of tables"]
    for table in named_tables(dataset):
        name = qualified(table.namespace, table.name)
        scans = [scan for scan in plan.scans if scan.table is table]
        if isinstance(table, n.SelectPatientTable):
            lines.append(f"  {name}: joined, one row for each patient")
        elif not scans:
            lines.append(f"  {name}: for an event table of the output")
        else:
            lines.append(f"  {name}: {_count(len(scans), 'reading')}")
            lines += [f"    {_reading(scan)}" for scan in scans]
    return "\n".join(lines)


def _reading(scan: Scan) -> str:
    what = Counter(_kind(reduction.node) for reduction in scan.reductions)
    answers = ", ".join(f"{name} ({count:,})" for name, count in what.items())
    of = f"rows of members of the population, unless {SHARE:.0%} of people or more are members"
    of = of if scan.members_only else "rows of everybody"
    text = f"for the {scan.stage.value}: {answers}; {of}"
    if scan.groups is not None:
        text += f"; {_grouped(scan)}, worked out once for each patient and group"
    for tags in scan.tags:
        sizes = sorted((len(each) for each in tags.memberships), reverse=True)
        shown = ", ".join(f"{size:,}" for size in sizes[:5]) + (", …" if len(sizes) > 5 else "")
        only = ", and only rows with one of them" if tags.required else ""
        text += f"; {_count(len(sizes), 'codelist')} ({shown} values) looked up once for each row{only}"
    return text


def _kind(node: n.Node) -> str:
    names = {
        n.PickOneRowPerPatient: "picked row",
        n.Exists: "exists",
        n.Count: "count",
        n.CountDistinct: "count of different values",
        n.CountEpisodes: "count of episodes",
        n.CombineAsSet: "set of values",
        n.Min: "smallest",
        n.Max: "largest",
        n.Sum: "sum",
        n.Mean: "mean",
    }
    return names.get(type(node), type(node).__name__)


def _passes(plain: QueryPlan, passes: tuple[Pass, ...]) -> str:
    lines = ["Passes"]
    plan = plain
    for rewrite in PASSES:
        if rewrite not in passes:
            lines.append(f"  {rewrite.__name__}: switched off")
            continue
        before, plan = plan, rewrite(plan)
        doc = (rewrite.__doc__ or "").splitlines()[0].rstrip(".")
        lines.append(f"  {rewrite.__name__}: {doc[:1].lower()}{doc[1:]}: {_saved(before, plan)}")
    return "\n".join(lines)


def _saved(before: QueryPlan, after: QueryPlan) -> str:
    had_groups = any(scan.groups is not None for scan in before.scans)
    grouped = [] if had_groups else [scan for scan in after.scans if scan.groups is not None]
    told = []
    if len(before.scans) != len(after.scans):
        told.append(f"{_count(len(before.scans), 'reading')} became {len(after.scans)}")
    if grouped:
        told.append(", ".join(_grouped(scan) for scan in grouped))
    if told:
        return "; ".join(told)
    tagged = sum(bool(scan.tags) for scan in after.scans) - sum(bool(scan.tags) for scan in before.scans)
    limited = sum(s.members_only for s in after.scans) - sum(s.members_only for s in before.scans)
    changed = tagged or limited
    if after is before and is_everybody(after.dataset):
        return "nothing to do, for everybody is a member"
    return f"in {_count(changed, 'reading')}" if changed else "nothing to do"


def _grouped(scan: Scan) -> str:
    assert scan.groups is not None  # noqa: S101 - asked for only then
    codelists = len({group.codes for group in scan.groups.groups})
    windows = f" and {_count(len(scan.groups.groups), 'window')}" if scan.groups.dates is not None else ""
    return f"{_count(len(scan.reductions), 'answer')} by {_count(codelists, 'codelist')}{windows}"


def _drivers(dataset: n.Dataset, plan: QueryPlan) -> str:
    told = list(_drivers_of(dataset, plan))
    return "\n".join(["What drives the cost", *(f"  {each}" for each in told or ["nothing stands out"])])


def _drivers_of(dataset: n.Dataset, plan: QueryPlan) -> Iterator[str]:
    often = Counter(qualified(scan.table.namespace, scan.table.name) for scan in plan.scans)
    for name, count in often.items():
        if count > 2:
            yield f"{name} is read {count} times, because some answers need others first"
    for scan in plan.scans:
        name = qualified(scan.table.namespace, scan.table.name)
        if len(scan.reductions) > MANY_ANSWERS:
            yield f"{name}: {len(scan.reductions)} answers in one reading need memory for each patient"
        for reduction in scan.reductions:
            if reduction.is_windowed:
                yield f"{name}: episodes compare neighbouring rows, so this reading is not shared"
        if not scan.members_only and not scan.tags and not any(r.conditions for r in scan.reductions):
            yield f"{name}: every row of everybody is read for the population; a condition would cut that"
    for node in n.walk(dataset):
        if isinstance(node, n.Value) and _is_set(node) and len(node.value) > LARGE_CODELIST:
            yield f"a list of {len(node.value):,} values: it is sent to the database with the query"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
