"""The reference page of roles, permissions and data permissions, written from the tables themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from armslength.policy.data_permissions import FACTS, LIFTED_BY
from armslength.policy.inside import LARGEST_LIMITS
from armslength.policy.roles import ANY_STATE, MOVES, PERMISSIONS, ROLES, Category

EXAMPLE = """\
version = 1
backend = "north"
required_restrictions = ["type_1_opt_out", "national_data_opt_out", "gp_activation"]

[server]
url = "https://jobs.example.org"
ledger_key = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

[limits]                                  # for every job; a project may have less
memory_megabytes = 16000
minutes = 720
processes = 500
disk_megabytes = 50000
jobs_at_once = 4

[projects.statin-rates]
repositories = ["https://github.com/example/statin-rates"]
branches = ["main", "release/*"]          # a star stands for any letters but a slash
workspaces = ["statin-rates-*"]
environments = ["python:v2"]
data_permissions = []                     # nothing beyond the default
approved_by = "Information governance, decision 2030-17"
approved_on = 2030-01-01
expires_on = 2031-12-31                   # the last day

[projects.statin-rates.limits]
memory_megabytes = 8000

[actions."matching:v1.2"]                 # a reusable action; a project needs its name among its environments, too
repository = "https://github.com/example/matching"
commit = "5f3c1f0e9b8a7d6c5b4a39281706f5e4d3c2b1a0"
branch = "main"                           # the commit must be on it; `main` when left out
"""


def policy_page() -> str:
    """Return docs/reference/policy.md."""
    parts = ["# Roles, permissions and the inside policy", _INTRODUCTION, "## Roles", _roles()]
    parts += ["## Permissions", _permissions(), "## States of a project", _states()]
    parts += ["## Data permissions", _DATA, _data_permissions()]
    parts += [
        "## The inside policy file",
        _INSIDE,
        f"```toml\n{EXAMPLE}```",
        _REQUIRED,
        _rules(),
        _LIMITS,
        _limits(),
    ]
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """\
This page is printed from `armslength.policy`; a test fails when it is out of date. A person holds roles through
*grants*: a role, a project or the whole site, a first day and perhaps a last day. Permissions follow from the
grants in force, the category of the project and its state; nobody is given a permission directly. Nobody gives or ends
a role of their own."""

_DATA = """\
The default is the narrowest view. A data permission is written into the inside policy of a project and applied by the
query engine; nothing in study code or on the server can widen what a project sees."""

_INSIDE = """\
One TOML file, held inside and read by the runner before every request. What is not written in it is refused. An unknown
key, a missing key or a value of the wrong kind refuses everything until it is put right.

A repository is allowed by its address, or by `https://host/owner/*`. Addresses are compared after a strict reading:
`https` only, small letters in the host, no user name, port, query, percent sign or `..`; one `.git` at the end does not
matter, capital letters in the path do. A folder of this machine (`file:///…`) is allowed by its exact address only.

A reusable action is a program of another repository. It runs when its name and version stand under `actions`, with the
commit in full, and when the project has among its `environments` both its name and the environment that it runs in."""

_REQUIRED = """\
`required_restrictions` names the rules about people that the database must be able to keep. A job that would ask a
database without one of them is refused (Q120) and reads nothing: a list that was forgotten lets nobody in by mistake. A
permission that lifts a rule for one project is still needed to see more. Leave the key out only where the database
holds invented people, or was emptied of everybody who may not be seen."""

_LIMITS = (
    "Each limit is a whole number from 1; a project's own may not be larger than that of the whole file."
)


def _roles() -> str:
    rows = []
    for role, facts in ROLES.items():
        where = facts.scope.value
        if facts.categories != frozenset(Category):
            where += f"; {_list(facts.categories)}"
        if facts.support_only:
            where += "; other projects only as technical support, with a reason"
        if facts.states != ANY_STATE:
            where += f"; while {_list(facts.states)}"
        rows.append(
            (f"`{role}`", facts.who, where, ", ".join(f"`{name}`" for name in sorted(facts.permissions)))
        )
    return _table(("Role", "Who", "Where it counts", "What it unlocks"), rows)


def _permissions() -> str:
    rows = []
    for permission, facts in PERMISSIONS.items():
        when = "no project involved" if facts.states is None else f"project {_list(facts.states)}"
        held = ", ".join(
            f"`{role}`" for role, role_facts in ROLES.items() if permission in role_facts.permissions
        )
        rows.append(
            (f"`{permission}`", facts.unlocks, when if facts.states != ANY_STATE else "any project", held)
        )
    return _table(("Permission", "Unlocks", "When", "Held by"), rows)


def _states() -> str:
    rows = [(f"`{state}`", _list(onward) if onward else "nothing") for state, onward in MOVES.items()]
    return _table(("State", "May become"), rows)


def _data_permissions() -> str:
    rows = [
        (
            f"`{name}`",
            facts.opens.value,
            facts.without,
            ", ".join(f"`{table}`" for table in facts.tables) or "none yet",
        )
        for name, facts in FACTS.items()
    ]
    return _table(("Permission", "Opens", "Without it", "Tables"), rows)


def _rules() -> str:
    return _table(
        ("Restriction", "Lifted by"), [(f"`{rule}`", f"`{lifted}`") for rule, lifted in LIFTED_BY.items()]
    )


def _limits() -> str:
    return _table(("Limit", "At most"), [(f"`{name}`", f"{most:,}") for name, most in LARGEST_LIMITS.items()])


def _list(names: Iterable[str]) -> str:
    return " or ".join(sorted(name.replace("_", " ") for name in names))


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
