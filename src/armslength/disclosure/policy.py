"""The disclosure policy as data: thresholds, rounding schemes, limits, severities. Checks and texts read it here."""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib import resources
from typing import Any

from armslength.disclosure.report import Finding, Verdict
from armslength.kernel.errors import Mistake

SEVERITIES = {"off": None, "info": Verdict.INFO, "warn": Verdict.WARN, "block": Verdict.BLOCK}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundingScheme:
    """One permitted way to round a count: every shown value leaves `remainder` when divided by `base`.

    >>> RoundingScheme(name="nearest 5", base=5).allows(15)
    True
    """

    name: str
    base: int
    remainder: int = 0
    suffix: str = ""  # a column whose name ends so declares this scheme

    def allows(self, count: int) -> bool:
        """True when this scheme can show this count; nought is always allowed."""
        return count == 0 or count % self.base == self.remainder

    def interval(self, shown: int) -> tuple[int, int]:
        """The least and greatest true count behind a shown one.

        >>> RoundingScheme(name="midpoint 6", base=6, remainder=3).interval(9)
        (7, 12)
        """
        if shown == 0:
            return (0, 0) if self.remainder else (0, (self.base - 1) // 2)
        if self.remainder:
            return shown - self.remainder + 1, shown + self.base - self.remainder
        return max(0, shown - self.base // 2), shown + self.base // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A project's own severity for one check, with its reason, until a day. It ends on that day by itself."""

    check: str
    severity: str
    reason: str
    expires: date
    approved_by: str
    files: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosurePolicy:
    """What counts as too small, which rounding is permitted, how much is read. One version per change."""

    version: str
    threshold: int
    schemes: tuple[RoundingScheme, ...]
    redaction_markers: frozenset[str]
    allowed_types: tuple[str, ...]
    minimum_candidates: int = 5
    minimum_degrees_of_freedom: int = 10
    record_level_rows: int = 20
    hidden_share: float = 0.3
    oldest_single_age: int = 90
    maximum_bytes: int = 16 * 2**20
    maximum_unpacked_bytes: int = 64 * 2**20
    maximum_cells: int = 2_000_000
    maximum_rows: int = 5_000
    maximum_tables: int = 500
    maximum_depth: int = 60
    maximum_places: int = 200
    severities: dict[str, str] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    lapsed: tuple[Override, ...] = ()  # overrides whose day has come: they no longer hold

    def __post_init__(self) -> None:
        if self.threshold < 1:
            raise ValueError(f"a threshold must be at least 1, not {self.threshold}")
        if not self.schemes:
            raise ValueError("a policy needs at least one rounding scheme")
        for severity in [*self.severities.values(), *(override.severity for override in self.overrides)]:
            if severity not in SEVERITIES:
                raise ValueError(f"`{severity}` is not one of {', '.join(SEVERITIES)}")

    def judge(self, finding: Finding, *, file: str) -> Finding | None:
        """The finding as grave as this policy lets it be, or None when the policy switches it off."""
        severity, excuse = self.severities.get(finding.code), None
        for override in self.overrides:
            if override.check == finding.code and fnmatch.fnmatch(file, override.files):
                severity, excuse = override.severity, override
        if severity is None:
            return finding
        gravest = SEVERITIES[severity]
        if gravest is None:
            return None
        if finding.verdict.gravity <= gravest.gravity:
            return finding
        derivation = finding.derivation
        if excuse is not None:
            # Who reads the report must see that somebody made this less grave, who, why and for how long.
            derivation += (
                f"{finding.verdict.value} lowered to {severity} until {excuse.expires.isoformat()},"
                f" approved by {excuse.approved_by}: {excuse.reason}",
            )
        return replace(finding, verdict=gravest, derivation=derivation)


def parse_policy(text: str, *, where: str, today: date | None = None) -> DisclosurePolicy:
    """Read a policy written in TOML. A file with `base` changes the shipped policy of that version.

    `today` decides which overrides have lapsed; without it every override holds. Raises Mistake C003 when the
    text is not a policy.
    """
    try:
        data = tomllib.loads(text)
        base = DEFAULT if "base" in data else None
        if base is not None and data["base"] != base.version:
            raise ValueError(f"it changes policy `{data['base']}`, but this is `{base.version}`; review it")
        return _policy(data, base, today)
    except (tomllib.TOMLDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
        raise Mistake(
            "C003",
            "this is not a disclosure policy",
            where=where,
            hint=f"{told}; see docs/reference/disclosure-policy.md",
        ) from None


_NUMBERS = (
    "threshold", "minimum_candidates", "minimum_degrees_of_freedom", "record_level_rows", "hidden_share",
    "oldest_single_age",
)  # fmt: skip
_SECTIONS = frozenset(_NUMBERS) | {
    "base", "version", "project", "limits", "types", "markers", "schemes", "severity", "override",
}  # fmt: skip
_LIMITS = frozenset(
    {
        "maximum_bytes", "maximum_unpacked_bytes", "maximum_cells", "maximum_rows", "maximum_tables", "maximum_depth",
        "maximum_places",
    }
)  # fmt: skip


def _policy(data: dict[str, Any], base: DisclosurePolicy | None, today: date | None) -> DisclosurePolicy:
    if unknown := sorted(set(data) - _SECTIONS):
        raise ValueError(f"it has no setting `{unknown[0]}`")
    if unknown := sorted(set(data.get("limits", {})) - _LIMITS):
        raise ValueError(f"there is no limit `{unknown[0]}`")
    given: dict[str, Any] = {key: data[key] for key in _NUMBERS if key in data} | data.get("limits", {})
    if any(
        not isinstance(value, int | float) or isinstance(value, bool) or value < 0 for value in given.values()
    ):
        raise ValueError("thresholds and limits are numbers of nought or more")
    if "schemes" in data:
        given["schemes"] = tuple(RoundingScheme(**scheme) for scheme in data["schemes"])
    if "markers" in data:
        given["redaction_markers"] = frozenset(marker.lower() for marker in data["markers"]["redaction"])
    if "types" in data:
        given["allowed_types"] = tuple(data["types"]["allowed"])
    overrides = tuple(_override(entry) for entry in data.get("override", []))
    given["overrides"] = tuple(entry for entry in overrides if today is None or entry.expires > today)
    given["lapsed"] = tuple(entry for entry in overrides if today is not None and entry.expires <= today)
    given["severities"] = (base.severities if base else {}) | data.get("severity", {})
    if base is None:
        return DisclosurePolicy(version=data["version"], **given)
    return replace(
        base, version=data.get("version", f"{base.version}+{data.get('project', 'project')}"), **given
    )


def _override(entry: dict[str, Any]) -> Override:
    for key in ("reason", "approved_by"):
        if not str(entry.get(key, "")).strip():
            raise ValueError(f"an override needs its `{key}`")
    if not isinstance(entry["expires"], date) or isinstance(entry["expires"], datetime):
        raise ValueError("the `expires` of an override is a date such as 2027-01-31")
    return Override(**entry)


def shipped_text() -> str:
    """The text of the policy that comes with this package."""
    return (
        resources.files("armslength.disclosure").joinpath("default_policy.toml").read_text(encoding="utf-8")
    )


def _shipped() -> DisclosurePolicy:
    return _policy(tomllib.loads(shipped_text()), None, None)


DEFAULT = _shipped()
