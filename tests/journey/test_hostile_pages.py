"""A page that a study made, opened in a real browser: it runs nothing and calls nobody, not even to connect."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright

from armslength.web.inert import inert_page
from armslength.web.middleware import FILE_POLICY, HEADERS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
HOSTILE = """<!DOCTYPE html><html><head><base href="{0}/"><meta http-equiv="refresh" content="1;url={0}/refresh">
<link rel=preconnect href="{0}"><link rel=dns-prefetch href="{0}"><link rel=prefetch href="{0}/a">
<link rel=icon href="{0}/i">
<link rel=stylesheet href="{0}/b"><style>@import "{0}/c"; body {{ background: url({0}/d) }}</style></head>
<body background="{0}/e" onload="fetch('{0}/f')"><script>location = '{0}/g'</script><img src="{0}/h" srcset="{0}/j 2x">
<iframe src="{0}/k"></iframe><iframe srcdoc="<img src='{0}/l'>"></iframe><object data="{0}/m"></object>
<embed src="{0}/n">
<video src="{0}/o" poster="{0}/p" autoplay></video><form action="{0}/q"><input autofocus onfocus="form.submit()"></form>
<svg><use href="{0}/r#x"/><image href="{0}/s"/><foreignObject><iframe src="{0}/t"></iframe></foreignObject></svg>
<math><mtext><table>
<mglyph><style><!--</style><img title="--&gt;&lt;iframe src='{0}/u'&gt;"></table></math>
<p>REACHED THE END"""


class Listener:
    """Counts who connects, whether or not they say anything."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def visit(chromium: str, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Open some content in Chromium, sent as the sites send files, and return the page as it ended up."""
    content: dict[str, tuple[bytes, dict[str, str]]] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = content.get(self.path, (b"", {}))
            self.send_response(200)
            for name, value in {**HEADERS, "Content-Security-Policy": FILE_POLICY, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def open_it(body: bytes, **headers: str) -> str:
        content["/file"] = body, {name.replace("_", "-"): value for name, value in headers.items()}
        line = [
            chromium,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path}/profile",
        ]
        line += ["--virtual-time-budget=3000", "--dump-dom", f"http://127.0.0.1:{server.server_port}/file"]
        done = subprocess.run(line, capture_output=True, timeout=60, check=False)
        time.sleep(0.3)
        return done.stdout.decode(errors="replace")

    open_it.content, open_it.address = content, f"http://127.0.0.1:{server.server_port}/file"
    yield open_it
    server.shutdown()
    server.server_close()


def test_a_content_policy_alone_does_not_keep_a_page_from_connecting(
    visit: Callable[..., str], listener: Listener
) -> None:
    """Why pages are written anew. Should this fail one day, browsers have become better."""
    visit(f'<link rel=preconnect href="{listener.address}">'.encode(), Content_Type="text/html")
    assert listener.connections > 0


def test_a_page_made_inert_calls_nobody(visit: Callable[..., str], listener: Listener) -> None:
    page = inert_page(HOSTILE.format(listener.address).encode())
    seen = visit(page, Content_Type="text/html; charset=utf-8")
    assert "REACHED THE END" in seen
    assert "<script" not in seen and "<iframe" not in seen
    assert listener.connections == 0


def test_a_drawing_opened_on_its_own_is_saved_and_not_shown(
    visit: Callable[..., str], listener: Listener, chromium: str
) -> None:
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{listener.address}/a"/><foreignObject>'
        f'<iframe xmlns="http://www.w3.org/1999/xhtml" src="{listener.address}/b"/></foreignObject></svg>'
    )
    headers = {"Content-Type": "image/svg+xml", "Content-Disposition": "attachment; filename=drawing.svg"}
    visit.content["/file"] = drawing.encode(), headers
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        with page.expect_download() as saving, pytest.raises(Error, match="Download is starting"):
            page.goto(visit.address)
        assert Path(saving.value.path()).read_text() == drawing
        assert "foreignObject" not in page.content()
        browser.close()
    assert listener.connections == 0
