"""Codelists of a release: a short fingerprint of each, and in words which of them are others now."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

_CODE_COLUMNS = ("code", "snomedcode", "icd10", "icd", "dmd_id", "readcode", "concept_id")


def fingerprint(codelists: dict[str, set[str]]) -> str:
    """Codelists as one line: each with its number of codes and a digest of them.

    >>> fingerprint({"asthma": {"1", "2"}}).rpartition("=")[0]
    'asthma=2'
    """
    said = []
    for name in sorted(codelists):
        digest = hashlib.blake2b("\n".join(sorted(codelists[name])).encode(), digest_size=8).hexdigest()
        said.append(f"{name}={len(codelists[name])}={digest}")
    return "|".join(said)


def read_codelists(folder: Path) -> dict[str, set[str]]:
    """The codes of every CSV file below a folder, under its name. Raises OSError when one cannot be opened."""
    found = {}
    for path in sorted(folder.rglob("*.csv")):
        if path.is_symlink() or not path.is_file():
            continue
        rows = list(csv.reader(path.read_text(encoding="utf-8", errors="replace").splitlines()))
        header = [name.strip().lower() for name in rows[0]] if rows else []
        column = next((header.index(name) for name in _CODE_COLUMNS if name in header), 0)
        codes = {row[column].strip() for row in rows[1:] if len(row) > column and row[column].strip()}
        found[path.relative_to(folder).with_suffix("").as_posix().replace("|", "_").replace("=", "_")] = codes
    return found


def changed_codelists(before: str, now: str) -> list[str]:
    """In words, which codelists differ between two fingerprints; none where either is unknown.

    >>> changed_codelists("asthma=312=aa|copd=9=bb", "asthma=313=cc|copd=9=bb")
    ['`asthma` had 312 codes and has 313']
    """
    if not before or not now:
        return []
    old, new = _parts(before), _parts(now)
    told = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            told.append(f"`{name}` is new")
        elif name not in new:
            told.append(f"`{name}` is no longer used")
        elif old[name] != new[name]:
            was, has = old[name][0], new[name][0]
            told.append(
                f"`{name}` has {has} other codes" if was == has else f"`{name}` had {was} codes and has {has}"
            )
    return told


def _parts(text: str) -> dict[str, tuple[str, str]]:
    found = {}
    for entry in text.split("|"):
        name, _, rest = entry.partition("=")
        count, _, digest = rest.partition("=")
        found[name] = (count, digest)
    return found
