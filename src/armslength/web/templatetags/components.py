"""The components of the design system, as template tags. Loaded in every template; the style page shows each once.

Blocks (`{% card %} … {% endcard %}`) put their content between the tags; the others are single tags. Every text
given is escaped. `tone` is one of: neutral, wait, active, good, bad, warn, quiet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.timezone import now as django_now

from armslength.web import icons
from armslength.web.looks import look_of

register = template.Library()


def _component(name: str, /, **parameters: Any) -> SafeString:
    return render_to_string(f"web/components/{name}.html", parameters)


# Frames ---------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def page_header(
    content: str, title: str, eyebrow: str = "", lead: str = "", crumbs: Iterable[Any] = ()
) -> SafeString:
    """The head of a page: breadcrumbs, an eyebrow, the h1, a sentence. The block holds badges and buttons.

    `crumbs` is a list of (label, address) pairs from the top down, without the page itself.
    """
    return _component("page_header", content=content, title=title, eyebrow=eyebrow, lead=lead, crumbs=crumbs)


@register.simple_block_tag
def card(content: str, title: str = "", hint: str = "", tone: str = "", flush: bool = False) -> SafeString:
    """A titled surface. `flush` takes the padding away, for a table that fills the card."""
    return _component(
        "card", content=content, title=title, hint=hint, tone=tone, flush=flush, anchor=slugify(title)
    )


@register.simple_block_tag
def alert(content: str, title: str = "", tone: str = "neutral") -> SafeString:
    """A message in the flow of the page. Bad and warn are announced to screen readers."""
    return _component("alert", content=content, title=title, tone=tone)


@register.simple_block_tag
def table(content: str, caption: str, columns: str, tall: bool = False, compact: bool = False) -> SafeString:
    """A data table: the block holds its rows. `columns` are separated by `|`; one that begins with `#` is numeric.

    It scrolls sideways in its own region; `tall` also bounds its height and keeps the head in view.
    """
    heads = [(name.lstrip("#").strip(), name.startswith("#")) for name in columns.split("|")]
    return _component("table", content=content, caption=caption, heads=heads, tall=tall, compact=compact)


# States ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def state_badge(kind: str, state: Any) -> SafeString:
    """A state as word, shape and colour. `kind` is a key of `looks.KINDS`: job, request, release_request, …"""
    look = look_of(kind, state)
    return format_html(
        '<span class="badge tone-{}" title="{}">{}{}</span>',
        look.tone,
        look.meaning,
        icons.shape(look.shape),
        look.label,
    )


@register.simple_tag
def state_meaning(kind: str, state: Any) -> str:
    """The sentence that says what a state means."""
    return look_of(kind, state).meaning


@register.simple_tag
def verdict(level: Any, count: int | None = None) -> SafeString:
    """A chip for what disclosure control found: block, warn, info, clear, not_checked; with a count if given."""
    look = look_of("verdict", level)
    number = "" if count is None else format_html(' <span class="chip-count">{}</span>', count)
    return format_html(
        '<span class="chip tone-{}" title="{}">{}{}{}</span>',
        look.tone,
        look.meaning,
        icons.shape(look.shape),
        look.label,
        number,
    )


@register.simple_tag
def progress(value: int, total: int, label: str) -> SafeString:
    """A bar with its numbers in words."""
    return format_html(
        '<div class="progress"><progress value="{}" max="{}" aria-label="{}"></progress>'
        '<span class="progress-text">{} of {}</span></div>',
        value,
        max(total, 1),
        label,
        value,
        total,
    )


# Lists ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def timeline(entries: Iterable[Mapping[str, Any]]) -> SafeString:
    """What happened, in order. An entry has title, at (a moment) and, if wanted, tone, actor, body, href."""
    return _component("timeline", entries=list(entries))


@register.simple_tag
def tabs(items: Iterable[tuple[str, str, str]], current: str, label: str = "Sections") -> SafeString:
    """Links that look like tabs. `items` are (key, label, address); `current` is the key of this page."""
    return _component("tabs", items=list(items), current=current, label=label)


@register.simple_tag
def facts(pairs: Iterable[tuple[str, Any]]) -> SafeString:
    """A definition list of (term, value) pairs; pairs with an empty value are left out."""
    return _component("facts", pairs=[pair for pair in pairs if pair[1] not in (None, "")])


@register.simple_tag
def empty_state(title: str, text: str = "", href: str = "", action: str = "") -> SafeString:
    """What stands where a list would be: what will be here, and how to begin."""
    return _component("empty_state", title=title, text=text, href=href, action=action)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any]) -> SafeString:
    """Links to the neighbouring pages, keeping the other parameters of the address."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return _component(
        "pagination",
        page=page,
        older=address(page.next_page_number()) if page.has_next() else "",
        newer=address(page.previous_page_number()) if page.has_previous() else "",
    )


