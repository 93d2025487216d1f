"""How a run is shown while it goes on: a table on a terminal, lines elsewhere, events for programs."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from armslength.kernel.clock import from_text, utc_now
from armslength.wire.jobs import FINAL, JobState

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from armslength.runner.lifecycle.records import JobRecord
    from armslength.runner.local.planning import Planned
    from armslength.runner.local.running import StudyRun

REFRESH_SECONDS = 0.5
MOST_ROWS = 15
SAID_BY_STATE = ("running", "succeeded")
STYLES = {"succeeded": "green", "failed": "bold red", "cancelled": "dim", "running": "cyan"}


class Display(Protocol):
    """Shows how a run goes."""

    def plan(self, planned: tuple[Planned, ...]) -> None:
        """Show what is going to happen."""

    def show(self, run: StudyRun) -> None:
        """Show how things are; called all the time."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def display_for(*, as_json: bool) -> Display:
    """Return the display that fits where the output goes."""
    if as_json:
        return Events()
    return Screen() if sys.stderr.isatty() else Lines()


class _Changes:
    """Finds out which jobs changed since the last look."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, str]] = {}

    def since(self, run: StudyRun) -> list[JobRecord]:
        changed = []
        for job in run.jobs.values():
            now = (job.state.value, job.reason)
            if self._told.get(job.id) != now:
                self._told[job.id] = now
                changed.append(job)
        return changed


class Lines:
    """One line on stderr for every change that matters."""

    def __init__(self) -> None:
        self._changes = _Changes()

    def plan(self, planned: tuple[Planned, ...]) -> None:
        print(plan_in_a_line(planned), file=sys.stderr)

    def show(self, run: StudyRun) -> None:
        for job in self._changes.since(run):
            if job.state is JobState.RUNNING or job.state in FINAL:
                print(line_of(job), file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Events(Lines):
    """One JSON object on stdout for every change."""

    def plan(self, planned: tuple[Planned, ...]) -> None:
        from armslength.cli.studies import described

        print(json.dumps({"event": "plan", "actions": [described(one) for one in planned]}), flush=True)

    def show(self, run: StudyRun) -> None:
        for job in self._changes.since(run):
            event = {
                "event": "job",
                "at": utc_now().isoformat(),
                "action": job.plan.action,
                "state": job.state.value,
                "reason": job.reason,
                "message": job.message,
            }
            print(json.dumps(event), flush=True)


class Screen(Lines):
    """A table that is drawn again and again, with what ended written above it."""

    def __init__(self) -> None:
        super().__init__()
        self._live: Live | None = None
        self._drawn = 0.0

    def show(self, run: StudyRun) -> None:
        if self._live is None:
            return
        for job in self._changes.since(run):
            if job.state in FINAL:
                from rich.text import Text

                self._live.console.print(Text(line_of(job), style=STYLES.get(job.state.value, "")))
        if time.monotonic() - self._drawn >= REFRESH_SECONDS:
            self._live.update(table_of(run), refresh=True)
            self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


def table_of(run: StudyRun) -> Table:
    """Draw what runs: action, state, elapsed, memory, the last line of its log; below it what else there is."""
    from rich.table import Table
    from rich.text import Text

    busy = [job for job in run.jobs.values() if job.state not in FINAL and job.state is not JobState.WAITING]
    counts = Counter(job.state for job in run.jobs.values())
    done = sum(counts[state] for state in FINAL)
    title = f"{done} of {len(run.jobs)} done, {len(busy)} running, {counts[JobState.WAITING]} waiting"
    table = Table(title=title, title_justify="left", box=None, expand=True, pad_edge=False)
    for name, ratio in (("action", 3), ("state", 2), ("elapsed", 1), ("memory", 1), ("says", 6)):
        table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
    for job in busy[:MOST_ROWS]:
        memory = run.memory_bytes(job)
        table.add_row(
            job.plan.action,
            Text(job.state.value, style=STYLES.get(job.state.value, "")),
            elapsed_of(job),
            f"{memory >> 20:,} M" if memory else "",
            Text(run.last_line(job), style="dim"),
        )
    return table


def elapsed_of(job: JobRecord) -> str:
    """Return how long a job has run, or ran.

    >>> in_words(3725.0)
    '1:02:05'
    """
    started, finished = job.facts["started_at"], job.facts["finished_at"]
    if not started:
        return ""
    end = from_text(finished) if finished else utc_now()
    return in_words((end - from_text(started)).total_seconds())


def in_words(seconds: float) -> str:
    """Return a time as `4 s`, `2:05` or `1:02:05`."""
    whole = int(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if whole < 10 else f"{whole} s"
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def line_of(job: JobRecord) -> str:
    """Tell the state of one job in a line."""
    elapsed = elapsed_of(job)
    took = f" after {elapsed}" if job.state in FINAL and elapsed else ""
    # What the state says already is not said twice.
    more = "" if job.reason in SAID_BY_STATE else f": {job.message}"
    return f"{job.state.value:<10} {job.plan.action}{took}{more}"


def plan_in_a_line(planned: tuple[Planned, ...]) -> str:
    """Say how much of a plan runs."""
    counts = Counter(one.verdict.value for one in planned)
    told = [
        f"{counts[verdict]} {words}"
        for verdict, words in (("run", "to run"), ("perhaps", "perhaps"), ("keep", "kept"))
        if counts[verdict]
    ]
    return f"{len(planned)} {'action' if len(planned) == 1 else 'actions'}: {', '.join(told)}"
