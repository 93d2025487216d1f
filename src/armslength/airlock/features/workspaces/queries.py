"""Workspaces and their trees, read from the manifest: no folder is scanned to draw a page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.conf import settings

from armslength.airlock.features.files import level4
from armslength.airlock.features.workspaces.rules import grant_for, is_member, why_not_see_workspace
from armslength.airlock.models import ReleaseRequest, RequestFile
from armslength.airlock.models.states import ACTIVE, FileKind, Labelled, State
from armslength.kernel.errors import Mistake
from armslength.wire.manifest import Manifest, ManifestFile
from armslength.wire.releases import Identity


class FileState(Labelled):
    """Where one level 4 file stands towards the outside, for the person who looks."""

    UNRELEASED = "unreleased", "Unreleased"
    UNDER_REVIEW = "under_review", "In a request"
    UPDATED = "updated", "Changed since"
    WITHDRAWN = "file_withdrawn", "Withdrawn"
    RELEASED = "file_released", "Released"
    HELD_BACK = "held_back", "Held back"


@dataclass(frozen=True, kw_only=True)
class WorkspaceCard:
    """One workspace on the list of workspaces."""

    name: str
    project: str
    project_title: str
    ongoing: bool
    member: bool
    files: int = 0
    updated_at: object = None
    trouble: str = ""
    requests: tuple[ReleaseRequest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """One file in a listing."""

    path: str
    name: str
    described: ManifestFile | None
    state: FileState
    request_id: str = ""
    size: int = 0
    out_of_date: str = ""
    is_log: bool = False


@dataclass(kw_only=True)
class Folder:
    """One folder: its subfolders with how many files they hold, and its files."""

    path: str
    folders: dict[str, int] = field(default_factory=dict)
    files: list[FileRow] = field(default_factory=list)


def manifest_for(person: Identity, workspace: str) -> Manifest:
    """Return the manifest of a workspace the person may see. Raises Refused by way of the caller's rule, or A011."""
    return level4.manifest_of(settings.AIRLOCK.level4, workspace=workspace)


def workspaces_of(person: Identity) -> dict[str, list[WorkspaceCard]]:
    """Return what the person may see, by project title: their own projects first, ongoing ones before the rest."""
    active = defaultdict(list)
    for request in ReleaseRequest.objects.filter(state__in=[*ACTIVE, State.APPROVED]):
        active[request.workspace].append(request)
    cards = []
    for name in level4.workspaces_on_disk(settings.AIRLOCK.level4):
        if why_not_see_workspace(person, workspace=name) is None:
            cards.append(_card(person, name, requests=tuple(active[name])))
    present = {card.name for card in cards}
    cards += [
        WorkspaceCard(
            name=g.workspace, project=g.project, project_title=g.project_title, ongoing=g.ongoing, member=True
        )
        for g in person.workspaces
        if g.workspace not in present
    ]
    cards.sort(key=lambda card: (not card.member, not card.ongoing, card.project_title, card.name))
    grouped: dict[str, list[WorkspaceCard]] = {}
    for card in cards:
        grouped.setdefault(card.project_title or card.project, []).append(card)
    return grouped


def _card(person: Identity, name: str, *, requests: tuple[ReleaseRequest, ...]) -> WorkspaceCard:
    grant = grant_for(person, name)
    try:
        manifest = level4.manifest_of(settings.AIRLOCK.level4, workspace=name)
    except Mistake as mistake:
        project = grant.project if grant else "without a manifest"
        title = grant.project_title if grant else "Workspaces without a readable manifest"
        return WorkspaceCard(
            name=name, project=project, project_title=title, ongoing=bool(grant and grant.ongoing),
            member=grant is not None, trouble=mistake.what, requests=requests,
        )  # fmt: skip
    title = grant.project_title if grant else title_of_project(manifest.project)
    return WorkspaceCard(
        name=name, project=manifest.project, project_title=title, ongoing=grant.ongoing if grant else True,
        member=is_member(person, project=manifest.project), files=len(manifest.files),
        updated_at=manifest.updated_at, requests=requests,
    )  # fmt: skip


def title_of_project(project: str) -> str:
    """Return the title of a project as its requests knew it, else its name in words."""
    known = ReleaseRequest.objects.filter(project=project).exclude(project_title="").first()
    return known.project_title if known else project.replace("-", " ").capitalize()


def states_of(person: Identity, *, workspace: str, manifest: Manifest) -> dict[str, tuple[FileState, str]]:
    """Return the state of every file of the manifest, with the request it comes from."""
    released = released_digests(workspace)
    mine: dict[str, RequestFile] = {}
    others: dict[str, RequestFile] = {}
    active = RequestFile.objects.filter(
        request__workspace=workspace, request__state__in=[*ACTIVE, State.APPROVED]
    )
    for file in active.select_related("request"):
        (mine if file.request.author == person.username else others)[file.path] = file
    return {
        path: _state(described, released=released, mine=mine.get(path), other=others.get(path))
        for path, described in manifest.files.items()
    }


def _state(
    described: ManifestFile, *, released: dict[str, str], mine: RequestFile | None, other: RequestFile | None
) -> tuple[FileState, str]:
    if described.excluded:
        return FileState.HELD_BACK, ""
    if described.sha256 in released:
        return FileState.RELEASED, released[described.sha256]
    file = mine or other
    if file is None:
        return FileState.UNRELEASED, ""
    if file.kind == FileKind.WITHDRAWN:
        return (FileState.WITHDRAWN, file.request_id) if file is mine else (FileState.UNRELEASED, "")
    same = file.sha256 == described.sha256
    return (FileState.UNDER_REVIEW if same else FileState.UPDATED), file.request_id


def released_digests(workspace: str) -> dict[str, str]:
    """Return the SHA-256 of everything released from a workspace, with the request that released it."""
    files = RequestFile.objects.filter(
        request__workspace=workspace, request__state=State.RELEASED, kind=FileKind.OUTPUT
    )
    return dict(files.values_list("sha256", "request_id"))


def folder_of(
    manifest: Manifest, states: dict[str, tuple[FileState, str]], *, path: str, stale: bool = False
) -> Folder:
    """Return one folder of the tree. Outputs of actions that are gone are left out unless `stale`."""
    prefix = f"{path}/" if path else ""
    folder = Folder(path=path)
    for name, described in manifest.files.items():
        if not name.startswith(prefix) or (described.out_of_date_action and not stale):
            continue
        rest = name[len(prefix) :]
        if "/" in rest:
            below = rest.split("/", 1)[0]
            folder.folders[below] = folder.folders.get(below, 0) + 1
        else:
            folder.files.append(_row(name, described, *states[name]))
    folder.folders = dict(sorted(folder.folders.items()))
    folder.files.sort(key=lambda row: row.name)
    return folder


def _row(path: str, described: ManifestFile, state: FileState, request_id: str) -> FileRow:
    stale = "its action no longer exists" if described.out_of_date_action else ""
    if not stale and described.out_of_date_output:
        stale = "the newest run no longer made it"
    return FileRow(
        path=path, name=PurePosixPath(path).name, described=described, state=state, request_id=request_id,
        size=described.size, out_of_date=stale,
    )  # fmt: skip


def logs_of(manifest: Manifest) -> list[tuple[str, str, str, int]]:
    """Return (path, action, state, size) of each log, by action."""
    return [
        (level4.log_path(action), action, log.state, log.size)
        for action, log in sorted(manifest.logs.items())
    ]
