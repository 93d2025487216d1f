"""The airlock's way to sign in, plugged into the sign-in page both sites share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from armslength.airlock.features.sign_in import actions, checkers
from armslength.airlock.models import Person
from armslength.airlock.outbox.client import Server
from armslength.kernel.clock import utc_now
from armslength.web.identity import Question, Refusal


class TokenFromTheServer:
    """A user name and a single-use token that the jobs site showed its owner."""

    slug = "token"
    button = "Enter"
    introduction = (
        "You are at the door of the secure environment. Sign in on the jobs site outside, ask it for a token, "
        "and type the token here. It works once."
    )

    def questions(self) -> Sequence[Question]:
        return (
            Question("username", "User name", autocomplete="username"),
            Question("token", "Single-use token", hint="Spaces do not matter.", autocomplete="one-time-code"),
            Question(
                "passphrase",
                "Passphrase",
                hint="Output checkers only: the one kept inside. Everybody else leaves it empty.",
                secret=True,
            ),
        )

    def begin(self, request: HttpRequest, *, return_to: str) -> str | None:
        return None

    def identify(self, request: HttpRequest, *, answers: Mapping[str, str]) -> AbstractBaseUser | Refusal:
        confirmed = None
        if phrase := answers.get("passphrase", "").strip():
            # Before the token is spent: who mistypes the passphrase can try again with the same token.
            confirmed = checkers.confirmation(answers["username"].strip(), phrase)
            if confirmed is None:
                return actions.refuse_passphrase(answers["username"], now=utc_now())
        with Server(settings.AIRLOCK) as server:
            outcome = actions.sign_in(
                server, username=answers["username"], token=answers["token"], now=utc_now()
            )
        if isinstance(outcome, Person):
            outcome.backend = f"{PersonBackend.__module__}.{PersonBackend.__qualname__}"
            outcome.confirmed_as_checker = confirmed or ""
        return outcome


class PersonBackend(BaseBackend):
    """Finds the person of a session. Signs nobody in: only a token does."""

    # Each site has a user model of its own; the stubs know one.
    def get_user(self, user_id: str) -> Person | None:  # type: ignore[override]
        return Person.objects.filter(pk=user_id, revoked=False).first()
