"""Repositories: which addresses of code are allowed, compared so that no spelling can fool the comparison.

An address is taken apart by one narrow grammar. What the grammar does not know (user names, ports,
percent signs, queries, dots that climb, letters beyond ASCII) is refused, never interpreted: git, a
proxy and this program would each interpret it in their own way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})+"
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"
_HTTPS = re.compile(rf"https://(?P<host>{_HOST})/(?P<path>{_PART}(?:/{_PART}){{1,5}})", re.ASCII)
_FILE = re.compile(rf"file://(?:/\.?{_PART})+", re.ASCII)
_EVERY = "*"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Repository:
    """The address of a repository, taken apart. Two are equal when they name the same one."""

    host: str  # empty for a folder of this machine
    path: str  # without `.git`


def parse_repository(address: str) -> Repository | None:
    """Return the repository that an address names, or None when the address is not of an accepted form.

    >>> parse_repository("https://github.com/ann/rates.git") == parse_repository("https://github.com/ann/rates")
    True
    >>> parse_repository("https://github.com@evil.example/ann/rates") is None
    True
    """
    if len(address) > LONGEST or ".." in address:
        return None
    if _FILE.fullmatch(address):
        return Repository("", address)
    found = _HTTPS.fullmatch(address)
    if found is None:
        return None
    path = found["path"].removesuffix(".git")
    parts = path.split("/")
    # A name that still ends in .git, or a folder of that name, is a way to reach two things by one address.
    if any(part.lower().endswith(".git") or part.endswith(".") for part in parts) or not parts[-1]:
        return None
    return Repository(found["host"], path)


def why_not_rule(rule: str) -> str | None:
    """Return why a line of a policy cannot say which repositories are allowed, or None.

    A rule is an address, or one that ends in `/*`: every repository of one owner.
    """
    address = f"{rule[:-1]}any" if rule.endswith(f"/{_EVERY}") else rule
    if rule.startswith("file:") and rule.endswith(_EVERY):
        return "a folder of this machine is allowed by its exact address only"
    if parse_repository(address) is None:
        return "it must look like https://host/owner/name, https://host/owner/* or file:///folder"
    return None


def repository_is_allowed(address: str, *, rules: tuple[str, ...]) -> bool:
    """Say whether one of the rules allows the repository at this address."""
    asked = parse_repository(address)
    return asked is not None and any(_allows(rule, asked) for rule in rules)


def _allows(rule: str, asked: Repository) -> bool:
    if not rule.endswith(f"/{_EVERY}"):
        return parse_repository(rule) == asked
    owner = parse_repository(f"{rule[:-1]}any")
    return owner is not None and asked.host == owner.host and _parent(asked.path) == _parent(owner.path) != ""


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
