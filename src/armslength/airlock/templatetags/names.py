"""People by the names they are known by. Records hold user names, which never change; pages show names."""

from __future__ import annotations

from django import template
from django.template.context import Context

from armslength.airlock.models import Person

register = template.Library()
MACHINE = {"airlock": "The airlock"}


@register.simple_tag(takes_context=True)
def person_name(context: Context, username: str) -> str:
    """The name of a person who has been here, or else their user name. All names are read once for a page."""
    names = context.render_context.get("names of people")
    if names is None:
        names = MACHINE | {person.username: person.get_full_name() for person in Person.objects.all()}
        # The lowest layer belongs to the whole page; the upper ones to the template being rendered.
        context.render_context.dicts[0]["names of people"] = names
    return str(names.get(username, username))
