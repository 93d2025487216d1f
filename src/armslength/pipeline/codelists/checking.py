"""Is the folder of codelists what `codelists.txt` says? Read from files alone; no service is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.codelists.damage import AGAIN, Damage, Systems, find_damage
from armslength.pipeline.codelists.listing import FOLDER, LISTING, MANIFEST, OWN_FOLDER, Listed, read_listing
from armslength.pipeline.codelists.manifest import Entry, hash_of, read_manifest
from armslength.pipeline.codelists.tables import decode, read_table

UPDATE = "run `armslength codelists update` and commit what it writes"
MOST_SHOWN = 20


@dataclass(frozen=True)
class Folder:
    """What lies in a study's folder of codelists. None: the file is not there."""

    listing: str | None
    manifest: str | None
    files: Mapping[str, bytes]  # CSV files directly in the folder, by name


def find_problems(folder: Folder) -> list[Mistake]:
    """Compare list, manifest and files; return every disagreement.

    A folder without list and manifest is the study's own, so there is nothing to compare.
    """
    if folder.listing is None:
        if folder.manifest is None:
            return []
        what = f"there is a manifest but no `{LISTING}`"
        return [Mistake("P065", what, f"{FOLDER}/", f"restore `{FOLDER}/{LISTING}`, or delete the manifest")]
    try:
        listed = read_listing(folder.listing)
    except Mistakes as mistakes:
        return list(mistakes.mistakes)
    if folder.manifest is None:
        if not listed and not folder.files:
            return []
        what = f"there is no `{MANIFEST}`, so nobody can tell whether the files are what the service sent"
        return [Mistake("P065", what, f"{FOLDER}/", UPDATE)]
    try:
        entries = read_manifest(folder.manifest)
    except Mistake as mistake:
        return [mistake]
    return [
        *_listed_and_known(listed, entries),
        *_known_and_there(entries, folder.files),
        *_unchanged(entries, folder.files),
    ]


def _listed_and_known(listed: Iterable[Listed], entries: Mapping[str, Entry]) -> list[Mistake]:
    """Part 1: the same ids in `codelists.txt` and in the manifest."""
    known = {entry.codelist.id for entry in entries.values()}
    wanted = {one.codelist.id for one in listed}
    found = []
    for one in listed:
        if one.codelist.id not in known:
            what = f"`{one.codelist.id}` is listed but was never downloaded"
            found.append(Mistake("P065", what, f"{FOLDER}/{LISTING}:{one.line}", UPDATE))
    for unwanted in sorted(known - wanted):
        what = f"`{unwanted}` was downloaded but is no longer listed"
        found.append(Mistake("P065", what, f"{FOLDER}/{MANIFEST}", UPDATE))
    return found


def _known_and_there(entries: Mapping[str, Entry], files: Mapping[str, bytes]) -> list[Mistake]:
    """Part 2: the same files in the manifest and in the folder."""
    found = [
        Mistake("P065", f"`{name}` is in the manifest but not in the folder", f"{FOLDER}/{name}", UPDATE)
        for name in sorted(set(entries) - set(files))
    ]
    for name in sorted(set(files) - set(entries)):
        what = f"`{name}` was not downloaded from the service"
        hint = f"move it into `{OWN_FOLDER}/`, where the study's own lists live"
        found.append(Mistake("P065", what, f"{FOLDER}/{name}", hint))
    return found


def _unchanged(entries: Mapping[str, Entry], files: Mapping[str, bytes]) -> list[Mistake]:
    """Part 3: every file holds what was downloaded."""
    found = []
    for name, entry in sorted(entries.items()):
        if name not in files:
            continue
        try:
            same = hash_of(decode_as_downloaded(files[name])) == entry.sha
        except UnicodeDecodeError:
            same = False
        if not same:
            what = f"`{name}` was changed since it was downloaded on {entry.downloaded_at[:10]}"
            hint = f"{UPDATE}; a list of your own goes into `{OWN_FOLDER}/`"
            found.append(Mistake("P065", what, f"{FOLDER}/{name}", hint))
    return found


def decode_as_downloaded(content: bytes) -> str:
    """The text that the hash is over: with a mark of the byte order, if there is one."""
    return content.decode("utf-8")


def find_damaged_codes(
    files: Mapping[str, bytes],
    *,
    systems: Systems,
    columns: Callable[[str], Iterable[str]],
    most: int = MOST_SHOWN,
) -> list[Mistake]:
    """Return the damage in these files (by path) as mistakes; `columns` says which columns the study reads as codes."""
    found: list[Mistake] = []
    for path, content in sorted(files.items()):
        try:
            table = read_table(decode(content, where=path), where=path)
        except Mistake as mistake:
            found.append(mistake)
            continue
        damage = find_damage(table, systems=systems, named=columns(path))
        found += [told(one, path) for one in damage[:most]]
        if len(damage) > most:
            what = f"and {len(damage) - most:,} more damaged codes"
            found.append(Mistake("P064", what, path, AGAIN))
    return found


def told(damage: Damage, path: str) -> Mistake:
    """One damaged code as a mistake; signs that cannot be seen are written as their escape."""
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in damage.code[:60])
    what = f"`{shown}` in column `{damage.column}` is damaged: {damage.what}"
    return Mistake("P064", what, f"{path}:{damage.line}", damage.repair)
