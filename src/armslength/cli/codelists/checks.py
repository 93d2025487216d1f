"""The checks of `codelists check`: those that files alone can answer, and those that the service must."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from armslength.cli.codelists.service import Service
from armslength.cli.codelists.study import (
    SYSTEMS,
    codelist_files,
    columns_read,
    read_folder,
    require_listing,
)
from armslength.kernel.errors import Mistake
from armslength.pipeline.codelists.checking import UPDATE, find_damaged_codes, find_problems
from armslength.pipeline.codelists.listing import (
    FOLDER,
    LISTING,
    MANIFEST,
    OWN_FOLDER,
    Codelist,
    parse_codelist,
)
from armslength.pipeline.codelists.manifest import Entry, hash_of, write_manifest


def check_study(study: Path, *, allow_damage: bool) -> tuple[list[Mistake], list[str]]:
    """Return what is wrong with the study's codelists, and what is only worth saying."""
    if not (study / FOLDER).is_dir() and not (study / OWN_FOLDER).is_dir():
        return [], [f"there is no folder `{FOLDER}` here, so there is nothing to check"]
    problems, columns = find_problems(read_folder(study)), columns_read(study)
    damage = find_damaged_codes(
        codelist_files(study), systems=SYSTEMS, columns=lambda path: columns.get(path, ())
    )
    if allow_damage:
        return problems, [f"{one.where}: {one.what}" for one in damage]
    return problems + damage, []


def upstream_problems(study: Path, service: Service) -> list[Mistake]:
    """Ask the service what it holds otherwise. Raises Mistake P069 when it does not answer."""
    if not (study / FOLDER / LISTING).exists():
        return []
    folder = read_folder(study)
    listing = require_listing(folder)
    manifest = folder.manifest
    if manifest is None:
        manifest = write_manifest(_manifest_of(listing, folder.files, service.address))
    found = service.compare(listing, manifest)
    where = f"{FOLDER}/{MANIFEST}"
    if found.complaint is not None:
        return [
            Mistake("P066", f"the service cannot read the study's list: {found.complaint}", where, UPDATE)
        ]
    told = (
        (found.changed, "differs from the service's copy: product codes were mapped anew"),
        (found.added, "is listed, and the manifest does not have it"),
        (found.removed, "is in the manifest, and no longer listed"),
    )
    hint = f"see what changes with `armslength codelists diff`, then {UPDATE}"
    return [
        Mistake("P066", f"`{name}` {what}", where, hint) for names, what in told for name in sorted(names)
    ]


def _manifest_of(listing: str, files: Mapping[str, bytes], address: str) -> dict[str, Entry]:
    """A manifest of the files as they are, for studies of the time before manifests."""
    lines = (parse_codelist(line) for line in listing.splitlines())
    wanted: list[Codelist] = [one for one in lines if one is not None and one.file_name in files]
    return {
        one.file_name: Entry(
            one, one.page(address), "", hash_of(files[one.file_name].decode("utf-8", "replace"))
        )
        for one in wanted
    }
