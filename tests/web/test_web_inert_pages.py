"""Pages made inert keep what people read and lose everything that could act."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armslength.web.inert import ELEMENTS, inert_page

PIECES = [
    "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<iframe src=x>", "</iframe>", "<svg>", "</svg>",
    "<a href=https://x>", "<img src=x onerror=y>", "<link rel=preconnect href=//x>", "<![CDATA[", "]]>", "<title>",
    "</title>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "<p title='", "'>", '">', "&lt;iframe&gt;",
    "<plaintext>", "<?x", "?>", "<math>", "<base href=//x>", "\x00", "text", "<meta http-equiv=refresh content=0>",
]  # fmt: skip


def test_tables_and_figures_stay() -> None:
    page = (
        b'<html><body><h1 class="a">Rates</h1>'
        b'<table border="1"><tr><th scope="row">18-39</th><td>1&nbsp;200</td></tr></table>'
        b'<img alt="plot" src="data:image/png;base64,AAAA"><svg viewBox="0 0 9 9"><path d="M0 0"/></svg></body></html>'
    )
    written = inert_page(page).decode()
    for part in (
        '<h1 class="a">Rates</h1>',
        '<th scope="row">18-39</th><td>1\xa0200</td>',
        '<path d="M0 0"></path>',
    ):
        assert part in written
    assert 'src="data:image/png;base64,AAAA"' in written


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_hide_nothing(encoding: str) -> None:
    assert inert_page("<p>é<script>x</script>".encode(encoding)) == "<!DOCTYPE html>\n<p>é".encode()


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14))
def test_whatever_goes_in_only_harmless_elements_and_attributes_come_out(pieces: list[str]) -> None:
    written = (
        inert_page("".join(pieces).encode("utf-8", "replace")).decode().removeprefix("<!DOCTYPE html>\n")
    )
    assert set(re.findall(r"</?([^\s>]*)", written)) <= ELEMENTS
    assert written.count("<") == len(re.findall(r"</?[a-z0-9]+(?: [a-z0-9_-]+=\"[^\"<>]*\")*>", written))
    assert not re.search(r"<[^>]* (on\w+|href|src|action|srcset)=\"(?!#|data:image)", written)
