"""What changed between two versions of a contract, and whom it breaks: by a table of rules that says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from armslength.query.contracts.versions.snapshot import Snapshot


class Weight(IntEnum):
    """How much a change weighs, and which part of the version it must raise."""

    WORDING = 1  # the third number
    COMPATIBLE = 2  # the second
    BREAKING = 3  # the first


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change: what it weighs, and why."""

    weight: Weight
    reason: str


RULES: dict[str, Rule] = {
    "table added": Rule(Weight.COMPATIBLE, "no study reads it yet"),
    "table removed": Rule(Weight.BREAKING, "studies that read it stop working"),
    "rows changed": Rule(Weight.BREAKING, "a study that counts on one row for each patient, or on many, is wrong"),
    "asked under another name": Rule(Weight.BREAKING, "backends are asked for a table that they do not have"),
    "permission now needed": Rule(Weight.BREAKING, "studies without it are refused"),
    "permission no longer needed": Rule(Weight.COMPATIBLE, "whoever could read it still can"),
    "activation changed": Rule(Weight.BREAKING, "other rows are held back, so answers change"),
    "column added": Rule(Weight.COMPATIBLE, "no study reads it yet; backends may come to it later"),
    "column removed": Rule(Weight.BREAKING, "studies that read it stop working"),
    "type changed": Rule(Weight.BREAKING, "operations that fitted the old type may not fit the new one"),
    "meaning worded anew": Rule(Weight.WORDING, "for people; if rows mean something else now, it is breaking"),
    "promise added": Rule(Weight.BREAKING, "backends whose data do not keep it stop conforming"),
    "promise dropped": Rule(Weight.BREAKING, "studies meet values that were ruled out"),
    "promise changed": Rule(Weight.BREAKING, "what the data may hold is neither wider nor narrower, but different"),
    "categories added": Rule(Weight.COMPATIBLE, "every value there was is still one"),
    "categories removed": Rule(Weight.BREAKING, "backends that hold them stop conforming; studies miss them"),
    "range widened": Rule(Weight.COMPATIBLE, "every value there was is still one"),
    "range narrowed": Rule(Weight.BREAKING, "backends that hold values outside stop conforming"),
    "derived item added": Rule(Weight.COMPATIBLE, "no study uses it yet"),
    "derived item removed": Rule(Weight.BREAKING, "studies that use it stop working"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: its kind (a key of RULES), where it is, and what exactly."""

    kind: str
    where: str
    detail: str = ""

    @property
    def rule(self) -> Rule:
        return RULES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All differences between two versions, the heaviest first."""

    namespace: str
    old: str
    new: str
    changes: tuple[Change, ...]

    @property
    def weight(self) -> Weight | None:
        return max((each.rule.weight for each in self.changes), default=None)

    @property
    def lowest_version(self) -> str:
        """The lowest version that says what changed."""
        first, second, third = _numbers(self.old)
        match self.weight:
            case Weight.BREAKING:
                # Before 1.0.0 nothing is promised yet, so the second number says that something breaks.
                return f"{first + 1}.0.0" if first else f"0.{second + 1}.0"
            case Weight.COMPATIBLE:
                return f"{first}.{second + 1}.0"
            case Weight.WORDING:
                return f"{first}.{second}.{third + 1}"
        return self.old

    @property
    def why_not_version(self) -> str | None:
        """Return why the new version is too low for what changed, or None."""
        if _numbers(self.new) >= _numbers(self.lowest_version):
            return None
        return (
            f"version {self.new} says too little: after {self.old} it must be at least {self.lowest_version}"
        )


def compare(old: Snapshot, new: Snapshot) -> Comparison:
    """Compare two versions of one contract."""
    changes = sorted(
        _changes(old["tables"], new["tables"]), key=lambda each: (-each.rule.weight, each.where, each.kind)
    )
    return Comparison(
        namespace=str(new["namespace"]),
        old=str(old["version"]),
        new=str(new["version"]),
        changes=tuple(changes),
    )


def _changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    yield from (Change("table removed", name) for name in old.keys() - new.keys())
    yield from (Change("table added", name) for name in new.keys() - old.keys())
    for name in old.keys() & new.keys():
        yield from _table_changes(name, old[name], new[name])


def _table_changes(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key, kind in (
        ("rows", "rows changed"),
        ("asked_as", "asked under another name"),
        ("activation", "activation changed"),
        ("meaning", "meaning worded anew"),
    ):
        if old.get(key) != new.get(key):
            detail = "" if key == "meaning" else f"from {old.get(key)} to {new.get(key)}"
            yield Change(kind, name, detail)
    if old.get("needs") != new.get("needs"):
        kind = "permission now needed" if new.get("needs") else "permission no longer needed"
        yield Change(kind, name, str(new.get("needs") or old.get("needs")))
    before, after = set(old.get("derived", ())), set(new.get("derived", ()))
    yield from (Change("derived item removed", f"{name}.{each}") for each in before - after)
    yield from (Change("derived item added", f"{name}.{each}") for each in after - before)
    columns, others = old["columns"], new["columns"]
    yield from (Change("column removed", f"{name}.{each}") for each in columns.keys() - others.keys())
    yield from (Change("column added", f"{name}.{each}") for each in others.keys() - columns.keys())
    for each in columns.keys() & others.keys():
        yield from _column_changes(f"{name}.{each}", columns[each], others[each])


def _column_changes(where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if old["type"] != new["type"]:
        yield Change("type changed", where, f"from {old['type']} to {new['type']}")
    if old.get("meaning") != new.get("meaning"):
        yield Change("meaning worded anew", where)
    before = {each["kind"]: each for each in old.get("promises", ())}
    after = {each["kind"]: each for each in new.get("promises", ())}
    yield from (Change("promise dropped", where, kind) for kind in before.keys() - after.keys())
    yield from (Change("promise added", where, kind) for kind in after.keys() - before.keys())
    for kind in before.keys() & after.keys():
        if before[kind] != after[kind]:
            yield from _promise_changes(where, kind, before[kind], after[kind])


def _promise_changes(where: str, kind: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    if kind == "Categorical":
        before, after = old["values"], new["values"]
        added, removed = [v for v in after if v not in before], [v for v in before if v not in after]
        if added:
            yield Change("categories added", where, ", ".join(map(str, added)))
        if removed:
            yield Change("categories removed", where, ", ".join(map(str, removed)))
        return
    detail = f"{kind} from {_facts(old)} to {_facts(new)}"
    if kind in ("ClosedRange", "GeneralRange"):
        ends = ("minimum", "maximum")
        same = {key: value for key, value in old.items() if key not in ends} == {
            key: value for key, value in new.items() if key not in ends
        }
        lower = _outwards(old["minimum"], new["minimum"], sign=-1)
        higher = _outwards(old["maximum"], new["maximum"], sign=1)
        if (same and kind == "GeneralRange") or (same and old.get("step") == 1):
            if lower >= 0 and higher >= 0:
                yield Change("range widened", where, detail)
                return
            if lower <= 0 and higher <= 0:
                yield Change("range narrowed", where, detail)
                return
    yield Change("promise changed", where, detail)


def _outwards(old: Any, new: Any, *, sign: int) -> int:
    """Say whether an end of a range moved outwards (1), inwards (-1) or not at all (0). None is an open end."""
    if old == new:
        return 0
    if new is None or old is None:
        return 1 if new is None else -1
    return sign if new > old else -sign


def _facts(promise: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in promise.items() if key != "kind")


def _numbers(version: str) -> tuple[int, int, int]:
    parts = [int(part) for part in version.split(".")][:3]
    first, second, third = (*parts, 0, 0, 0)[:3]
    return first, second, third
