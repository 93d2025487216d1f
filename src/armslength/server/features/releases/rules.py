"""Why a release cannot be received, and why a person may not see released files."""

from __future__ import annotations

from collections.abc import Mapping

from armslength.policy.roles import Permission
from armslength.server import access
from armslength.server.models import Person, Workspace
from armslength.wire.releases import Release as ReleaseMessage


def why_not_receive(message: ReleaseMessage, *, workspace: Workspace) -> str | None:
    """Return None, or why these files may not enter. The airlock checked all this; so do we."""
    first, second = message.reviewers
    if first == second:
        return "two reviews by the same person are one review"
    if message.author in message.reviewers:
        return "its author cannot review it"
    people = {
        person.username: person
        for person in Person.objects.filter(username__in={message.author, first, second, message.released_by})
    }
    for username in (message.author, first, second, message.released_by):
        if username not in people:
            return f"there is no account `{username}`"
    project = workspace.project
    for username in message.reviewers:
        if access.why_not(people[username], Permission.UNRELEASED_OUTPUTS_REVIEW, project=project):
            return f"`{username}` may not review outputs of this project"
    if access.why_not(people[message.released_by], Permission.RELEASE_FILE_UPLOAD, project=project):
        return f"`{message.released_by}` may not release outputs of this project"
    paths = [file.path for file in message.files]
    if len({path.casefold() for path in paths}) < len(paths):
        return "two of its files have the same path"
    for path in paths:
        if any(path.casefold().startswith(other.casefold() + "/") for other in paths):
            return f"`{path}` lies inside what is itself a file"
    return None


def why_not_approved(message: ReleaseMessage, *, votes: Mapping[tuple[str, str], str]) -> str | None:
    """Return None, or which file a reviewer has not approved before the eyes of the public.

    `votes` are the last ones in the ledger about this release, by reviewer and digest of the file's bytes.
    """
    for reviewer in message.reviewers:
        for file in message.files:
            if votes.get((reviewer, file.sha256)) != "approved":
                return f"the ledger holds no approval of `{file.path}` by `{reviewer}`"
    return None


def why_not_see_files(person: access.Visitor, *, workspace: Workspace) -> str | None:
    """Return None, or why this person may not see what was released from a workspace."""
    return access.why_not(person, Permission.RELEASE_FILE_VIEW, project=workspace.project)
