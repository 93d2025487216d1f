"""People by the names they are known by. Records hold user names, which never change; pages show names."""

from __future__ import annotations

from typing import cast

from django import template
from django.template.context import Context

from armslength.airlock.models import Person

register = template.Library()
MACHINE = {"airlock": "The airlock"}


@register.simple_tag(takes_context=True)
def person_name(context: Context, username: str) -> str:
    """The name of a person who has been here, or else their user name. All names are read once for a page."""
    # The lowest layer belongs to the whole page; the upper ones to the template being rendered.
    page = cast("dict[str, dict[str, str]]", context.render_context.dicts[0])
    if "names of people" not in page:
        people = {person.username: person.get_full_name() for person in Person.objects.all()}
        page["names of people"] = MACHINE | people
    return page["names of people"].get(username, username)
