"""The people, workspaces and the little server that the airlock's tests are about."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote

import pytest

from armslength.kernel import clock
from armslength.kernel.ids import derived_id
from armslength.ledger import Key, Kind, Log, MemoryStorage
from armslength.wire.manifest import Manifest, ManifestFile, ManifestLog
from armslength.wire.releases import (
    EventBatch,
    Identity,
    Receipt,
    Receipts,
    Release,
    ReleaseProgress,
    SignIn,
    WorkspaceGrant,
)

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
WORKSPACE, OTHER_WORKSPACE = "asthma-main", "stroke-main"
GOOD_TABLE = b"age_band,patients\n18-39,1200\n40-64,2450\n65+,980\n"
BAD_TABLE = b"age_band,patients\n18-39,3\n40-64,2450\n65+,980\n"
CONTEXT = "Adults registered on the index date, counted by age band and sex."
CONTROLS = "Counts of 7 or fewer are hidden, all others rounded to the nearest 5."


def grant(workspace: str, project: str, *, ongoing: bool = True) -> WorkspaceGrant:
    return WorkspaceGrant(
        workspace=workspace, project=project, project_title=project.title(), ongoing=ongoing
    )


def person(username: str, *grants: WorkspaceGrant, checker: bool = False) -> Identity:
    return Identity(username=username, name=username.title(), output_checker=checker, workspaces=grants)


ASTHMA = grant(WORKSPACE, "asthma")
ANN = person("ann", ASTHMA)  # the author
CAROL = person("carol", checker=True)
DAVID = person("david", checker=True)
ERIN = person("erin", checker=True)
MEMBER = person("mo", ASTHMA)  # works on the same project
CONFLICTED = person(
    "cleo", grant("asthma-extra", "asthma"), checker=True
)  # checks outputs, works on this project
AUTHOR_CHECKER = person("ann", ASTHMA, checker=True)  # the author may be a checker elsewhere
STRANGER = person("sam", grant(OTHER_WORKSPACE, "stroke"))
EVERYBODY = {p.username: p for p in (ANN, CAROL, DAVID, ERIN, MEMBER, CONFLICTED, STRANGER)}


@dataclass
class Level4:
    """Level 4 folders as a runner writes them."""

    root: Path
    files: dict[str, dict[str, ManifestFile]] = field(default_factory=dict)

    def write(
        self, path: str, data: bytes, *, workspace: str = WORKSPACE, project: str = "asthma", **facts
    ) -> str:
        place = self.root / workspace / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(data)
        described = ManifestFile(
            job=derived_id("job", path), request=derived_id("request"), action="tables", requested_by="ann",
            repository="https://git.example/asthma", commit="c" * 40, size=len(data), created_at=NOW,
            sha256=hashlib.sha256(data).hexdigest(), **facts,
        )  # fmt: skip
        self.files.setdefault(workspace, {})[path] = described
        self.publish(workspace, project=project)
        return described.sha256

    def publish(self, workspace: str, *, project: str = "asthma") -> None:
        logs = {}
        for log in sorted((self.root / workspace / "metadata").glob("*.log")):
            data = log.read_bytes()
            logs[log.stem] = ManifestLog(
                job=derived_id("job", log.stem), action=log.stem, state="succeeded", size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )  # fmt: skip
        manifest = Manifest(
            backend="county-store", workspace=workspace, project=project, updated_at=NOW,
            files=self.files.get(workspace, {}), logs=logs,
        )  # fmt: skip
        place = self.root / workspace / "metadata" / "manifest.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_text(manifest.to_json())


@dataclass
class Outside:
    """What the little server remembers: a real ledger, people, tokens, releases."""

    key: Key = field(default_factory=Key.generate)
    people: dict[str, Identity] = field(default_factory=lambda: dict(EVERYBODY))
    tokens: dict[str, str] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    bytes_of: dict[tuple[str, str], bytes] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # each is played once, on the next call
    calls: list[str] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.log = Log(MemoryStorage(), key=self.key)
        self.log.begin(site="test", at=clock.utc_now())

    def receipt(self, identifier: str, kind: Kind, *, actor: str, body: dict) -> Receipt:
        if identifier not in self.known:
            entry = self.log.append(
                kind, actor=actor, subject=f"{kind}:{identifier}", body=body, at=clock.utc_now()
            )
            self.known[identifier] = entry.index
        entry = self.log.entry(self.known[identifier])
        head = self.log.head(at=clock.utc_now())
        inclusion = self.log.inclusion(entry.index, size=head.size).to_object()
        return Receipt(id=identifier, entry=entry.to_object(), inclusion=inclusion, head=head.to_object())

    def events(self, batch: EventBatch) -> Receipts:
        receipts = []
        for event in batch.events:
            body = {name: value for name, value in event.model_dump(mode="json").items() if value is not None}
            receipts.append(self.receipt(event.id, Kind(event.kind.value), actor=event.actor, body=body))
        return Receipts(receipts=tuple(receipts))

    def progress(self, identifier: str) -> ReleaseProgress:
        release = self.releases[identifier]
        missing = tuple(f.path for f in release.files if (identifier, f.path) not in self.bytes_of)
        receipt = None
        if not missing:
            body = {
                "release": release.id,
                "workspace": release.workspace,
                "author": release.author,
                "reviewers": list(release.reviewers),
                "files": [{"sha256": f.sha256, "size": f.size} for f in release.files],
            }
            receipt = self.receipt(identifier, Kind.RELEASE, actor=release.released_by, body=body)
        return ReleaseProgress(id=identifier, missing=missing, receipt=receipt)


class Handler(BaseHTTPRequestHandler):
    """Speaks the airlock's side of the wire, and fails in the ways a test asks for."""

    outside: Outside

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    do_PUT = do_POST

    def _answer(self, data: bytes) -> None:
        outside = self.outside
        outside.calls.append(f"{self.command} {self.path}")
        fault = outside.faults.pop(0) if outside.faults else ""
        if fault == "drop before":
            self.close_connection = True
            return
        if fault.isdigit():
            return self._send(int(fault), json.dumps({"what": "a scripted fault"}))
        status, text = self._play(data)
        if fault == "drop after":  # the server did it, the answer is lost
            self.close_connection = True
            return
        self._send(status, fault[5:] if fault.startswith("say: ") else text)

    def _play(self, data: bytes) -> tuple[int, str]:
        outside, path = self.outside, self.path
        if path.startswith("/ledger/consistency.json?"):  # public: nobody shows a token
            query = parse_qs(path.partition("?")[2])
            proof = outside.log.consistency(int(query["from"][0]), int(query["to"][0]))
            return 200, json.dumps(proof.to_object())
        if self.headers["Authorization"] != "Bearer backend-token":
            return 401, "{}"
        if path == "/api/v1/airlock/sign-in":
            message = SignIn.model_validate_json(data)
            good = outside.tokens.pop(message.username, None) == message.token
            return (200, outside.people[message.username].to_json()) if good else (403, "{}")
        if path.startswith("/api/v1/airlock/people/"):
            found = outside.people.get(unquote(path.rsplit("/", 1)[1]))
            return (200, found.to_json()) if found else (404, "{}")
        if path == "/api/v1/airlock/events":
            return 200, outside.events(EventBatch.model_validate_json(data)).to_json()
        if path == "/api/v1/releases":
            release = Release.model_validate_json(data)
            if outside.releases.setdefault(release.id, release) != release:
                return 409, "{}"
            return 200, outside.progress(release.id).to_json()
        _, _, _, _, identifier, _, name = unquote(path).split("/", 6)
        expected = {f.path: f.sha256 for f in outside.releases[identifier].files}
        if hashlib.sha256(data).hexdigest() != expected[name]:
            return 422, "{}"
        outside.bytes_of[identifier, name] = data
        return 200, outside.progress(identifier).to_json()

    def _send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def outside(settings) -> Iterator[Outside]:
    """A real HTTP server with a real ledger; the airlock is configured to talk to it and to pin its key."""
    outside = Outside()
    handler = type("Scripted", (Handler,), {"outside": outside})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    outside.address = f"http://127.0.0.1:{server.server_port}"
    settings.AIRLOCK = replace(settings.AIRLOCK, server=outside.address, ledger_key=outside.key.public.hex)
    yield outside
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def level4(settings, tmp_path: Path) -> Level4:
    """A fresh level 4 folder and a fresh storage of the airlock's own."""
    for name in ("level4", "folder"):
        (tmp_path / name).mkdir()
    settings.AIRLOCK = replace(settings.AIRLOCK, level4=tmp_path / "level4", folder=tmp_path / "folder")
    level4 = Level4(tmp_path / "level4")
    level4.write("output/rates.csv", GOOD_TABLE, row_count=3, column_count=2)
    level4.write("output/small.csv", BAD_TABLE, row_count=3, column_count=2)
    level4.write("output/stroke.csv", GOOD_TABLE + b"\n", workspace=OTHER_WORKSPACE, project="stroke")
    return level4