# Forms ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field of a Django form with its label, hint and errors, tied together for screen readers."""
    described = [f"{bound.id_for_label}-hint"] if bound.help_text else []
    described += [f"{bound.id_for_label}-error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    grouped = kind in {"radio", "checkbox"} and bool(getattr(bound.field, "choices", None))
    return _component(
        "field", field=bound, widget=bound.as_widget(attrs=attributes), kind=kind, grouped=grouped
    )


@register.simple_tag
def button(
    label: str,
    href: str = "",
    reason: str | None = None,
    tone: str = "secondary",
    name: str = "",
    value: str = "",
    icon: str = "",
    confirm: str = "",
) -> SafeString:
    """A button, or a link that looks like one when `href` is given.

    `reason` is a refusal: the button then stands disabled with the reason beside it. Tones: primary, secondary,
    danger, plain. `confirm` asks once more before the form is sent (with script; the server checks regardless).
    """
    return _component(
        "button",
        label=label,
        href=href,
        reason=reason,
        tone=tone,
        name=name,
        value=value,
        icon=icons.icon(icon) if icon else "",
        confirm=confirm,
    )


# Small things ---------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon of `icons.ICONS`."""
    return icons.icon(name)


@register.simple_tag
def file_icon(path: str) -> SafeString:
    """The icon for a file, by its suffix."""
    return icons.icon_of_file(path)


@register.simple_tag
def code_block(text: str, caption: str = "", copy: bool = True) -> SafeString:
    """Text to be read or copied exactly, with a copy button where script is on."""
    return _component("code_block", text=text, caption=caption, copy=copy)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """A person's initials in a circle; one of six colours, always the same for the same name."""
    words = [word for word in name.replace(".", " ").replace("_", " ").split() if word]
    letters = (
        "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"
    )
    hue = sum(name.encode()) % 6
    return format_html('<span class="avatar avatar-{}" aria-hidden="true">{}</span>', hue, letters)


@register.simple_tag
def digest(value: str, length: int = 12) -> SafeString:
    """The beginning of a hash, with the whole of it on hover."""
    return format_html('<code class="digest" title="{}">{}</code>', value, value[:length])


@register.simple_tag
def moment(value: datetime | None, relative: bool = False) -> SafeString:
    """A moment in UTC. `relative` says how long ago, with the exact moment on hover."""
    if value is None:
        return format_html('<span class="absent">{}</span>', "not yet")
    exact = f"{value:%-d %B %Y, %H:%M} UTC"
    words = ago(django_now() - value) if relative else f"{value:%-d %b %Y, %H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, words)


@register.filter
def duration(value: timedelta | None) -> str:
    """A span of time in the two largest units: `3 min 12 s`."""
    if value is None:
        return ""
    seconds = max(0, int(value.total_seconds()))
    for size, unit, small_size, small_unit in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if seconds >= size:
            rest = seconds % size // small_size
            return f"{seconds // size} {unit} {rest} {small_unit}" if rest else f"{seconds // size} {unit}"
    return f"{seconds} s"


def ago(span: timedelta) -> str:
    """How long ago, in words.

    >>> ago(timedelta(minutes=5)), ago(timedelta(seconds=3)), ago(timedelta(days=1))
    ('5 minutes ago', 'just now', 'yesterday')
    """
    seconds = int(span.total_seconds())
    if seconds < 45:
        return "just now"
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            if unit == "day" and count == 1:
                return "yesterday"
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "a minute ago"


@register.filter
def bytes_in_words(size: int | None) -> str:
    """A size in bytes, kB, MB or GB of 1,024.

    >>> bytes_in_words(1536), bytes_in_words(12)
    ('1.5 kB', '12 bytes')
    """
    if size is None:
        return ""
    if size < 1024:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1024
        if amount < 1024 or unit == "GB":
            return f"{amount:.1f} {unit}" if amount < 100 else f"{amount:.0f} {unit}"
    raise AssertionError("unreachable")


@register.simple_tag
def span(start: datetime, end: datetime) -> str:
    """How long from one moment to another: `3 min 12 s`."""
    return str(duration(end - start))
