"""Repairs as the command offers them: copies in a folder, a unified diff, or code for the study."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from armslength.cli.check_outputs.examining import Checked
from armslength.cli.check_outputs.options import Language
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.repair.code import python_code, r_code
from armslength.disclosure.repair.mending import Mended, mend
from armslength.disclosure.report import Verdict
from armslength.kernel.errors import Mistake
from armslength.kernel.files import atomic_writer

_WRITERS = {Language.PYTHON: python_code, Language.R: r_code}
_MOST_TOLD = 5


def repair_files(
    checked: Checked, policy: DisclosurePolicy, *, into: Path | None, patch: bool, code: Language | None
) -> list[str]:
    """Repair every file that needs it; return what to say of them. Raises Mistake C019 when copies cannot be kept.

    With `patch` or `code` standard output is theirs alone, and what there is to say goes to standard error.
    """
    root = _root(checked.paths)
    notes = []
    for (name, examination), path in zip(checked.examined, checked.paths, strict=True):
        if not examination.report.findings or not examination.subjects:
            continue
        if all(finding.verdict is not Verdict.BLOCK for finding in examination.report.findings):
            continue
        relative = path.absolute().relative_to(root).as_posix()
        mended = mend(path.read_bytes(), name=path.name, policy=policy)
        notes.append(_told(name, mended))
        if mended.changes and into is not None:
            _keep(into / relative, path, mended)
        if patch:
            sys.stdout.write(mended.diff(relative))
        if code is not None and mended.changes:
            print(f"# {relative}", *_WRITERS[code](mended, policy=policy), "", sep="\n")
    notes = notes or ["nothing is stopped that a repair could change"]
    if into is not None:
        notes.append(f"repaired copies are in {into}; files that need no repair are not copied")
    if patch or code is not None:
        print(*notes, sep="\n", file=sys.stderr)
    return notes


def _root(paths: tuple[Path, ...]) -> Path:
    return Path(os.path.commonpath([path.absolute().parent for path in paths]))


def _keep(target: Path, source: Path, mended: Mended) -> None:
    if target.resolve() == source.resolve():
        raise Mistake(
            "C019", "a repaired copy would replace the output itself", where=str(target),
            hint="name another folder; `--patch | patch -p1` changes outputs in place", exit_status=2,
        )  # fmt: skip
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(target) as file:
            file.write(mended.after)
    except OSError as error:
        raise Mistake(
            "C019", f"the repaired copy cannot be written: {error.strerror}", where=str(target)
        ) from None


def _told(name: str, mended: Mended) -> str:
    return f"{name}: " + "; ".join(_said(mended))


def _said(mended: Mended) -> Iterator[str]:
    count = len(mended.changes)
    if count:
        yield f"{count} {'cell' if count == 1 else 'cells'} repaired"
        yield (
            "checked again, nothing stops it"
            if mended.is_safe
            else "checked again, some of it is still stopped"
        )
    else:
        yield "nothing that a repair can change"
    left = [f for f in mended.left if f.verdict is Verdict.BLOCK]
    for finding in left[:_MOST_TOLD]:
        yield f"left to you: {finding.code} {finding.what}"
    if len(left) > _MOST_TOLD:
        yield f"and {len(left) - _MOST_TOLD} more"
    if mended.missed:
        shown = ", ".join(mended.missed[:_MOST_TOLD])
        yield f"{len(mended.missed)} cells are not found in the file and stay as they are: {shown}"
    for dimension, level, other in mended.merges[:2]:
        yield f"merging `{level}` with `{other}` of `{dimension}` before counting loses less"
