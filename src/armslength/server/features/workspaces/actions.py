"""Make a workspace, archive it, take it back."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError

from armslength.kernel.errors import Mistake
from armslength.server.access import refuse
from armslength.server.features.requests.repository import why_not_repository
from armslength.server.features.workspaces import rules
from armslength.server.models import Person, Workspace


def create_workspace(workspace: Workspace, *, by: Person | None, now: datetime) -> Workspace:
    """Save an unsaved workspace. S064 says what is wrong with it. `by` None: from the server's own shell."""
    if by:
        refuse(rules.why_not_create(by, project=workspace.project))
        workspace.created_by = by
    workspace.created_at = now
    if reason := why_not_repository(workspace.repository):
        raise Mistake("S064", f"this workspace cannot be made: {reason}", where="repository")
    try:
        workspace.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Mistake("S064", f"this workspace cannot be made: {messages[0]}", where=name) from None
    workspace.save()
    return workspace


def archive_workspace(workspace: Workspace, *, archived: bool, by: Person, now: datetime) -> Workspace:
    """Archive a workspace, so that nothing more runs there; or take it back."""
    refuse(rules.why_not_archive(by, workspace=workspace))
    workspace.archived_at = now if archived else None
    workspace.save(update_fields=["archived_at"])
    return workspace
