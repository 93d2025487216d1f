"""`armslength ledger`: read and verify the public ledger of a site, from an address or a file."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table

from armslength.kernel import clock
from armslength.kernel.errors import Mistake
from armslength.ledger import Entry, Kind, PublicKey, SignedHead, verify_entry
from armslength.ledger.canonical import NotCanonical, read_object
from armslength.ledger.entries import from_json
from armslength.ledger.heads import DISTRUST, verify_head
from armslength.ledger.log import head_line
from armslength.ledger.verify import HEAD_START, BadEntry, Summary, read_lines, verify_export

app = typer.Typer(no_args_is_help=True, help="Read and verify the public ledger.")

PAGE = 2000  # entries asked for at once
SECONDS = 20.0  # the longest silence of a server
LARGEST_ANSWER = 512 << 20  # bytes of one page of entries
LARGEST_OBJECT = 2 << 20  # bytes of a head, a key or a proof
T = TypeVar("T")

Source = Annotated[
    str, typer.Argument(metavar="URL|FILE", help="The site, such as https://jobs.example.org, or an export.")
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="FILE|HEX", help="The public key you trust: a PEM file or 64 hexadecimal digits."
    ),
]


@app.command()
def verify(
    source: Source,
    key: KeyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check every entry, the chain, the tree and the signature; name the first bad entry."""
    trusted = _key(key)
    try:
        if _is_url(source):
            summary = _verify_site(Site(source), key=trusted)
        else:
            summary = _with_file(source, lambda lines: verify_export(lines, where=source, key=trusted))
    except Mistake as mistake:
        if as_json:
            print(json.dumps(_told(mistake), ensure_ascii=False))
            raise typer.Exit(mistake.exit_status) from None
        raise
    if as_json:
        print(json.dumps(_summed_up(summary), ensure_ascii=False))
    else:
        _print_summary(summary, source=source)


