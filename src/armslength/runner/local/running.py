"""Running a study: one loop that moves its jobs until none is left. It may be killed between any two lines."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from armslength.kernel.clock import Clock, utc_now
from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.model import RUN_ALL, Pipeline
from armslength.runner.executor import Executor, Phase
from armslength.runner.finishing import Finished, finish
from armslength.runner.lifecycle.records import FileRecord, JobRecord
from armslength.runner.lifecycle.states import Reason
from armslength.runner.local import planning
from armslength.runner.local.code import Code, forget_copies
from armslength.runner.local.layer import LocalLayer, freeze_code, remove_old_outputs
from armslength.runner.local.measuring import last_line, memory_of
from armslength.runner.local.planning import PROJECT, Known, Planned, Settings, Verdict
from armslength.runner.local.recipes import narrowed
from armslength.runner.local.state import LocalStore
from armslength.runner.local.study import WORKSPACE, Study
from armslength.runner.local.watching import Watch, watch
from armslength.runner.manifests import write_manifests
from armslength.runner.planner import decide
from armslength.runner.work import Work
from armslength.wire.jobs import FINAL, JobRequest, JobState, RequestState

TICK_SECONDS = 0.05
MANIFEST_SECONDS = 2.0
THREADS = 4
BACKEND = "expectations"  # what study code is told where data is made up
# The order in which what a job reads may be replaced while we copy it: so many tries, then we say so.
MOST_TRIES = 5
Watcher = Callable[["StudyRun"], None]


class StudyRun:
    """One run of a study. What is here can be lost at any moment: the job database knows it all."""

    def __init__(
        self,
        study: Study,
        *,
        store: LocalStore,
        executor: Executor,
        settings: Settings,
        clock: Clock = utc_now,
    ) -> None:
        self.study = study
        self.store = store
        self.executor = executor
        self.settings = replace(settings, images=getattr(executor, "runs_images", False))
        self.clock = clock
        self.jobs: dict[str, JobRecord] = {}  # of this run, by id, in order
        self._work = Work(THREADS)
        self._watches: dict[str, Watch] = {}
        self._code: Code | None = None
        self._pipeline: Pipeline | None = None
        self._layer = LocalLayer(study, executor, self.settings, None)
        self._request: JobRequest | None = None
        self._manifest_at = 0.0
        self._changed = True
        self._last_failed = False

    def recover(self) -> int:
        """Clear up after a run that was killed, and take over what it left running; return how many jobs go on."""
        taken_over = 0
        for job in self.store.active_jobs():
            phase = self.executor.phase(job.id) if job.state is not JobState.WAITING else Phase.ABSENT
            goes_on = job.state is JobState.FINALIZING or (
                job.state is JobState.RUNNING
                and phase in (Phase.RUNNING, Phase.FINISHED)
                and self.store.recipe(job.id) is not None
            )
            if goes_on and phase is not Phase.ABSENT:
                self.jobs[job.id] = job
                taken_over += 1
            elif job.state is JobState.FINALIZING:
                self._end(job, JobState.FAILED, Reason.LOST)
            else:
                self._end(job, JobState.CANCELLED, Reason.LOST)
        for job_id in self.executor.jobs() - self.jobs.keys():
            self._layer.clear(job_id)
        for request in self.store.requests(RequestState.SUBMITTED, RequestState.ACCEPTED):
            states = {job.state for job in self.store.jobs_of(request.request.id)}
            if states <= FINAL:
                self._conclude(request.request.id, states)
        return taken_over

    def begin(self, pipeline: Pipeline, actions: tuple[str, ...]) -> tuple[Planned, ...]:
        """Plan a run and note it; return what becomes of every action. Raises Mistakes before anything is noted."""
        self._pipeline = pipeline
        self._freeze_code(pipeline)
        request = planning.request_for(actions, self.settings, now=self.clock())
        planned, plans = planning.plan_actions(pipeline, request, self._known(), self.settings)
        self.store.add_request(request, entry=self.store.next_entry(), now=self.clock())
        self.store.accept(request, plans, actions=pipeline.actions, now=self.clock())
        self._request = request
        self.jobs = {job.id: job for job in self.store.jobs_of(request.id)}
        self._changed = True
        return planned

    def follow(self, show: Watcher) -> None:
        """Move the jobs until none is left, showing how it goes. KeyboardInterrupt ends all that runs."""
        self._work = Work(THREADS)
        try:
            while any(job.state not in FINAL for job in self.jobs.values()):
                self.tick()
                show(self)
                time.sleep(TICK_SECONDS)
            self._close()
        except KeyboardInterrupt:
            self.stop()
            self._close()
            raise
        except (sqlite3.OperationalError, OSError) as error:
            # A full disk, most often. What was laid out goes first, so that there is room to write down the rest.
            self._abandon()
            raise Mistake(
                "R050",
                f"nothing can be written any more: {error}",
                where=str(self.study.folder),
                hint="make room on the disk, then run again: what is done is kept",
            ) from None
        finally:
            self._work.stop()

    def _close(self) -> None:
        """Write down how the run ended."""
        self._write_manifests()
        if self._request is not None:
            states = {job.state for job in self.jobs.values()}
            if states <= FINAL and self.store.request(self._request.id).state is RequestState.ACCEPTED:
                self._conclude(self._request.id, states)
        kept = [self._layer.copy.name] if self._layer.copy else []
        forget_copies(self.study.code, but=kept)

    def _abandon(self) -> None:
        """End everything and remove what was laid out, whatever can still be written of it."""
        for job in self.jobs.values():
            if job.state not in FINAL:
                self._layer.clear(job.id)
        forget_copies(self.study.code)
        with contextlib.suppress(sqlite3.Error, OSError):
            self.stop()
            self._close()

    def tick(self) -> None:
        """Do what can be done now."""
        for watching in self._watches.values():
            watching.look()
        if self._changed:
            self._changed = False
            self._start_waiting()
        for job in list(self.jobs.values()):
            if job.state is JobState.PREPARING:
                self._prepare(job)
            elif job.state is JobState.RUNNING:
                self._watch(job)
            elif job.state is JobState.FINALIZING:
                self._finalize(job)
        if time.monotonic() - self._manifest_at > MANIFEST_SECONDS:
            self._write_manifests()

    def stop(self) -> None:
        """End everything that runs, keep what is finished, and leave nothing behind."""
        for job in self.jobs.values():
            if job.state is JobState.RUNNING:
                self.executor.terminate(job.id)
        until = time.monotonic() + 60
        for job in list(self.jobs.values()):
            while self.jobs[job.id].state is JobState.FINALIZING and time.monotonic() < until:
                self._finalize(self.jobs[job.id])
                time.sleep(TICK_SECONDS)
        self._work.stop()
        for job in list(self.jobs.values()):
            if job.state is JobState.FINALIZING:
                continue  # the next run goes on with it
            if job.state not in FINAL:
                self._move(job, JobState.CANCELLED, Reason.CANCELLED)
                self._clear(job.id)
        # We may have been interrupted between writing down that a job is over and clearing up after it.
        for job_id in self.executor.jobs():
            if job_id in self.jobs and self.jobs[job_id].state in FINAL:
                self._clear(job_id)

    def outputs(self) -> list[FileRecord]:
        """Return the current outputs of the study."""
        return self.store.files(WORKSPACE)

    def stale(self) -> tuple[Planned, ...]:
        """Return actions that ran before, were not asked for now, and would make something else today."""
        if self._pipeline is None:
            return ()
        request = planning.request_for((RUN_ALL,), self.settings, now=self.clock())
        asked = {job.plan.action for job in self.jobs.values()}
        settings = replace(self.settings, force=False)
        try:
            planned, _ = planning.plan_actions(self._pipeline, request, self._known(), settings)
        except Mistakes:
            return ()  # some action cannot run here at all, which was not asked for
        return tuple(
            one
            for one in planned
            if one.verdict is not Verdict.KEEP
            and one.action.id not in asked
            and self.store.newest_success(WORKSPACE, one.action.id) is not None
        )

    def last_line(self, job: JobRecord) -> str:
        """Return what a running job said last."""
        return last_line(self.executor.log(job.id)) if job.state is JobState.RUNNING else ""

    def memory_bytes(self, job: JobRecord) -> int:
        """Return what a running job uses now; 0 when that cannot be told."""
        return memory_of(self.study.jobs / job.id) if job.state is JobState.RUNNING else 0

    def _known(self) -> Known:
        if self._code is None:
            raise AssertionError("asked before the code was read")
        return planning.look(self.study, self.store, self._code, self.settings)

    def _freeze_code(self, pipeline: Pipeline) -> None:
        self._code, copy = freeze_code(self.study, pipeline, self.store)
        self._layer = LocalLayer(self.study, self.executor, self.settings, copy)

    def _start_waiting(self) -> None:
        waiting = [job for job in self.jobs.values() if job.state not in FINAL]
        failed = any(job.state is JobState.FAILED for job in self.jobs.values())
        if failed and not self.settings.keep_going:
            self._give_up_waiting(waiting)
            return
        decided = decide(
            waiting,
            policy=self.settings.policy,
            memory_megabytes=self.settings.total_megabytes,
            finished=self._state_of,
            project_of=lambda job: PROJECT,
        )
        for job, reason in decided:
            if reason is Reason.DEPENDENCY_FAILED:
                self._move(job, JobState.FAILED, reason)
            elif reason is Reason.PREPARING and self._comes_out_the_same(job):
                self._move(job, JobState.CANCELLED, Reason.UNCHANGED)
            elif reason is Reason.PREPARING:
                self._move(job, JobState.PREPARING, reason)
            elif reason.code != job.reason:
                self._move(job, JobState.WAITING, reason)

    def _give_up_waiting(self, jobs: list[JobRecord]) -> None:
        """After a failure: what needs what failed fails with it, and nothing else is begun."""
        for job in jobs:
            if job.state is not JobState.WAITING:
                continue
            states = {self._state_of(source) for source in job.plan.inputs_from.values()}
            if JobState.FAILED in states:
                self._move(job, JobState.FAILED, Reason.DEPENDENCY_FAILED)
            else:
                self._move(job, JobState.CANCELLED, Reason.NOT_STARTED)

    def _comes_out_the_same(self, job: JobRecord) -> bool:
        """Say whether a job need not run after all: what it needs came out as it was when it last succeeded."""
        return not self.settings.force and not planning.why_run(job.plan, self._known())

    def _state_of(self, job: str) -> JobState | None:
        """Return how a job stands for those that need it: kept outputs are as good as new ones."""
        record = self.jobs.get(job) or self.store.job(job)
        if record is None:
            return None
        return JobState.SUCCEEDED if record.reason == Reason.UNCHANGED.code else record.state

    def _prepare(self, job: JobRecord) -> None:
        future = self._work.done(job.id, partial(self._layer.lay_out, job.plan, self._known()))
        if future is None:
            return
        try:
            recipe = future.result()
        except (Mistake, OSError) as error:
            self._end(job, JobState.FAILED, Reason.CANNOT_PREPARE, message=_in_a_line(error))
            return
        self.store.save_recipe(job.id, recipe)
        if not job.plan.reusable and (watching := self._watch_code(job)) is not None:
            self._watches[job.id] = watching
        self._move(job, JobState.RUNNING, Reason.RUNNING)
        # After the move: should we die in between, the next run finds it laid out and never started.
        self.executor.start(job.id)

    def _watch_code(self, job: JobRecord) -> Watch | None:
        return watch(code=self._layer.code_of(job.id), work=self.executor.work(job.id))

    def _watch(self, job: JobRecord) -> None:
        phase = self.executor.phase(job.id)
        if phase is Phase.FINISHED:
            self._note_what_was_read(job)
            self._move(job, JobState.FINALIZING, Reason.FINALIZING)
        elif phase in (Phase.LOST, Phase.ABSENT):
            self._end(job, JobState.FAILED, Reason.LOST)

    def _note_what_was_read(self, job: JobRecord) -> None:
        """Narrow the recipe of a job down to the code that it opened, if that was seen from start to end."""
        watching = self._watches.pop(job.id, None)
        seen = watching.end() if watching else None
        recipe = self.store.recipe(job.id)
        if seen is None or recipe is None or self._code is None:
            return
        if self.executor.runs_images and not seen.opened:
            return  # a container engine may keep its files where they cannot be watched
        narrow = narrowed(recipe, opened=seen.opened, listed=seen.listed, code=self._code)
        self.store.save_recipe(job.id, narrow)

    def _finalize(self, job: JobRecord) -> None:
        request = self.store.request(job.request).request
        future = self._work.done(
            job.id,
            lambda: finish(job, request, executor=self.executor, roots=self.study.roots, now=self.clock()),
        )
        if future is None:
            return
        try:
            done: Finished = future.result()
        except (Mistake, OSError) as error:
            self._end(job, JobState.FAILED, Reason.CANNOT_STORE, message=_in_a_line(error))
            return
        with self.store.transaction():
            old: tuple[FileRecord, ...] = ()
            if done.state is JobState.SUCCEEDED:
                old = self.store.replace_files(job.plan.action, done.records, job=job.id)
            self.store.save_log(WORKSPACE, done.log)
            self._move(
                job,
                done.state,
                done.reason,
                message=done.message,
                output_count=done.output_count,
                peak_memory_bytes=done.peak_memory_bytes,
            )
        remove_old_outputs(self.study, old)
        self._clear(job.id)

    def _move(
        self, job: JobRecord, state: JobState, reason: Reason, *, message: str | None = None, **facts: object
    ) -> None:
        self.store.move_job(job.id, state, reason, now=self.clock(), message=message, **facts)
        moved = self.store.job(job.id)
        if moved is None:
            raise AssertionError(f"the job {job.id} is gone")
        self.jobs[job.id] = moved
        self._changed = self._changed or state is not JobState.WAITING

    def _end(self, job: JobRecord, state: JobState, reason: Reason, *, message: str | None = None) -> None:
        self._move(job, state, reason, message=message)
        self._clear(job.id)
        if self.jobs.get(job.id) is not None and self._request is None:
            del self.jobs[job.id]

    def _clear(self, job: str) -> None:
        """Remove what was laid out for a job."""
        watching = self._watches.pop(job, None)
        if watching is not None:
            os.close(watching.descriptor)
        self._layer.clear(job)

    def _conclude(self, request: str, states: set[JobState]) -> None:
        state = RequestState.SUCCEEDED
        if JobState.FAILED in states:
            state = RequestState.FAILED
        elif any(
            job.state is JobState.CANCELLED and job.reason != Reason.UNCHANGED.code
            for job in self.store.jobs_of(request)
        ):
            state = RequestState.CANCELLED
        if self.store.request(request).state is RequestState.SUBMITTED:
            state = RequestState.CANCELLED
        self.store.move_request(request, state)

    def _write_manifests(self) -> None:
        self._manifest_at = time.monotonic()
        for workspace in self.store.stale_manifests():
            write_manifests(self.store, workspace, backend=PROJECT, roots=self.study.roots, now=self.clock())
            self.store.manifest_written(workspace)


def _in_a_line(error: Exception) -> str:
    if isinstance(error, Mistake):
        return f"{error.what}" + (f" ({error.where})" if error.where else "")
    return str(error)
