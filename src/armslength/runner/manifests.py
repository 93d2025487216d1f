"""Manifests: what lies in a workspace, derived from the job database whenever that changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from armslength.kernel import clock, files
from armslength.pipeline.model import PrivacyLevel
from armslength.policy.data_permissions import DataPermission, exclusions
from armslength.runner import outputs
from armslength.runner.levels import Roots
from armslength.runner.lifecycle.records import FileRecord
from armslength.runner.lifecycle.store import Store
from armslength.wire.jobs import JobRequest
from armslength.wire.manifest import MANIFEST_PATH, Manifest, ManifestFile, ManifestLog


def write_manifests(store: Store, workspace: str, *, backend: str, roots: Roots, now: datetime) -> None:
    """Write the manifests of both levels. The level 4 one names nothing of level 3 (S14)."""
    requests = {record.job: _request_of(store, record.job) for record in store.files(workspace)}
    seen = {job: _what_it_saw(store, job) for job in requests}
    described = {
        "version": 1,
        "backend": backend,
        "workspace": workspace,
        "updated_at": clock.to_text(now),
        "files": {
            record.path: {**asdict(record), "commit": requests[record.job].commit, **seen[record.job]}
            for record in store.files(workspace)
        },
    }
    manifest = _level4(store, workspace, backend=backend, requests=requests, now=now)
    for root, text in (
        (roots.level3(workspace), json.dumps(described, indent=1, sort_keys=True) + "\n"),
        (roots.level4(workspace), manifest.model_dump_json(indent=1) + "\n"),
    ):
        outputs.make_folder(root, (root / MANIFEST_PATH).parent)
        files.write_text(root / MANIFEST_PATH, text)


def _what_it_saw(store: Store, job: str) -> dict[str, list[str]]:
    """Say under which data permissions a job asked the database, and which rules held records back from it."""
    found = store.job(job)
    if found is None or not found.plan.reads_database:
        return {}
    given = [DataPermission(each) for each in found.plan.data_permissions]
    held_back = [f"not {each}" for each in sorted(exclusions(given))]
    required = sorted(found.plan.required_restrictions)  # the job would have failed without them
    return {"data_permissions": sorted(given), "held_back": held_back, "required_restrictions": required}


def _request_of(store: Store, job: str) -> JobRequest:
    found = store.job(job)
    if found is None:
        raise AssertionError(f"a file of the unknown job {job}")
    return store.request(found.request).request


def _level4(
    store: Store, workspace: str, *, backend: str, requests: dict[str, JobRequest], now: datetime
) -> Manifest:
    newest = store.newest_request(workspace)
    shown = [record for record in store.files(workspace) if record.level is PrivacyLevel.MODERATELY_SENSITIVE]
    successes = {action: store.newest_success(workspace, action) for action in {one.action for one in shown}}
    current = {job.id for job in successes.values() if job is not None}
    return Manifest(
        backend=backend,
        workspace=workspace,
        project=newest.request.project,
        updated_at=now,
        files={
            record.path: _entry(
                record, requests[record.job], actions=newest.pipeline, is_newest=record.job in current
            )
            for record in shown
        },
        logs={
            log.action: ManifestLog(
                job=log.job, action=log.action, state=log.state, size=log.size, sha256=log.sha256
            )
            for log in store.logs(workspace)
        },
    )


def _entry(
    record: FileRecord,
    request: JobRequest,
    *,
    actions: tuple[str, ...],
    is_newest: bool,
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
        out_of_date_output=not is_newest,
    )
