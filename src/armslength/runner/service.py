"""The runner: one loop that asks the server, moves jobs, and reports. It may die between any two lines.

Slow work (fetching, laying out, collecting) is done by a few threads; only this loop touches the job database.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial

from armslength.kernel.clock import Clock, utc_now
from armslength.kernel.errors import Mistake, Mistakes
from armslength.policy.inside import InsidePolicy, read_policy, why_not_run
from armslength.runner import intake
from armslength.runner.answering import Answering
from armslength.runner.checkout import CannotFetch, Repositories
from armslength.runner.configuration import Configuration
from armslength.runner.executor import Executor, Phase
from armslength.runner.finishing import finish
from armslength.runner.laying_out import Layer
from armslength.runner.lifecycle.records import FileRecord, JobRecord, RequestRecord
from armslength.runner.lifecycle.states import Reason
from armslength.runner.lifecycle.store import Store
from armslength.runner.manifests import write_manifests
from armslength.runner.planner import decide
from armslength.runner.site import JobsSite, Pause, Unreachable
from armslength.runner.talk import Say, sayer
from armslength.runner.work import Work
from armslength.wire.jobs import FINAL, JobState, RequestState, StateReport

TICK_SECONDS = 0.1
MOST_ATTEMPTS = 3
RETRY_SECONDS = 5.0


class Runner:
    """One runner. Everything it knows is in the job database; what is here can be lost at any moment."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        store: Store,
        executor: Executor,
        site: JobsSite,
        clock: Clock = utc_now,
        say: Say | None = None,
    ) -> None:
        self.configuration = configuration
        self.store = store
        self.executor = executor
        self.site = site
        self.clock = clock
        self.say = say or sayer(clock)
        self.policy: InsidePolicy = read_policy(configuration.policy)
        self.layer = Layer(
            configuration, Repositories(configuration.state / "repositories"), executor, self.policy.backend
        )
        self._policy_readable = True
        self._work = Work(configuration.threads)
        self._answering = Answering(
            self.store, self.layer, self._work, policy=self.policy, clock=clock, say=self.say
        )
        self._not_before: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._pause = Pause(configuration.poll_seconds)
        self._next_poll = self._next_report = 0.0

    def run(self, stop: threading.Event) -> None:
        """Go on until told to stop. Running jobs are left running: the next start finds them."""
        self.say("started", backend=self.policy.backend, server=self.policy.server_url)
        self.sweep()
        try:
            while not stop.is_set():
                try:
                    self.tick()
                except sqlite3.OperationalError as error:
                    # A full disk or a lock held too long. Each step was a transaction, so nothing is half done.
                    self.say("job database cannot be written", why=str(error))
                    stop.wait(RETRY_SECONDS)
                stop.wait(TICK_SECONDS)
        finally:
            self._work.stop()
            self.say("stopped", jobs_left=len(self.store.active_jobs()))

    def sweep(self) -> None:
        """Remove what an earlier life left behind: work areas of jobs that are over or unknown."""
        for job in self.executor.jobs():
            record = self.store.job(job)
            if record is None or record.state in FINAL:
                self.executor.cleanup(job)

    def tick(self) -> None:
        """Do what can be done now. A mistake about one thing never stops the others."""
        if time.monotonic() >= self._next_poll:
            self.poll()
        for request in self.store.requests(RequestState.SUBMITTED):
            self._guarded(request.request.id, partial(self._answering.answer, request))
        self._start_waiting()
        for job in self.store.active_jobs():
            if job.state is not JobState.WAITING:
                self._guarded(job.id, partial(self._advance, job), job=job)
        for request in self.store.requests(RequestState.ACCEPTED):
            self._conclude(request)
        for workspace in self.store.stale_manifests():
            self._guarded(workspace, partial(self._write_manifests, workspace))
        self.report()

    def poll(self) -> None:
        """Ask the server for work. When it is silent or not to be believed, what runs goes on."""
        try:
            self._policy_readable = False
            self.policy = read_policy(self.configuration.policy)
            self._policy_readable = True
            self._answering.policy = self.policy
            if self.store.distrust() is None:
                content, last = self.store.remembered_head()
                size = intake.auditor_of(self.policy, self.store).known_size if content else 0
                work = self.site.work(known_size=size, after=last)
                intake.take_in(work, policy=self.policy, store=self.store, now=self.clock(), say=self.say)
                if self._pause.failures:
                    self.say("server answers again", server=self.policy.server_url)
                self._pause.failures = 0
                # At once only when that brings something new: an answer that always promises more would keep us busy.
                eager = work.more and self.store.remembered_head()[1] > last
                self._next_poll = time.monotonic() + (0 if eager else self._pause.seconds())
                return
            self.say("no work is accepted", why="the ledger was rewritten; see `armslength runner status`")
        except Unreachable as error:
            self.say("server does not answer", why=str(error), running=len(self.store.active_jobs()))
        except (Mistake, Mistakes) as mistake:
            self.say("no work is accepted", why=str(mistake))
        self._pause.failures += 1
        self._next_poll = time.monotonic() + self._pause.seconds()

    def report(self) -> None:
        """Tell the server what it does not know yet, until it acknowledges."""
        if time.monotonic() < self._next_report:
            return
        requests, jobs = self.store.unreported()
        if not requests and not jobs:
            return
        told = StateReport(
            backend=self.policy.backend,
            requests=tuple(one.report() for one in requests),
            jobs=tuple(job.report() for job in jobs),
        )
        try:
            self.site.report(told)
        except (Unreachable, Mistake) as error:
            self._pause.failures += 1
            self._next_report = time.monotonic() + self._pause.seconds()
            self.say("report not delivered", why=str(error), waiting=len(requests) + len(jobs))
            return
        self.store.mark_reported(requests, jobs)

    def _guarded(self, key: str, step: Callable[[], None], *, job: JobRecord | None = None) -> None:
        """Run one step; when it keeps failing in a way nobody foresaw, end that job and only that job."""
        if time.monotonic() < self._not_before.get(key, 0):
            return
        try:
            step()
        except Exception as error:
            self._failures[key] = self._failures.get(key, 0) + 1
            self._not_before[key] = time.monotonic() + RETRY_SECONDS
            self.say(
                "step failed", key=key, error=f"{type(error).__name__}: {error}", times=self._failures[key]
            )
            if job is not None and self._failures[key] >= MOST_ATTEMPTS:
                cannot_store = job.state is JobState.FINALIZING and isinstance(error, OSError)
                self._end(job, JobState.FAILED, Reason.CANNOT_STORE if cannot_store else Reason.INTERNAL)

    def _start_waiting(self) -> None:
        stopping = self.store.requests_to_cancel()
        jobs = []
        for job in self.store.active_jobs():
            if job.state is JobState.WAITING and job.request in stopping:
                self._move(job, JobState.CANCELLED, Reason.CANCELLED)
            else:
                jobs.append(job)
        memory = self.configuration.memory_megabytes
        decided = decide(
            jobs,
            policy=self.policy,
            memory_megabytes=memory,
            finished=self._state_of,
            project_of=lambda job: self.store.request(job.request).request.project,
        )
        for job, reason in decided:
            if time.monotonic() < self._not_before.get(job.id, 0):
                continue
            if reason is Reason.DEPENDENCY_FAILED:
                self._move(job, JobState.FAILED, reason)
            elif reason is Reason.PREPARING:
                self._begin(job)
            elif reason.code != job.reason:
                self.store.move_job(job.id, JobState.WAITING, reason, now=self.clock())

    def _begin(self, job: JobRecord) -> None:
        """Begin a job, if the policy of today still allows its request."""
        request = self.store.request(job.request).request
        if self._policy_readable and why_not_run(self.policy, request, today=self.clock().date()) is None:
            self._move(job, JobState.PREPARING, Reason.PREPARING)
        elif self._policy_readable:
            self._move(job, JobState.FAILED, Reason.NO_LONGER_ALLOWED)

    def _state_of(self, job: str) -> JobState | None:
        record = self.store.job(job)
        return None if record is None else record.state

    def _advance(self, job: JobRecord) -> None:
        if job.state is JobState.PREPARING:
            self._prepare(job)
        elif job.state is JobState.RUNNING:
            self._watch(job)
        else:
            self._finalize(job)

    def _prepare(self, job: JobRecord) -> None:
        record = self.store.request(job.request)
        future = self._work.done(job.id, self._layout_of(job, record))
        if future is None:
            return
        try:
            future.result()
        except Mistake as mistake:
            self.say("job cannot be laid out", job=job.id, why=str(mistake))
            reason = Reason.INPUT_CHANGED if mistake.code == "R023" else Reason.CANNOT_PREPARE
            self._end(job, JobState.FAILED, reason)
        except (CannotFetch, OSError) as error:
            self._try_again(job, str(error), Reason.CANNOT_PREPARE)
        else:
            if record.cancel:
                self._end(job, JobState.CANCELLED, Reason.CANCELLED)
            else:
                self._move(job, JobState.RUNNING, Reason.RUNNING)
                # After the move: should we die in between, the next life finds it laid out and starts it.
                self._start(job)

    def _layout_of(self, job: JobRecord, record: RequestRecord) -> Callable[[], None]:
        sources = set(job.plan.inputs_from.values())
        inputs: list[FileRecord] = [one for one in self.store.files(job.workspace) if one.job in sources]
        homes = self.layer.homes_of(self.policy)
        return lambda: self.layer.lay_out(job.plan, record.request, inputs, homes=homes)

    def _watch(self, job: JobRecord) -> None:
        cancel = self.store.request(job.request).cancel
        phase = self.executor.phase(job.id)
        if cancel:
            self.executor.terminate(job.id)
        if phase is Phase.PREPARED:
            self._start(job)
        elif phase is Phase.FINISHED and self.executor.result(job.id).terminated:
            self._end(job, JobState.CANCELLED, Reason.CANCELLED)
        elif phase is Phase.FINISHED:
            self._move(job, JobState.FINALIZING, Reason.FINALIZING)
        elif phase in (Phase.LOST, Phase.ABSENT) and cancel:
            self._end(job, JobState.CANCELLED, Reason.CANCELLED)
        elif phase in (Phase.LOST, Phase.ABSENT):
            self._try_again(job, f"its program is {phase}", Reason.LOST)

    def _start(self, job: JobRecord) -> None:
        """Start a program, and again when it is not seen to run after a while."""
        key = f"start {job.id}"
        if time.monotonic() >= self._not_before.get(key, 0):
            self._not_before[key] = time.monotonic() + RETRY_SECONDS
            self.executor.start(job.id)

    def _finalize(self, job: JobRecord) -> None:
        request = self.store.request(job.request).request
        future = self._work.done(
            job.id,
            lambda: finish(job, request, executor=self.executor, roots=self.layer.roots, now=self.clock()),
        )
        if future is None:
            return
        done = future.result()
        with self.store.transaction():
            self.store.save_files(job.workspace, done.records)
            self.store.save_log(job.workspace, done.log)
            self.store.move_job(
                job.id,
                done.state,
                done.reason,
                now=self.clock(),
                message=done.message,
                output_count=done.output_count,
                peak_memory_bytes=done.peak_memory_bytes,
            )
        self.say(
            "job finished", job=job.id, action=job.plan.action, state=done.state, reason=done.reason.code
        )
        self._clean_up(job)

    def _try_again(self, job: JobRecord, why: str, reason: Reason) -> None:
        """Put a job back to wait for another attempt, or end it when it had enough of them."""
        self.say("job is tried again", job=job.id, attempt=job.attempt, why=why)
        if job.attempt >= MOST_ATTEMPTS:
            self._end(job, JobState.FAILED, reason)
            return
        self.executor.cleanup(job.id)
        self._not_before[job.id] = time.monotonic() + RETRY_SECONDS * job.attempt
        self.store.move_job(
            job.id,
            JobState.WAITING,
            Reason.TRIED_AGAIN,
            now=self.clock(),
            attempt=job.attempt + 1,
            started_at=None,
        )

    def _end(self, job: JobRecord, state: JobState, reason: Reason) -> None:
        # In this order: should we die in between, the sweep of the next life cleans up.
        self._move(job, state, reason)
        self._clean_up(job)

    def _clean_up(self, job: JobRecord) -> None:
        """Remove a work area in a thread: a job can make one that takes minutes to remove."""
        self._work.begin(partial(self.executor.cleanup, job.id))

    def _move(self, job: JobRecord, state: JobState, reason: Reason) -> None:
        self.store.move_job(job.id, state, reason, now=self.clock())
        self.say("job moved", job=job.id, action=job.plan.action, state=state, reason=reason.code)

    def _conclude(self, record: RequestRecord) -> None:
        """Close a request when none of its jobs is left to run."""
        states = {job.state for job in self.store.jobs_of(record.request.id)}
        if not states <= FINAL:
            return
        state = RequestState.SUCCEEDED
        if JobState.CANCELLED in states:
            state = RequestState.CANCELLED
        elif JobState.FAILED in states:
            state = RequestState.FAILED
        self.store.move_request(record.request.id, state)
        self.say("request finished", request=record.request.id, state=state)

    def _write_manifests(self, workspace: str) -> None:
        backend, roots = self.policy.backend, self.layer.roots
        write_manifests(self.store, workspace, backend=backend, roots=roots, now=self.clock())
        self.store.manifest_written(workspace)
