"""Manifests: what lies in a workspace, derived from the job database whenever that changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from armslength.kernel import clock, files
from armslength.pipeline.model import PrivacyLevel
from armslength.runner import outputs
from armslength.runner.levels import Roots
from armslength.runner.lifecycle.records import FileRecord
from armslength.runner.lifecycle.store import Store
from armslength.wire.jobs import JobRequest
from armslength.wire.manifest import MANIFEST_PATH, Manifest, ManifestFile, ManifestLog


def write_manifests(store: Store, workspace: str, *, backend: str, roots: Roots, now: datetime) -> None:
    """Write the manifests of both levels. The level 4 one names nothing of level 3 (S14)."""
    newest = store.newest_request(workspace)
    records = store.files(workspace)
    requests: dict[str, JobRequest] = {}

    def request_of(job: str) -> JobRequest:
        if job not in requests:
            found = store.job(job)
            if found is None:
                raise AssertionError(f"a file of the unknown job {job}")
            requests[job] = store.request(found.request).request
        return requests[job]

    def is_newest(record: FileRecord) -> bool:
        success = store.newest_success(workspace, record.action)
        return success is not None and success.id == record.job

    manifest = Manifest(
        backend=backend,
        workspace=workspace,
        project=newest.request.project,
        updated_at=now,
        files={
            record.path: _entry(record, request_of(record.job), actions=newest.pipeline, is_newest=is_newest)
            for record in records
            if record.level is PrivacyLevel.MODERATELY_SENSITIVE
        },
        logs={
            log.action: ManifestLog(
                job=log.job, action=log.action, state=log.state, size=log.size, sha256=log.sha256
            )
            for log in store.logs(workspace)
        },
    )
    described = {
        "version": 1,
        "backend": backend,
        "workspace": workspace,
        "updated_at": clock.to_text(now),
        "files": {
            record.path: {**asdict(record), "commit": request_of(record.job).commit} for record in records
        },
    }
    for root, text in (
        (roots.level3(workspace), json.dumps(described, indent=1, sort_keys=True) + "\n"),
        (roots.level4(workspace), manifest.model_dump_json(indent=1) + "\n"),
    ):
        outputs.make_folder(root, (root / MANIFEST_PATH).parent)
        files.write_text(root / MANIFEST_PATH, text)


def _entry(
    record: FileRecord,
    request: JobRequest,
    *,
    actions: tuple[str, ...],
    is_newest: Callable[[FileRecord], bool],
) -> ManifestFile:
    return ManifestFile(
        job=record.job,
        request=request.id,
        action=record.action,
        requested_by=request.requested_by,
        repository=request.repository,
        commit=request.commit,
        size=record.shown_size or 0,
        created_at=clock.from_text(record.created_at),
        sha256=record.shown_sha256 or "0" * 64,
        excluded=bool(record.excluded),
        message=record.excluded[:2000],
        row_count=record.row_count,
        column_count=record.column_count,
        out_of_date_action=record.action not in actions,
        out_of_date_output=not is_newest(record),
    )
