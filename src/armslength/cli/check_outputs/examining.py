"""Which files are checked, and everything that is found in them: by themselves, together, and beside history."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from armslength.disclosure.acro import ACRO_NAMES, with_acro
from armslength.disclosure.beside import with_context
from armslength.disclosure.check import Examination, examine_file
from armslength.disclosure.context import Context, read_context
from armslength.disclosure.file_set import with_set_findings
from armslength.disclosure.history.cells import Release
from armslength.disclosure.history.comparison import HistoryReport
from armslength.disclosure.history.folder import with_history, without_history
from armslength.disclosure.policy import DEFAULT, DisclosurePolicy, parse_policy
from armslength.disclosure.report import FileReport
from armslength.disclosure.study.claims import with_claims
from armslength.kernel.errors import Mistake

CLAIMS = ".claims.json"
Examined = tuple[str, Examination]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The files in the order they were named, what was found in each, and the comparison with history if any."""

    paths: tuple[Path, ...]
    examined: tuple[Examined, ...]
    history: HistoryReport | None = None

    @property
    def reports(self) -> list[tuple[str, FileReport]]:
        return [(name, examination.report) for name, examination in self.examined]


def check(
    paths: list[Path],
    *,
    policy: DisclosurePolicy,
    history: Path | None,
    release: Release,
    context: Context | None = None,
) -> Checked:
    """Check files and folders. Raises Mistake C001 where there is none, and what reading a history raises."""
    if not paths:
        raise Mistake(
            "C001", "no file is named", hint="name the folder that the study's outputs are in", exit_status=2
        )
    files = files_of(paths)
    places = tuple(path for _, path in files)
    examined = [(name, _examine(path, policy)) for name, path in files]
    sessions = [path for path in places if path.name in ACRO_NAMES]
    examined = with_claims(with_acro(examined, sessions), places, policy=policy)
    examined = with_set_findings(examined, policy=policy)
    examined = with_context(examined, context, policy=policy)
    compared = None
    if history is None:
        examined = without_history(examined)
    else:
        examined, compared = with_history(examined, places, history, release=release, policy=policy)
    return Checked(paths=places, examined=tuple(examined), history=compared)


def _examine(path: Path, policy: DisclosurePolicy) -> Examination:
    """Read and check one file. What cannot be opened is not checked, and the others still are."""
    if path.is_symlink():
        return _unread(path, policy, "it is a link, and links are not followed")
    if not path.is_file():
        return _unread(path, policy, "it is neither a file nor a folder")
    try:
        return examine_file(path, policy=policy)
    except OSError as error:
        return _unread(path, policy, f"it cannot be opened: {error.strerror}")


def _unread(path: Path, policy: DisclosurePolicy, why: str) -> Examination:
    return Examination(report=FileReport(name=path.name, policy_version=policy.version, not_checked=why))


def files_of(paths: list[Path]) -> list[tuple[str, Path]]:
    """The files to check, each once and with the name to show.

    A link that is named is followed, one that lies in a folder never; it is told as not checked.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            inside = list(_inside(path))
            if not inside:
                raise Mistake("C001", "there is no file in this folder", where=str(path))
            found |= {str(file): file for file in inside}
        elif path.exists():
            found[str(path)] = path.resolve() if path.is_symlink() else path
        else:
            raise Mistake(
                "C001",
                f"there is no file called `{path.name}`",
                where=str(path),
                hint="run the study first, or name the folder its outputs are in",
            )
    return list(found.items())


def _inside(folder: Path) -> Iterator[Path]:
    """What lies in a folder but for the claims beside an output, which are read with it."""
    for root, folders, names in os.walk(folder, onerror=_refuse):
        folders.sort()
        # A link to a folder is listed among the folders; it is not walked into, and must not go unsaid.
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(root) / name
            if not (name.endswith(CLAIMS) and path.with_name(name.removesuffix(CLAIMS)).is_file()):
                yield path


def _refuse(error: OSError) -> None:
    raise Mistake(
        "C002", f"this folder cannot be read: {error.strerror}", where=str(error.filename),
        hint="what cannot be read cannot be checked; give yourself access to it, or name the other folders",
    )  # fmt: skip


def policy_of(path: Path | None) -> DisclosurePolicy:
    """The policy in a file, or the shipped one. Raises Mistake C003."""
    if path is None:
        return DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Mistake("C003", f"the policy `{path.name}` cannot be read: {told}", where=str(path)) from None
    return parse_policy(text, where=str(path), today=today())


def context_of(path: Path | None) -> Context | None:
    """What a file says of the request, the code and the data. Raises Mistake C006."""
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Mistake(
            "C006", f"`{path.name}` cannot be read: {told}", where=str(path), exit_status=2
        ) from None
    return read_context(text, where=str(path))


def today() -> date:
    """The day that overrides and releases are judged by."""
    return datetime.now(tz=UTC).date()
