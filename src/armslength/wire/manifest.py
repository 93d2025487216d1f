"""The manifest: what the runner tells the airlock about the level 4 files of a workspace.

One file, `metadata/manifest.json`, at the top of a level 4 workspace folder. It names level 4 files only:
nothing at level 4 says what lies at level 3 (guarantee S14 of the pipeline specification).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from armslength.wire.message import (
    ActionId,
    Commit,
    Id,
    Message,
    Moment,
    OutputPath,
    Person,
    SafeText,
    Sha256,
    Slug,
)

MANIFEST_PATH = "metadata/manifest.json"


class ManifestFile(Message):
    """One moderately sensitive output, or the note that stands in for a refused one."""

    level: Literal["moderately_sensitive"] = "moderately_sensitive"
    job: Id
    request: Id
    action: ActionId
    requested_by: Person
    repository: Annotated[str, Field(max_length=500)]
    commit: Commit
    size: Annotated[int, Field(ge=0)]
    created_at: Moment
    sha256: Sha256
    excluded: bool = False  # True: the file itself was held back; PATH.txt says why
    message: SafeText = ""
    row_count: Annotated[int, Field(ge=0)] | None = None
    column_count: Annotated[int, Field(ge=0)] | None = None
    out_of_date_action: bool = False  # project.yaml of the newest run no longer has the action
    out_of_date_output: bool = False  # the newest run of the action no longer made this file


class ManifestLog(Message):
    """The log of the newest run of an action, at `metadata/ACTION.log`."""

    job: Id
    action: ActionId
    state: Annotated[str, Field(max_length=30)]
    size: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Manifest(Message):
    """Everything at level 4 of one workspace."""

    version: Literal[1] = 1
    backend: Slug
    workspace: Slug
    project: Slug
    updated_at: Moment
    files: dict[OutputPath, ManifestFile] = {}
    logs: dict[ActionId, ManifestLog] = {}
