"""Names of the domain as people say them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django import template
from django.template.context import Context

from armslength.ledger import Kind
from armslength.server.models import Person

register = template.Library()
KINDS = {
    Kind.GENESIS: "Beginning",
    Kind.RUN: "Run",
    Kind.VIEW: "File viewed",
    Kind.GRANT: "Role",
    Kind.CANCEL: "Stop asked",
    Kind.RELEASE_REQUEST_CREATE: "Release asked for",
    Kind.RELEASE_REQUEST_SUBMIT: "Release request submitted",
    Kind.RELEASE_REQUEST_WITHDRAW: "Release request withdrawn",
    Kind.RELEASE_REQUEST_RETURN: "Release request returned",
    Kind.RELEASE_REQUEST_REJECT: "Release request rejected",
    Kind.REVIEW_SUBMIT: "Review finished",
    Kind.PUBLICATION_WITHDRAWAL: "Publication withdrawn",
}


@register.simple_tag
def kind_words(kind: str) -> str:
    """The kind of a ledger entry in words."""
    return KINDS.get(Kind(kind)) or str(kind).replace("_", " ").capitalize()


@register.simple_tag(takes_context=True)
def people_names(context: Context, usernames: str | Sequence[str]) -> str:
    """The names of people by their user names, joined with "and". Each is read once for a page."""
    wanted = [usernames] if isinstance(usernames, str) else list(usernames)
    # The lowest layer belongs to the whole page; the upper ones to the template being rendered.
    page = cast("dict[str, dict[str, str]]", context.render_context.dicts[0])
    names = page.setdefault("names of people", {})
    if unknown := set(wanted) - set(names):
        found = Person.objects.filter(username__in=unknown).values_list("username", "name")
        names |= {username: username for username in unknown} | {
            username: name for username, name in found if name
        }
    return " and ".join(names[username] for username in wanted)
