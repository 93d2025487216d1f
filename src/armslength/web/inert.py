"""Foreign pages made inert: what a browser would fetch, follow or connect to is gone before it sees them.

A content policy forbids a page to *load* anything, but not to open connections: browsers look up names and
connect for `<link rel=preconnect>` and for frames that the policy then refuses, and a name that is looked up
can carry data out. So a page is taken apart and written anew from what is known to do nothing. Whatever the
parser made of the original, the result has only these elements, escaped text and harmless attributes.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ELEMENTS = _words(
    """
    html head title body style div span p br hr h1 h2 h3 h4 h5 h6 header footer main section article aside nav
    figure figcaption table caption colgroup col thead tbody tfoot tr th td ul ol li dl dt dd pre code samp kbd var
    blockquote q a b strong i em u s small sub sup mark abbr cite dfn del ins time address details summary center
    font tt big img svg g path rect circle ellipse line polyline polygon text tspan defs clippath lineargradient
    radialgradient stop symbol marker mask pattern desc
    """
)
VOID = _words("br hr img col")
# With all that is inside them, up to their end.
SWALLOWED = _words("script iframe object noscript noembed noframes template textarea select xmp")
ADDRESSES = _words(
    """
    action archive background cite classid codebase data dynsrc formaction href icon imagesrcset longdesc lowsrc
    manifest ping poster profile src srcdoc srcset usemap xml:base xlink:href
    """
)
ATTRIBUTE = re.compile(r"[a-z][a-z0-9_-]*")
DATA_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.I)
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def inert_page(content: bytes) -> bytes:
    """Return a page in UTF-8 that looks like this one and can do nothing.

    >>> inert_page(b'<p onclick="x()">a &lt; b<script>1</script><a href="https://x">c</a>')
    b'<!DOCTYPE html>\\n<p>a &lt; b<a>c</a>'
    """
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    writer = _Writer()
    writer.feed(content.decode(encoding, "replace"))
    writer.close()
    return ("<!DOCTYPE html>\n" + "".join(writer.written)).encode("utf-8", "replace")


class _Writer(HTMLParser):
    """Writes down what it knows to be harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._swallowing = ""
        self._styling = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._swallowing:
            return
        if tag in SWALLOWED:
            self._swallowing = tag
        elif tag in ELEMENTS:
            self.written.append(f"<{tag}{''.join(map(_attribute, attrs))}>")
            self._styling = tag == "style"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `<path/>` ends in a drawing and does not elsewhere; written out, it means the same in both.
        if not self._swallowing and tag in ELEMENTS and tag != "style":
            closing = "" if tag in VOID else f"</{tag}>"
            self.written.append(f"<{tag}{''.join(map(_attribute, attrs))}>{closing}")

    def handle_endtag(self, tag: str) -> None:
        if self._swallowing:
            self._swallowing = "" if tag == self._swallowing else self._swallowing
        elif tag in ELEMENTS and tag not in VOID:
            self.written.append(f"</{tag}>")
            self._styling = False

    def handle_data(self, data: str) -> None:
        if self._swallowing:
            return
        # The text of a style is not unescaped by browsers; without a less-than sign it cannot end early.
        self.written.append(data.replace("<", "") if self._styling else escape(data, quote=False))


def _attribute(pair: tuple[str, str | None]) -> str:
    name, value = pair[0], pair[1] or ""
    local = name == "href" and value.startswith("#")
    picture = name == "src" and DATA_IMAGE.fullmatch(value)
    if not (local or picture) and (
        name in ADDRESSES or name.startswith("on") or not ATTRIBUTE.fullmatch(name)
    ):
        return ""
    return f' {name}="{escape(value)}"'