@app.command()
def show(
    source: Source,
    kind: Annotated[str | None, typer.Option(help="Only entries of this kind, such as `release`.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what this person did.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="Only what is about this, such as `request:ID`.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Entries on a page.")] = 20,
    page: Annotated[int, typer.Option(min=1, help="Which page, counted from the oldest entry.")] = 1,
) -> None:
    """List entries. Nothing is verified here; use `verify` or `prove` for that."""
    if kind is not None and kind not in Kind.__members__.values():
        raise Mistake("L034", f"there is no kind `{kind}`", hint=f"kinds: {', '.join(Kind)}", exit_status=2)

    def pick(lines: Iterator[bytes]) -> list[Entry]:
        wanted = (
            entry
            for entry in _entries(lines, where=source)
            if (kind in (None, entry.kind))
            and (actor in (None, entry.actor))
            and (subject in (None, entry.subject))
        )
        return list(itertools.islice(wanted, (page - 1) * limit, page * limit))

    entries = pick(Site(source).lines()) if _is_url(source) else _with_file(source, pick)
    table = Table(box=None, pad_edge=False)
    for heading in ("entry", "time", "kind", "actor", "subject", "details"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("entry", "time"))
    for entry in entries:
        moment = f"{entry.at:%Y-%m-%d %H:%M:%S}"
        details = json.dumps(entry.body, ensure_ascii=False)
        shown = (str(entry.index), moment, entry.kind.value, entry.actor, entry.subject, details)
        table.add_row(*(_plain(text) for text in shown))
    Console(markup=False, highlight=False).print(table if entries else "no such entry")


@app.command()
def prove(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site, such as https://jobs.example.org.")],
    index: Annotated[int, typer.Argument(min=0, help="The number of the entry.")],
    key: KeyOption = None,
) -> None:
    """Fetch one entry with its proof, and check that it is in the ledger the site signs for."""
    site = Site(url)
    trusted, given = _key(key), key is not None
    if trusted is None:
        trusted = PublicKey.parse(site.text("key.pem"), where=f"{site.address}/key.pem")
    head = site.head(trusted)
    where = f"{site.address}/proof/{index}.json"
    answer = site.object(f"proof/{index}.json?size={head.size}")
    entry = verify_entry(head, answer.get("entry"), answer.get("inclusion"), where=where)
    if entry.index != index:
        raise Mistake(
            "L015", f"asked for entry {index}, got entry {entry.index}", where=where, exit_status=DISTRUST
        )
    console = Console(markup=False, highlight=False)
    console.print(
        f"entry {index} is in the ledger: {len(answer['inclusion']['hashes'])} hashes lead to the head of "
        f"{head.size} entries signed {clock.to_text(head.at)}"
    )
    console.print_json(entry.to_json())
    _print_trust(console, trusted, given=given)


@dataclass(frozen=True)
class Site:
    """A site that offers its ledger as docs/reference/ledger-protocol.md says. Its answers are not trusted."""

    url: str

    @property
    def address(self) -> str:
        """The address of the ledger, without a slash at the end."""
        base = self.url.rstrip("/")
        return base if base.endswith("/ledger") else f"{base}/ledger"

    def head(self, key: PublicKey | None) -> SignedHead:
        """Fetch the head; check its signature when the key is known."""
        where = f"{self.address}/head.json"
        head = SignedHead.from_object(self.object("head.json"), where=where)
        if key is not None:
            verify_head(head, key=key, where=where)
        return head

    def lines(self) -> Iterator[bytes]:
        """Fetch the whole export page by page, ending with the head that was asked for first."""
        head = self.head(None)
        start = 0
        while start < head.size:
            asked = min(PAGE, head.size - start)
            path = f"entries.jsonl?start={start}&limit={asked}"
            lines = self.get(path, largest=LARGEST_ANSWER).splitlines(keepends=True)
            if not lines or not lines[-1].startswith(HEAD_START) or not lines[-1].endswith(b"\n"):
                raise Mistake(
                    "L031", "a page of entries was cut off on its way", where=f"{self.address}/{path}"
                )
            if len(lines) - 1 > asked or len(lines) == 1:
                what = f"asked for {asked} entries from entry {start}, got {len(lines) - 1}"
                raise Mistake("L031", what, where=f"{self.address}/{path}")
            yield from lines[:-1]
            start += len(lines) - 1
        yield head_line(head).encode()

    def text(self, path: str) -> str:
        """Fetch a short text."""
        return self.get(path, largest=LARGEST_OBJECT).decode(errors="replace")

    def object(self, path: str) -> dict[str, Any]:
        """Fetch a JSON object."""
        try:
            return read_object(self.get(path, largest=LARGEST_OBJECT))
        except NotCanonical as error:
            raise Mistake(
                "L031", f"the answer is no ledger: {error}", where=f"{self.address}/{path}"
            ) from None

    def get(self, path: str, *, largest: int) -> bytes:
        """Fetch the bytes of an address, or raise Mistake L030 to L033."""
        try:
            import httpx  # only who asks a site needs it; checking a file must work without
        except ImportError:
            hint = 'run: pip install "armslength[runner]"'
            raise Mistake(
                "L030", "asking a site needs the package httpx", where=self.address, hint=hint
            ) from None
        where, content = f"{self.address}/{path}", bytearray()
        try:
            with httpx.stream("GET", where, timeout=SECONDS, follow_redirects=False) as answer:
                _check_status(answer.status_code, location=answer.headers.get("location", ""), where=where)
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > largest:
                        raise Mistake("L033", f"the answer is longer than {largest} bytes", where=where)
        except httpx.TimeoutException:
            raise Mistake(
                "L030", f"the site did not answer within {SECONDS:.0f} seconds", where=where
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            what = f"the site cannot be reached: {error or type(error).__name__}"
            raise Mistake(
                "L030", what, where=where, hint="is the address right, and is the site up?"
            ) from None
        return bytes(content)


def _check_status(status: int, *, location: str, where: str) -> None:
    if 300 <= status < 400:
        raise Mistake(
            "L032",
            f"the site sends on to {_plain(location) or 'another place'}, and redirects are not followed",
            where=where,
            hint="give the address where the ledger really is",
        )
    if status != 200:
        hint = "is this the address of a site that keeps a ledger?"
        raise Mistake("L031", f"the site answered with status {status}", where=where, hint=hint)


def _verify_site(site: Site, *, key: PublicKey | None) -> Summary:
    return verify_export(site.lines(), where=site.address, key=key)


def _with_file(source: str, use: Callable[[Iterator[bytes]], T]) -> T:
    try:
        with Path(source).open("rb") as file:
            return use(read_lines(file))
    except OSError as error:
        raise Mistake(
            "L034",
            f"the export cannot be read: {error.strerror}",
            where=source,
            hint="give a file made from /ledger/entries.jsonl, or an address that starts with https://",
        ) from None


def _entries(lines: Iterator[bytes], *, where: str) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if not line.startswith(HEAD_START):
            yield from_json(line.removesuffix(b"\n"), where=f"{where}:{number}")


def _key(given: str | None) -> PublicKey | None:
    if given is None:
        return None
    if re.fullmatch(r"[0-9a-fA-F]{64}", given):
        return PublicKey.parse(given.lower(), where="--key")
    return PublicKey.read(Path(given))


def _is_url(source: str) -> bool:
    scheme = urlsplit(source).scheme if "://" in source else ""
    if scheme and scheme not in ("http", "https"):
        hint = "give an address that starts with https:// or http://, or a file"
        raise Mistake(
            "L034", f"a ledger cannot be read over `{scheme}`", where=source, hint=hint, exit_status=2
        )
    return bool(scheme)


def _told(mistake: Mistake) -> dict[str, Any]:
    told: dict[str, Any] = {
        "verified": False,
        "code": mistake.code,
        "what": mistake.what,
        "where": mistake.where,
    }
    if isinstance(mistake, BadEntry):
        told["entry"] = {
            "index": mistake.index,
            "kind": mistake.kind,
            "at": clock.to_text(mistake.at) if mistake.at else None,
        }
    return told


def _summed_up(summary: Summary) -> dict[str, Any]:
    return {
        "verified": True,
        "site": summary.site,
        "entries": summary.entries,
        "head": summary.head.to_object(),
        "key": summary.key.hex,
        "key_was_given": summary.key_was_given,
        "first_at": clock.to_text(summary.first_at) if summary.first_at else None,
        "last_at": clock.to_text(summary.last_at) if summary.last_at else None,
        "kinds": {kind.value: count for kind, count in summary.kinds.items()},
    }


def _print_summary(summary: Summary, *, source: str) -> None:
    console = Console(markup=False, highlight=False)
    console.print(f"verified: {summary.entries:,} entries of {_plain(summary.site)}", style="bold green")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("from", source)
    if summary.first_at and summary.last_at:
        table.add_row(
            "time", f"{summary.first_at:%Y-%m-%d %H:%M:%S} to {summary.last_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    table.add_row("head", f"signed {summary.head.at:%Y-%m-%d %H:%M:%S} UTC, root {summary.head.root[:16]}…")
    for number, (kind, count) in enumerate(sorted(summary.kinds.items(), key=lambda item: -item[1])):
        table.add_row("entries" if number == 0 else "", f"{count:>9,}  {kind}")
    console.print(table)
    _print_trust(console, summary.key, given=summary.key_was_given)


def _print_trust(console: Console, key: PublicKey, *, given: bool) -> None:
    if given:
        console.print(f"signed with the key you gave ({key.id})")
    else:
        console.print(
            f"signed with the key it names itself ({key.id}): give --key with the one you trust to know whose it is",
            style="yellow",
        )


def _plain(text: str) -> str:
    """Show control characters as dots, so that what a site says cannot drive the terminal."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)
