"""`codelists diff`: the study's copies beside the service's, or beside those of a commit."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from armslength.cli.codelists.affected import Affected, affected_definitions
from armslength.cli.codelists.fetching import fetch
from armslength.cli.codelists.service import Service
from armslength.cli.codelists.study import codelist_files, entries_of, read_folder, require_listing
from armslength.cli.codelists.telling import affected_as_json, changes_as_json, print_affected, print_changes
from armslength.kernel.errors import Mistake
from armslength.pipeline.codelists.changes import Changes, changes_between
from armslength.pipeline.codelists.listing import FOLDER, OWN_FOLDER, Codelist, parse_address, read_listing
from armslength.pipeline.codelists.tables import Table, decode, read_table

USAGE_STATUS = 2
MAPPED = "the version is the same: the service maps product codes to their earlier and later ids anew"


@dataclass(frozen=True)
class Difference:
    """One codelist in two states; None is a file that is not there."""

    name: str
    path: str
    changes: Changes
    before: bytes | None
    after: bytes | None
    note: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Every codelist compared, and what that means for the definitions (None: not asked)."""

    differences: tuple[Difference, ...]
    affected: tuple[Affected, ...] | None

    @classmethod
    def of(cls, differences: Sequence[Difference], *, study: Path, definitions: bool) -> Self:
        """Load the definitions with both states when any code came, went or changed its category."""
        changed = [one for one in differences if one.changes]
        affected: tuple[Affected, ...] | None = None
        if definitions and changed:
            before = {one.path: one.before for one in changed}
            after = {one.path: one.after for one in changed}
            affected = tuple(affected_definitions(study, before=before, after=after))
        return cls(tuple(differences), affected)

    @property
    def differs(self) -> bool:
        """Whether anything is different at all."""
        return any(one.changes for one in self.differences)

    def tell(self, *, as_json: bool) -> None:
        """Print it."""
        if as_json:
            lists = [
                {"codelist": one.name, "file": one.path, "note": one.note, **changes_as_json(one.changes)}
                for one in self.differences
            ]
            affected = None if self.affected is None else affected_as_json(self.affected)
            print(json.dumps({"codelists": lists, "definitions": affected}, indent=2))
            return
        for one in self.differences:
            print_changes(one.name, one.changes, note=one.note)
        if self.affected is not None:
            print_affected(self.affected, {one.name: one.changes for one in self.differences})


def differences_from_service(wanted: Sequence[str], *, study: Path, service: Service) -> list[Difference]:
    """Compare the study's copies with what the service holds; `wanted` may name other versions."""
    folder = read_folder(study)
    listed = [one.codelist for one in read_listing(require_listing(folder))]
    codelists = [_wanted(text, listed, service.address) for text in wanted] or listed
    entries, found = entries_of(folder), []
    for one in fetch(codelists, folder, service):
        known = entries.get(one.codelist.file_name)
        same_version = known is not None and known.codelist == one.codelist
        before = folder.files.get(one.codelist.file_name)
        note = MAPPED if same_version and one.changes else None
        found.append(Difference(one.codelist.id, one.path, one.changes, before, one.content, note))
    return found


def _wanted(text: str, listed: Sequence[Codelist], service: str) -> Codelist:
    """The codelist that is meant: an id or address with a version, or a listed one by its id or file."""
    for one in listed:
        if text.rstrip("/") in (one.list_id, one.file_name, f"{FOLDER}/{one.file_name}"):
            return one
    codelist = parse_address(text, service=service)
    if codelist is None:
        hint = (
            "the listed ones are " + ", ".join(one.list_id for one in listed) if listed else "none is listed"
        )
        raise Mistake("P071", f"`{text}` names no codelist", None, hint, USAGE_STATUS)
    return codelist


def differences_since(commit: str, *, study: Path, wanted: Sequence[str]) -> list[Difference]:
    """Compare the codelist files of a commit with those in the folder now. Raises Mistake P076."""
    if commit.startswith("-"):
        raise Mistake("P076", f"`{commit}` is no commit", "--since", exit_status=USAGE_STATUS)
    now = codelist_files(study)
    names = (
        _git(study, "ls-tree", "-r", "-z", "--name-only", commit, "--", FOLDER, OWN_FOLDER)
        .decode()
        .split("\0")
    )
    before = {name: _git(study, "show", f"{commit}:./{name}") for name in names if name.endswith(".csv")}
    found = []
    for path in sorted({*now, *before}):
        if wanted and path not in wanted and Path(path).name not in wanted:
            continue
        one, other = before.get(path), now.get(path)
        changes = changes_between(_table(one, path), _table(other, path))
        if one != other:
            found.append(Difference(path, path, changes, one, other))
    return found


def _table(content: bytes | None, path: str) -> Table | None:
    return None if content is None else read_table(decode(content, where=path), where=path)


def _git(study: Path, *arguments: str) -> bytes:
    """Ask git about the study's history. Raises Mistake P076."""
    try:
        return subprocess.run(["git", *arguments], cwd=study, check=True, capture_output=True).stdout
    except FileNotFoundError:
        hint = "install git, or compare with the service by leaving `--since` out"
        raise Mistake("P076", "git is not installed", "--since", hint, USAGE_STATUS) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        what = f"git cannot read that commit: {said[-1] if said else 'no reason given'}"
        raise Mistake(
            "P076", what, "--since", "`git log --oneline` lists the commits", USAGE_STATUS
        ) from None
