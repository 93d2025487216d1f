"""What an author may do with a release request, and why not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from armslength.airlock.features.workspaces.rules import grant_for, why_not_start_request
from armslength.airlock.lifecycle import why_not_move
from armslength.airlock.models import ReleaseRequest, RequestFile
from armslength.airlock.models.states import FileKind, Owner, State
from armslength.wire.manifest import ManifestFile
from armslength.wire.releases import Identity

GROUP_NAME = re.compile(r"[a-z0-9][a-z0-9 _-]{0,59}")
SHORTEST_TEXT = 10  # characters: a description nobody could review is not a description
SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What a submission depends on: read by `requests.queries.readiness_of`, judged here."""

    outputs: int
    undescribed: tuple[str, ...]  # groups without context
    uncontrolled: tuple[str, ...]  # groups without controls
    unanswered: tuple[str, ...]  # output files with blocking findings nobody answered
    unanswered_groups: tuple[str, ...]  # groups whose reviewers asked for changes and heard nothing


def why_not_see_request(person: Identity, request: ReleaseRequest) -> str | None:
    """Return None, or why this person may not look at a request."""
    if person.output_checker or grant_for(person, request.workspace):
        return None
    return "This release request belongs to a project you do not work on."


def why_not_edit(person: Identity, request: ReleaseRequest) -> str | None:
    """Return None, or why this person may not change what is in a request."""
    if person.username != request.author:
        return "Only the author of a request may change it."
    if why := why_not_start_request(person, workspace=request.workspace):
        return why
    if State.SUBMITTED not in _onward(request):
        return (
            f"This request is {request.standing.label}; it can be changed only while it is with its author."
        )
    return None


def _onward(request: ReleaseRequest) -> set[State]:
    return {state for state in State if why_not_move(request, to=state, owner=Owner.AUTHOR) is None}


def why_not_add(
    described: ManifestFile | None, *, kind: FileKind, present: RequestFile | None, released: bool
) -> str | None:
    """Return None, or why one file of the workspace may not join the request as this kind."""
    if described is None:
        return "The workspace's manifest does not name this file, so nobody can say where it comes from."
    if described.excluded:
        return "The runner held this file back; only the note that says why is here."
    if kind is FileKind.WITHDRAWN:
        return "A file joins a request as an output or as supporting."
    if present is not None and present.kind != FileKind.WITHDRAWN:
        return "The file is in this request already."
    if released and kind is FileKind.OUTPUT:
        return "The same content was released before; it may join as supporting only."
    return None


def why_not_update(described: ManifestFile | None, *, present: RequestFile) -> str | None:
    """Return None, or why a file's content in the request may not be replaced by the workspace's."""
    if described is None or described.excluded:
        return "The workspace no longer has this file."
    if present.kind == FileKind.WITHDRAWN:
        return "A withdrawn file is added again, not updated."
    if described.sha256 == present.sha256:
        return "The workspace has the same content as the request."
    return None


def why_not_group_name(name: str) -> str | None:
    """Return None, or why a group may not have this name."""
    if GROUP_NAME.fullmatch(name):
        return None
    return "A group's name has up to 60 small letters, digits, spaces, `-` or `_`, and starts with a letter or digit."


def why_not_answer(person: Identity, request: ReleaseRequest, *, reason: str) -> str | None:
    """Return None, or why a finding may not be answered like this."""
    if why := why_not_edit(person, request):
        return why
    if len(reason.strip()) < SHORTEST_REASON:
        return "Say in a sentence why; reviewers read it beside the finding."
    return None


def why_not_submit(person: Identity, request: ReleaseRequest, readiness: Readiness) -> str | None:
    """Return None, or the first thing that is missing before reviewers may see the request."""
    if why := why_not_edit(person, request):
        return why
    return next(iter(what_is_missing(readiness)), None)


def what_is_missing(readiness: Readiness) -> list[str]:
    """Return everything a submission still needs, each as a sentence."""
    missing = []
    if not readiness.outputs:
        missing.append("Add at least one output file.")
    missing += [f"Describe the context of group “{name}”." for name in readiness.undescribed]
    missing += [f"Describe the disclosure controls of group “{name}”." for name in readiness.uncontrolled]
    missing += [f"Answer the blocking findings of {path}." for path in readiness.unanswered]
    missing += [
        f"Answer the reviewers of group “{name}” with a comment: what did you change?"
        for name in readiness.unanswered_groups
    ]
    return missing


def why_not_withdraw(person: Identity, request: ReleaseRequest) -> str | None:
    """Return None, or why this person may not withdraw a request."""
    if person.username != request.author:
        return "Only the author of a request may withdraw it."
    return why_not_move(request, to=State.WITHDRAWN, owner=Owner.AUTHOR)
