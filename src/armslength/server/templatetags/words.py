"""Names of the domain as people say them."""

from __future__ import annotations

from django import template

from armslength.ledger import Kind

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
