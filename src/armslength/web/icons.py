"""Small drawings, inline so that they take the colour of their text and need no second request."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# 16 by 16. State shapes differ in form, so that they are told apart without colour.
SHAPES: dict[str, str] = {
    "ring": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.75"/>',
    "quarter": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.75"/>'
    '<path d="M8 8V4.6A3.4 3.4 0 0 1 11.4 8Z" fill="currentColor"/>',
    "half": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.75"/>'
    '<path d="M8 4.6a3.4 3.4 0 0 1 0 6.8Z" fill="currentColor"/>',
    "most": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.75"/>'
    '<path d="M8 8H4.6A3.4 3.4 0 1 0 8 4.6Z" fill="currentColor"/>',
    "tick": '<circle cx="8" cy="8" r="6.5" fill="currentColor"/>'
    '<path class="knockout" d="m5 8.3 2.1 2.1L11.2 6" fill="none" stroke-width="1.75"/>',
    "cross": '<rect x="1.75" y="1.75" width="12.5" height="12.5" rx="2.5" fill="currentColor"/>'
    '<path class="knockout" d="m5.5 5.5 5 5m0-5-5 5" fill="none" stroke-width="1.75"/>',
    "stop": '<path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3Z" fill="currentColor"/>'
    '<path class="knockout" d="M4.75 8h6.5" fill="none" stroke-width="2"/>',
    "bar": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.75"/>'
    '<path d="m4.4 11.6 7.2-7.2" stroke="currentColor" stroke-width="1.75"/>',
    "pause": '<path d="M5.5 3.5v9m5-9v9" stroke="currentColor" stroke-width="2.25" fill="none"/>',
    "turn": '<path d="M6.5 3 3 6.5 6.5 10M3.5 6.5h6a3.25 3.25 0 0 1 0 6.5H7" fill="none" '
    'stroke="currentColor" stroke-width="1.75"/>',
    "triangle": '<path d="M8 1.8 15 14H1Z" fill="currentColor"/>'
    '<path class="knockout" d="M8 6.2v3.6m0 1.4v1" fill="none" stroke-width="1.75"/>',
    "dot": '<circle cx="8" cy="8" r="4" fill="currentColor"/>',
}
ICONS: dict[str, str] = {
    "arrow": '<path d="M3 8h10m-4-4 4 4-4 4"/>',
    "branch": '<circle cx="4.5" cy="3.5" r="1.75"/><circle cx="4.5" cy="12.5" r="1.75"/>'
    '<circle cx="11.5" cy="5.5" r="1.75"/><path d="M4.5 5.25v5.5M11.5 7.25c0 2.5-4 2-6.6 3.9"/>',
    "calendar": '<rect x="2" y="3" width="12" height="11" rx="1.5"/><path d="M2 6.5h12M5 1.5V4m6-2.5V4"/>',
    "check": '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
    "chain": '<path d="M6.8 9.2 9.2 6.8M7.3 4.6l1.5-1.5a2.9 2.9 0 0 1 4.1 4.1l-1.5 1.5M8.7 11.4l-1.5 1.5a2.9 2.9 0 0 1-'
    '4.1-4.1l1.5-1.5"/>',
    "commit": '<circle cx="8" cy="8" r="2.75"/><path d="M1 8h4.2m5.6 0H15"/>',
    "copy": '<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 3.2v-.7a1 1 0 0 0-1-1h-6a1 1 '
    '0 0 0-1 1v6a1 1 0 0 0 1 1h.7"/>',
    "download": '<path d="M8 2v8m-3.5-3.2L8 10.2l3.5-3.4M2.5 13.5h11"/>',
    "feed": '<path d="M3 3a10 10 0 0 1 10 10M3 7.5A5.5 5.5 0 0 1 8.5 13"/><circle cx="4" cy="12" r="1"/>',
    "file": '<path d="M4 1.5h5l3.5 3.5v9.5H4Z"/><path d="M9 1.5V5h3.5"/>',
    "file-code": '<path d="M4 1.5h5l3.5 3.5v9.5H4Z"/><path d="m7 8-1.3 1.7L7 11.4m2.5-3.4 1.3 1.7-1.3 1.7"/>',
    "file-image": '<path d="M4 1.5h5l3.5 3.5v9.5H4Z"/><path d="m4.5 12 2.3-3 1.7 2 1.2-1.3L12 12"/>',
    "file-table": '<path d="M4 1.5h5l3.5 3.5v9.5H4Z"/><path d="M5.8 8h5M5.8 10.5h5M8.3 7v5"/>',
    "file-text": '<path d="M4 1.5h5l3.5 3.5v9.5H4Z"/><path d="M6 8h4.5M6 10.3h4.5M6 12.5h2.5"/>',
    "folder": '<path d="M1.5 4.5v8h13V5.5H8L6.5 3.5h-5Z"/>',
    "key": '<circle cx="5" cy="8" r="2.75"/><path d="M7.75 8H14v2.5M11.5 8v2"/>',
    "lock": '<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5.3 7V5a2.7 2.7 0 0 1 5.4 0v2"/>',
    "people": '<circle cx="6" cy="5.5" r="2.3"/><path d="M1.5 13.5a4.5 4.5 0 0 1 9 0M10.5 3.5a2.3 2.3 0 0 1 '
    '0 4.2m1.5 2a4.5 4.5 0 0 1 2.5 3.8"/>',
    "play": '<path d="M4.5 2.8v10.4L13 8Z"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.3 10.3 3.7 3.7"/>',
    "shield": '<path d="M8 1.5 13.5 3.5v4.2c0 3.2-2.2 5.6-5.5 6.8-3.3-1.2-5.5-3.6-5.5-6.8V3.5Z"/>',
}
FILE_ICONS = {
    "csv": "file-table",
    "tsv": "file-table",
    "png": "file-image",
    "jpg": "file-image",
    "jpeg": "file-image",
    "svg": "file-image",
    "gif": "file-image",
    "json": "file-code",
    "html": "file-code",
    "txt": "file-text",
    "log": "file-text",
    "md": "file-text",
}


def shape(name: str) -> SafeString:
    """Return the drawing of a state shape."""
    body = mark_safe(SHAPES.get(name, SHAPES["dot"]))  # noqa: S308 - our own constants
    return format_html(
        '<svg class="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', body
    )


def icon(name: str) -> SafeString:
    """Return a line icon; a KeyError for a name nobody drew."""
    body = mark_safe(ICONS[name])  # noqa: S308 - our own constants
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', body
    )


def icon_of_file(path: str) -> SafeString:
    """Return the icon for a file by its suffix."""
    suffix = path.rsplit(".", 1)[-1].lower() if "." in path else ""
    return icon(FILE_ICONS.get(suffix, "file"))
