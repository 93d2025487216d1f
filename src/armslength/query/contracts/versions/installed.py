"""Contracts by namespace: those of this package, and those that other packages bring (`armslength.contracts`).

A provider's contract is a plain module of its own package, with a docstring, `NAMESPACE`, `VERSION`, `__all__` and
table classes, named by an entry point that is called like the namespace.
"""

from __future__ import annotations

import pkgutil
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from armslength.kernel.errors import Mistake
from armslength.query import contracts

GROUP = "armslength.contracts"
# The versions of the contracts of this package. A change of a contract changes its version: see `comparing.py`.
VERSIONS = {
    "core": "1.0.0",
    "emis": "1.0.0",
    "emisv2": "1.0.0",
    "omop": "1.0.0",
    "raw.core": "1.0.0",
    "raw.emis": "1.0.0",
    "raw.tpp": "1.0.0",
    "smoketest": "1.0.0",
    "tpp": "1.0.0",
}


def own_namespaces() -> tuple[str, ...]:
    """Return the namespaces of this package."""
    prefix = f"{contracts.__name__}."
    names = (
        each.name.removeprefix(prefix)
        for each in pkgutil.walk_packages(contracts.__path__, prefix)
        if not each.ispkg
    )
    return tuple(name for name in names if not name.startswith("versions."))


def brought() -> dict[str, EntryPoint]:
    """Return the contracts of other packages by namespace. None of them can stand in for one of ours."""
    own = set(own_namespaces())
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in own}


def find_contract(namespace: str) -> ModuleType:
    """Load the contract of a namespace. Raises Mistake Q421 when there is none, Q422 when it is not one."""
    if namespace in own_namespaces():
        return import_module(f"{contracts.__name__}.{namespace}")
    found = brought()
    if namespace not in found:
        known = sorted({*own_namespaces(), *found})
        close = get_close_matches(namespace, known, n=1)
        offered = f"contracts are {', '.join(known)}"
        hint = f"did you mean `{close[0]}`? {offered}" if close else offered
        raise Mistake("Q421", f"there is no contract `{namespace}`", hint=hint)
    try:
        module = found[namespace].load()
    except (ImportError, AttributeError) as error:
        raise _not_a_contract(namespace, f"it cannot be loaded ({error})", found[namespace]) from None
    if not isinstance(module, ModuleType) or getattr(module, "NAMESPACE", None) != namespace:
        raise _not_a_contract(namespace, "it is no module whose `NAMESPACE` is that", found[namespace])
    return module


def _not_a_contract(namespace: str, why: str, point: EntryPoint) -> Mistake:
    hint = (
        f'write `NAMESPACE = "{namespace}"`, `VERSION` and `__all__` in the module that the entry point names'
    )
    return Mistake(
        "Q422", f"`{namespace}` is installed as a contract, but {why}", where=point.value, hint=hint
    )


def version_of(module: ModuleType) -> str:
    """Return the version of a contract: three numbers."""
    return str(VERSIONS.get(module.NAMESPACE) or getattr(module, "VERSION", "0.0.0"))
