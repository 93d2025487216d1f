"""`codelists.json`: which version each downloaded file is, when it came, and the hash of what it held."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from armslength.kernel.errors import Mistake
from armslength.pipeline.codelists.listing import FOLDER, MANIFEST, Codelist, parse_codelist


@dataclass(frozen=True)
class Entry:
    """One downloaded file."""

    codelist: Codelist
    url: str
    downloaded_at: str
    sha: str


def hash_of(text: str) -> str:
    """Return the SHA-1 of a file's lines, so that line ends make no difference. The format demands SHA-1.

    >>> hash_of("code\\r\\n1\\r\\n") == hash_of("code\\n1")
    True
    """
    return hashlib.sha1("\n".join(text.splitlines()).encode(), usedforsecurity=False).hexdigest()


def read_manifest(text: str, *, name: str = f"{FOLDER}/{MANIFEST}") -> dict[str, Entry]:
    """Read the manifest: file names and what is known of them. Raises Mistake P063."""
    try:
        files: Any = json.loads(text)["files"]
        return {str(file): _entry(told) for file, told in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "`armslength codelists update` writes it anew"
        what = f"the manifest cannot be read: {type(error).__name__}: {error}"
        raise Mistake("P063", what, where=name, hint=hint) from None


def _entry(told: Mapping[str, Any]) -> Entry:
    codelist = parse_codelist(str(told["id"]))
    if codelist is None:
        raise ValueError(f"`{told['id']}` names no codelist")
    return Entry(codelist, str(told["url"]), str(told["downloaded_at"]), str(told["sha"]))


def write_manifest(entries: Mapping[str, Entry]) -> str:
    """Return the text of the manifest, in the order of the file names."""
    files = {
        name: {
            "id": entry.codelist.id,
            "url": entry.url,
            "downloaded_at": entry.downloaded_at,
            "sha": entry.sha,
        }
        for name, entry in sorted(entries.items())
    }
    return json.dumps({"files": files}, indent=2) + "\n"


def entry_for(codelist: Codelist, text: str, *, service: str, now: datetime, before: Entry | None) -> Entry:
    """Return the entry of a fresh download. What has not changed keeps its old date, so that nothing differs."""
    sha = hash_of(text)
    if before is not None and before.codelist == codelist and before.sha == sha:
        return before
    told = now.strftime("%Y-%m-%d %H:%M:%S.%f") + "Z"
    return Entry(codelist, codelist.page(service), told, sha)