@dataclass
class Desk:
    """The airlock's actions with the people of these tests, at a clock that moves one second per step."""

    now: datetime = NOW

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def draft(self, *, paths=("output/rates.csv",), author: Identity = ANN, describe: bool = True):
        from armslength.airlock.features.requests import actions
        from armslength.airlock.models.states import FileKind

        additions = [actions.Addition(path=path, kind=FileKind.OUTPUT, group="main") for path in paths]
        request = actions.add_files(author, workspace=WORKSPACE, additions=additions, now=self.tick())
        if describe:
            group = request.groups.get(name="main")
            actions.describe_group(author, group, context=CONTEXT, controls=CONTROLS, now=self.tick())
        return request

    def submit(self, **options):
        from armslength.airlock.features.requests import actions

        request = self.draft(**options)
        actions.submit_request(options.get("author", ANN), request, now=self.tick())
        return request

    def vote(self, who: Identity, request, choice: str = "approved") -> None:
        from armslength.airlock.features.reviews import actions
        from armslength.airlock.models.states import Choice

        for file in request.files.filter(kind="output"):
            actions.vote_on_file(who, file, choice=Choice(choice), sha256=file.sha256, now=self.tick())

    def review(self, who: Identity, request, choice: str = "approved") -> None:
        from armslength.airlock.features.reviews import actions
        from armslength.airlock.models.states import Visibility

        self.vote(who, request, choice)
        if choice != "approved":
            for group in request.groups.all():
                actions.comment_on_group(
                    who, group, text="Please round.", visibility=Visibility.PUBLIC, now=self.tick()
                )
        actions.submit_review(who, request, now=self.tick())
        request.refresh_from_db()

    def approve(self, **options):
        from armslength.airlock.features.releases.actions import release_request

        request = self.submit(**options)
        self.review(CAROL, request)
        self.review(DAVID, request)
        release_request(CAROL, request, now=self.tick())
        request.refresh_from_db()
        return request


@pytest.fixture
def desk(db, level4) -> Desk:
    return Desk()
