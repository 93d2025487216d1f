"""Receipts: a small file that says of results how many rows and which bytes they have, so that anybody can check them.

It lies where it is asked for and never by itself among the results: a pattern that takes results would take it, too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from armslength.kernel.errors import Mistake, Mistakes
from armslength.kernel.files import sha256_of, write_text
from armslength.query.formats.writers import WrittenFile

FORMAT, VERSION = "armslength-receipt", 1


def write_receipt(path: Path, files: Mapping[str, WrittenFile]) -> None:
    """Write a receipt of result files, by the names of their tables. Raises Mistake Q123 when the disk refuses."""
    beside = path.absolute().parent
    listed = [
        {
            "table": name,
            "path": os.path.relpath(file.path.absolute(), beside),
            "rows": file.rows,
            "bytes": file.bytes,
            "sha256": file.sha256,
        }
        for name, file in files.items()
    ]
    claim = {"format": FORMAT, "version": VERSION, "files": listed}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(claim, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        hint = "free some space, or write to another folder; the results themselves are whole"
        what = f"the receipt cannot be written: {error.strerror or error}"
        raise Mistake("Q123", what, where=str(path), hint=hint) from None


def verify_receipt(path: Path) -> dict[str, WrittenFile]:
    """Return the files of a receipt by the names of their tables, every byte of them read.

    Raises Mistake Q140 for what is no receipt, and Mistakes naming each file that is not what it was (Q141).
    """
    files = _read(path)
    found = [reason for file in files.values() if (reason := _why_not_as_written(file)) is not None]
    if found:
        raise Mistakes(found)
    return files


def _read(path: Path) -> dict[str, WrittenFile]:
    try:
        claim: Any = json.loads(path.read_text())
        if claim["format"] != FORMAT or claim["version"] != VERSION:
            raise ValueError(f"it is not of format `{FORMAT}`, version {VERSION}")
        return {
            str(each["table"]): WrittenFile(
                path=path.parent / each["path"],
                rows=int(each["rows"]),
                bytes=int(each["bytes"]),
                sha256=str(each["sha256"]),
            )
            for each in claim["files"]
        }
    except OSError as error:
        what = f"the receipt cannot be read: {error.strerror or error}"
    except (ValueError, KeyError, TypeError) as error:
        reason = f"it misses {error}" if isinstance(error, KeyError) else str(error)
        what = f"this is not a receipt: {reason}"
    hint = "name a file that `ehrql generate-dataset --receipt` wrote"
    raise Mistake("Q140", what, where=str(path), hint=hint)


def _why_not_as_written(file: WrittenFile) -> Mistake | None:
    hint = "run the query again, or copy the whole file again"
    try:
        size = file.path.stat().st_size
        if size != file.bytes:
            what = f"`{file.path.name}` has {size:,} bytes; {file.bytes:,} were written"
            return Mistake("Q141", what, where=str(file.path), hint=hint)
        if sha256_of(file.path) != file.sha256:
            return Mistake("Q141", f"`{file.path.name}` was changed", where=str(file.path), hint=hint)
    except OSError as error:
        what = f"`{file.path.name}` cannot be read: {error.strerror or error}"
        return Mistake("Q141", what, where=str(file.path), hint=hint)
    return None
