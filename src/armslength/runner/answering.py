"""Answering requests: accepted with their jobs, or refused with a reason, by our own policy and the code itself."""

from __future__ import annotations

import time
from concurrent.futures import Future

from armslength.kernel.clock import Clock
from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.model import Pipeline
from armslength.policy.inside import InsidePolicy, why_not_run
from armslength.runner.checkout import CannotFetch
from armslength.runner.laying_out import Layer
from armslength.runner.lifecycle.records import JobRecord, RequestRecord
from armslength.runner.lifecycle.states import Reason
from armslength.runner.lifecycle.store import Store
from armslength.runner.planner import plan_jobs, why_not_actions
from armslength.runner.talk import Say
from armslength.runner.work import Work
from armslength.wire.jobs import RequestState

MOST_FETCHES = 8
RETRY_SECONDS = 5.0
LONGEST_RETRY = 300.0


class Answering:
    """Answers requests one step at a time; fetching and reading code is done by the threads of `work`."""

    def __init__(
        self, store: Store, layer: Layer, work: Work, *, policy: InsidePolicy, clock: Clock, say: Say
    ) -> None:
        self.policy = policy
        self._store = store
        self._layer = layer
        self._work = work
        self._clock = clock
        self._say = say
        self._not_before: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def answer(self, record: RequestRecord) -> None:
        """Do the next step towards an answer."""
        request = record.request
        if record.cancel:
            self._move(record, RequestState.CANCELLED, Reason.CANCELLED)
        elif refusal := why_not_run(self.policy, request, today=self._clock().date()):
            self._refuse(record, refusal.code, refusal.words)
        elif self._store.project_of_workspace(request.workspace) not in (None, request.project):
            # Files of a workspace are shown to the people of one project; two projects in one would see each other's.
            words = f"The workspace {request.workspace} belongs to another project"
            self._refuse(record, "workspace_of_another_project", words)
        elif self._has_earlier(record):
            self._wait(record, Reason.WAITING_FOR_WORKSPACE)
        elif time.monotonic() >= self._not_before.get(request.id, 0):
            policy = self.policy  # as it is now: it may be read anew while the code is fetched
            future = self._work.done(f"plan {request.id}", lambda: self._layer.pipeline_of(request, policy))
            if future is not None:
                self._decide(record, future)

    def _decide(self, record: RequestRecord, future: Future[Pipeline]) -> None:
        request = record.request
        project = self.policy.projects[request.project]
        images = self._layer.executor.runs_images
        homes = self._layer.homes_of(self.policy)
        try:
            pipeline = future.result()
            refusal = why_not_actions(pipeline, request, project, images=images, homes=homes)
        except CannotFetch as error:
            self._fetch_later(record, error)
            return
        except (Mistake, Mistakes) as mistake:
            code = mistake.code if isinstance(mistake, Mistake) else mistake.mistakes[0].code
            self._refuse(record, code, str(mistake))
            return
        if refusal is not None:
            self._refuse(record, refusal.code, refusal.words)
            return
        plans = plan_jobs(
            pipeline,
            request,
            project,
            newest_success=lambda action: self._current(request.workspace, action),
            images=images,
            homes=homes,
        )
        self._store.accept(request, plans, actions=pipeline.actions, now=self._clock())
        self._say("request accepted", request=request.id, jobs=[plan.action for plan in plans])

    def _fetch_later(self, record: RequestRecord, error: CannotFetch) -> None:
        """Ask the repository again, less and less often; after a while it is a refusal."""
        id_ = record.request.id
        times = self._failures[id_] = self._failures.get(id_, 0) + 1
        self._not_before[id_] = time.monotonic() + min(LONGEST_RETRY, RETRY_SECONDS * 2.0**times)
        self._say("repository does not answer", request=id_, why=str(error))
        if times >= MOST_FETCHES:
            self._refuse(record, "repository_unreachable", "The repository did not answer for a long time")
        else:
            self._wait(record, Reason.WAITING_FOR_REPOSITORY)

    def _has_earlier(self, record: RequestRecord) -> bool:
        """Say whether an earlier request of the workspace is not over: what it makes may be kept by this one."""
        earlier = self._store.requests(RequestState.SUBMITTED, RequestState.ACCEPTED)
        workspace = record.request.workspace
        return any(one.entry < record.entry and one.request.workspace == workspace for one in earlier)

    def _current(self, workspace: str, action: str) -> JobRecord | None:
        """Return the newest success of an action, if every output of it is still current and there."""
        job = self._store.newest_success(workspace, action)
        if job is None:
            return None
        mine = [record for record in self._store.files(workspace) if record.job == job.id]
        there = all((self._layer.roots.level3(workspace) / record.path).is_file() for record in mine)
        return job if there and (mine or not job.plan.patterns) else None

    def _refuse(self, record: RequestRecord, code: str, words: str) -> None:
        self._store.move_request(record.request.id, RequestState.REFUSED, reason=code, message=words)
        self._say("request refused", request=record.request.id, reason=code, message=words)

    def _wait(self, record: RequestRecord, reason: Reason) -> None:
        if record.reason != reason.code:
            self._move(record, RequestState.SUBMITTED, reason)

    def _move(self, record: RequestRecord, state: RequestState, reason: Reason) -> None:
        self._store.move_request(record.request.id, state, reason=reason.code, message=reason.words)
