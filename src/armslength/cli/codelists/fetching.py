"""Bring codelists into the study: everything is fetched and checked before the first file is written."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from armslength.cli.codelists.service import Service
from armslength.cli.codelists.study import (
    SYSTEMS,
    State,
    columns_read,
    entries_of,
    read_folder,
    require_listing,
    write_state,
)
from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.codelists.changes import Changes, changes_between
from armslength.pipeline.codelists.checking import Folder, find_damaged_codes
from armslength.pipeline.codelists.listing import (
    FOLDER,
    LISTING,
    OWN_FOLDER,
    Codelist,
    parse_address,
    read_listing,
    with_codelist,
)
from armslength.pipeline.codelists.manifest import Entry, entry_for, write_manifest
from armslength.pipeline.codelists.tables import Table, decode, read_table

AT_ONCE = 4
USAGE_STATUS = 2
NEW_LISTING = "# One codelist on each line: organisation/codelist/version or user/name/codelist/version\n"


@dataclass(frozen=True)
class Fetched:
    """One codelist as the service holds it, and what differs from the copy in the study."""

    codelist: Codelist
    content: bytes
    changes: Changes
    before: Entry | None

    @property
    def path(self) -> str:
        """Its file, seen from the study."""
        return f"{FOLDER}/{self.codelist.file_name}"

    @property
    def table(self) -> Table:
        """Its rows."""
        return read_table(decode(self.content, where=self.path), where=self.path)


def add(addresses: Sequence[str], *, study: Path, service: Service, allow_damage: bool) -> list[Fetched]:
    """Fetch these codelists, then list them. Raises Mistakes with nothing changed."""
    folder = read_folder(study)
    text = NEW_LISTING if folder.listing is None else folder.listing
    wanted = [_codelist_at(address, service.address) for address in addresses]
    for codelist in wanted:
        text = with_codelist(text, codelist)
    listed = {one.codelist for one in read_listing(text)}
    fetched = fetch([codelist for codelist in wanted if codelist in listed], folder, service)
    _refuse_damage(fetched, study, allow=allow_damage)
    _write(study, folder, fetched, text, service.address, deleted=())
    return fetched


def update(
    *, study: Path, service: Service, allow_damage: bool, delete_unlisted: bool
) -> tuple[list[Fetched], tuple[str, ...]]:
    """Fetch every listed codelist anew; return them and the names of deleted files.

    Raises Mistakes with nothing changed.
    """
    folder = read_folder(study)
    text = require_listing(folder)
    listed = [one.codelist for one in read_listing(text)]
    deleted = _no_longer_listed(folder, {one.file_name for one in listed}, delete_unlisted=delete_unlisted)
    fetched = fetch(listed, folder, service)
    _refuse_damage(fetched, study, allow=allow_damage)
    _write(study, folder, fetched, text, service.address, deleted=deleted)
    return fetched, deleted


def fetch(codelists: Sequence[Codelist], folder: Folder, service: Service) -> list[Fetched]:
    """Download these, a few at a time. Raises Mistakes that tell every one that did not come."""
    entries = entries_of(folder)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda codelist: _download(codelist, service), codelists))
    problems = [answer for answer in answers if isinstance(answer, Mistake)]
    if problems:
        raise Mistakes(problems)
    fetched = []
    for codelist, content in zip(codelists, answers, strict=True):
        assert isinstance(content, bytes)  # noqa: S101 (the mistakes are raised above)
        path = f"{FOLDER}/{codelist.file_name}"
        after = read_table(decode(content, where=path), where=path)
        before = copy_in(folder, codelist.file_name)
        known = entries.get(codelist.file_name)
        fetched.append(Fetched(codelist, content, changes_between(before, after), known))
    return fetched


def copy_in(folder: Folder, name: str) -> Table | None:
    """The study's copy of one file as rows; None when there is none that can be read."""
    content = folder.files.get(name)
    try:
        return None if content is None else read_table(decode(content, where=name), where=name)
    except Mistake:
        return None


def _download(codelist: Codelist, service: Service) -> bytes | Mistake:
    try:
        return service.download(codelist)
    except Mistake as mistake:
        return mistake


def _codelist_at(address: str, service: str) -> Codelist:
    codelist = parse_address(address, service=service)
    if codelist is None:
        hint = f"give the address of one version's page, such as {service}/codelist/ORGANISATION/CODELIST/VERSION/"
        raise Mistake("P071", f"`{address}` names no version of a codelist", None, hint, USAGE_STATUS)
    return codelist


def _no_longer_listed(folder: Folder, listed: set[str], *, delete_unlisted: bool) -> tuple[str, ...]:
    """The files to delete: downloads whose line is gone. A file that nobody downloaded is somebody's own work."""
    unlisted = sorted(set(folder.files) - listed)
    own = [name for name in unlisted if name not in entries_of(folder)]
    if own and not delete_unlisted:
        names = ", ".join(f"`{name}`" for name in own)
        what = f"{names} in `{FOLDER}/` is neither listed nor downloaded, and an update would delete it"
        hint = f"move it into `{OWN_FOLDER}/`, list it in `{FOLDER}/{LISTING}`, or say `--delete-unlisted`"
        raise Mistake("P072", what, f"{FOLDER}/", hint)
    return tuple(unlisted)


def _refuse_damage(fetched: Sequence[Fetched], study: Path, *, allow: bool) -> None:
    columns = columns_read(study)
    files = {one.path: one.content for one in fetched}
    damage = find_damaged_codes(files, systems=SYSTEMS, columns=lambda path: columns.get(path, ()))
    if damage and not allow:
        raise Mistakes([*damage, _what_now(len(damage))])


def _what_now(count: int) -> Mistake:
    what = "nothing was written, because the service's copy holds damaged codes"
    hint = (
        "ask the list's authors for a repaired version; or repair a copy of it in "
        f"`{OWN_FOLDER}/`; or take it as it is with `--allow-damage`"
    )
    return Mistake("P064", what, f"{FOLDER}/", hint)


def _write(
    study: Path,
    folder: Folder,
    fetched: Sequence[Fetched],
    text: str,
    service: str,
    *,
    deleted: tuple[str, ...],
) -> None:
    now = datetime.now(tz=UTC)
    listed = {one.codelist.file_name for one in read_listing(text)}
    entries = {name: entry for name, entry in entries_of(folder).items() if name in listed}
    for one in fetched:
        entries[one.codelist.file_name] = entry_for(
            one.codelist, one.content.decode("utf-8"), service=service, now=now, before=one.before
        )
    files = {one.codelist.file_name: one.content for one in fetched}
    write_state(study, State(files, write_manifest(entries), text, deleted))
