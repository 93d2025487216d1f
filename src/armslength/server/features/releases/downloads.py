"""Several files as one archive with a manifest, written piece by piece and never held in memory."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from armslength.server.features.releases import store
from armslength.server.features.releases.viewer import TYPES, suffix_of
from armslength.server.models import ReleasedFile
from armslength.web.inert import inert_page
from armslength.web.middleware import FILE_POLICY, seal_file

CHUNK = 1 << 16
Response = TypeVar("Response", bound=HttpResponse | FileResponse)


class _Pipe(io.RawIOBase):
    """Collects what the archive writes until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def archive(files: Iterable[ReleasedFile], *, manifest: dict[str, Any]) -> Iterator[bytes]:
    """Yield a ZIP archive of files and `manifest.json`, which lists them with their hashes."""
    pipe = _Pipe()
    listed = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in files:
            listed.append(
                {
                    "path": file.path,
                    "sha256": file.sha256,
                    "size": file.size,
                    "job": file.job,
                    "commit": file.commit,
                }
            )
            with store.place_of(file.sha256).open("rb") as source, zipped.open(file.path, "w") as target:
                while piece := source.read(CHUNK):
                    target.write(piece)
                    yield pipe.take()
        zipped.writestr("manifest.json", json.dumps(manifest | {"files": listed}, indent=2) + "\n")
    yield pipe.take()


def archive_response(
    files: Iterable[ReleasedFile], *, manifest: dict[str, Any], name: str
) -> StreamingHttpResponse:
    """Answer with an archive."""
    response = StreamingHttpResponse(archive(files, manifest=manifest), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def file_response(file: ReleasedFile, *, download: bool) -> FileResponse | HttpResponse:
    """Answer with the bytes of one file, sealed: a browser may show it, and it may do nothing."""
    try:
        source = store.place_of(file.sha256).open("rb")
    except OSError:
        return HttpResponse(
            "The bytes of this file are not in the store.", status=404, content_type="text/plain"
        )
    suffix = suffix_of(file.path)
    kind = TYPES.get(suffix)
    name = file.path.rsplit("/", 1)[-1]
    if suffix == "html" and not download:
        with source:
            return _sealed(HttpResponse(inert_page(source.read()), content_type=kind))
    response = FileResponse(
        source,
        # As an image a drawing can reach nothing; opened on its own it could hold a page, so then it is only saved.
        as_attachment=download or kind is None or suffix == "svg",
        filename=name,
        content_type=kind or "application/octet-stream",
    )
    return _sealed(response)


def _sealed(response: Response) -> Response:
    seal_file(response)
    # For the frame of the viewer on our own pages, and for no other site.
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
