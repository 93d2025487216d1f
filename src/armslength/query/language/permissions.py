"""Permissions an author claims to have. With invented data that is enough; with real data it changes nothing."""

from __future__ import annotations

_claimed: dict[str, None] = {}


def claim_permissions(*permissions: str) -> None:
    """Say that the project has these permissions, so that a definition using them runs on invented data."""
    for permission in permissions:
        if not isinstance(permission, str):
            raise TypeError(f"permissions are names in quotes, not {permission!r}")
        _claimed[permission] = None


def claimed_permissions() -> tuple[str, ...]:
    """Return what has been claimed since the last `forget_claims`, in order."""
    return tuple(_claimed)


def forget_claims() -> None:
    """Start afresh, before another definition is loaded."""
    _claimed.clear()
