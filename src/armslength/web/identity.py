"""Who are you? The seam where ways to sign in plug in.

A site names its providers in `ARMSLENGTH_IDENTITY_PROVIDERS` (dotted paths, in the order of the sign-in page).
One that asks for something on our own page (a password, a single-use token) lists `fields`. One that lives
elsewhere (GitHub, a hospital's own sign-on) has no fields: it returns an address from `begin` and finishes in
`identify` when the person comes back to /sign-in/PROVIDER/return with the answers in the query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Question:
    """One thing a sign-in form asks."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    autocomplete: str = "off"


@dataclass(frozen=True)
class Refusal:
    """Why a person is not signed in, in words they may read."""

    reason: str


class IdentityProvider(Protocol):
    """One way to sign in. It decides who somebody is, never what they may do."""

    slug: str
    button: str
    introduction: str

    def questions(self) -> Sequence[Question]:
        """Return what our own form asks; nothing, for a provider that lives elsewhere."""
        ...

    def begin(self, request: HttpRequest, *, return_to: str) -> str | None:
        """Return the address to send the person to, or None for a provider with its own questions."""
        ...

    def identify(self, request: HttpRequest, *, answers: Mapping[str, str]) -> AbstractBaseUser | Refusal:
        """Return the person these answers belong to, or why there is none. Never says which part was wrong."""
        ...


class LocalAccounts:
    """People with a user name and a password kept by this site."""

    slug = "local"
    button = "Sign in"
    introduction = ""

    def questions(self) -> Sequence[Question]:
        return (
            Question("username", "User name", autocomplete="username"),
            Question("password", "Password", secret=True, autocomplete="current-password"),
        )

    def begin(self, request: HttpRequest, *, return_to: str) -> str | None:
        return None

    def identify(self, request: HttpRequest, *, answers: Mapping[str, str]) -> AbstractBaseUser | Refusal:
        user = authenticate(request, username=answers["username"].strip(), password=answers["password"])
        return user or Refusal("This user name and password do not belong together.")


def providers() -> dict[str, IdentityProvider]:
    """Return the site's providers by slug, in the order of the sign-in page."""
    built = [import_string(path)() for path in settings.ARMSLENGTH_IDENTITY_PROVIDERS]
    return {provider.slug: provider for provider in built}
