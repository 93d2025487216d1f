"""armslength runner: run the runner inside the secure environment, and look at what it does."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from armslength.kernel.clock import to_text, utc_now
from armslength.kernel.errors import Mistake, Mistakes
from armslength.policy.inside import read_policy
from armslength.runner.configuration import Configuration, read_configuration
from armslength.runner.environments import digest, entry_of, offered
from armslength.runner.executor import find_executor
from armslength.runner.lifecycle.store import Store
from armslength.runner.service import Runner
from armslength.runner.site import JobsSite
from armslength.wire.jobs import JobState, RequestState

app = typer.Typer(
    no_args_is_help=True, help="Run the runner inside the secure environment.", rich_markup_mode=None
)
ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config", envvar="ARMSLENGTH_RUNNER_CONFIG", help="The runner's configuration, a TOML file."
    ),
]


@app.command()
def run(config: ConfigOption) -> None:
    """Poll the server and run what its ledger and our policy allow, until stopped. Jobs outlive a restart."""
    configuration = read_configuration(config)
    policy = read_policy(configuration.policy)
    token = configuration.token()
    configuration.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration.high_privacy.mkdir(mode=0o700, parents=True, exist_ok=True)
    configuration.medium_privacy.mkdir(parents=True, exist_ok=True)
    lock = _only_one(configuration)
    executor = find_executor(configuration.executor)(configuration.state / "jobs")
    if reason := executor.why_not_usable():
        raise Mistake("R003", reason, where=f"executor {configuration.executor}")
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    store = Store(configuration.job_database)
    site = JobsSite(policy.server_url, token=token, timeout=configuration.timeout_seconds)
    try:
        Runner(configuration, store=store, executor=executor, site=site).run(stop)
    finally:
        site.close()
        store.close()
        os.close(lock)


@app.command()
def status(config: ConfigOption) -> None:
    """Say what the runner is doing, and whether it still believes the ledger."""
    store = _store(read_configuration(config))
    content, last = store.remembered_head()
    print(f"ledger head: {content or 'none yet'}")
    print(f"last entry acted on: {last if last >= 0 else 'none yet'}")
    for state in (RequestState.SUBMITTED, RequestState.ACCEPTED):
        print(f"requests {state}: {len(store.requests(state))}")
    active = store.active_jobs()
    for job_state in JobState:
        if count := sum(job.state is job_state for job in active):
            print(f"jobs {job_state}: {count}")
    requests, jobs = store.unreported()
    print(f"still to be reported: {len(requests) + len(jobs)}")
    if words := store.distrust():
        raise Mistake(
            "R042",
            "the ledger is no longer believed, and no work is accepted",
            where=words,
            hint="find out what happened; then `armslength runner trust-again`",
            exit_status=3,
        )


@app.command()
def jobs(
    config: ConfigOption,
    every: Annotated[bool, typer.Option("--all", help="Also what is over.")] = False,
) -> None:
    """List jobs: id, request, action, state, attempt and why."""
    store = _store(read_configuration(config))
    found = store.active_jobs()
    if every:
        found = [
            job for request in store.requests(*RequestState) for job in store.jobs_of(request.request.id)
        ]
    for job in found:
        print(
            f"{job.id}  {job.request}  {job.workspace}  {job.plan.action}  {job.state}  "
            f"attempt {job.attempt}  {job.message}"
        )


@app.command("trust-again")
def trust_again(config: ConfigOption) -> None:
    """Believe the ledger again, after a person looked into why it was rewritten."""
    store = _store(read_configuration(config))
    words = store.distrust()
    store.trust_again()
    print(
        "work is accepted again; the next head must still agree with the remembered one"
        if words
        else "it was"
    )


@app.command()
def check(config: ConfigOption) -> None:
    """Check configuration, policy, token, folders, sandbox and git without running anything."""
    configuration = read_configuration(config)
    mistakes: list[Mistake] = []
    print(f"configuration  {config}")
    try:
        policy = read_policy(configuration.policy)
        print(
            f"policy         {len(policy.projects)} projects on {policy.backend}, server {policy.server_url}"
        )
    except Mistake as mistake:
        mistakes.append(mistake)
    except Mistakes as found:
        mistakes += found.mistakes
    try:
        configuration.token()
        print(f"token          {configuration.token_file}")
    except Mistake as mistake:
        mistakes.append(mistake)
    mistakes += _why_not_folders(configuration)
    executor = find_executor(configuration.executor)(configuration.state / "jobs")
    if reason := executor.why_not_usable():
        mistakes.append(Mistake("R003", reason, where=f"executor {configuration.executor}"))
    else:
        print(f"executor       {configuration.executor} works")
    if shutil.which("git") is None:
        mistakes.append(Mistake("R003", "git is not installed", hint="run: apt-get install git"))
    for name, one in offered(images=executor.runs_images).items():
        if not entry_of(name).instead:
            said = one.what if isinstance(one, Mistake) else f"{one.origin}  sha256:{one.digest[:12]}"
            print(f"environment    {name}  {said}")
    print(f"installed      sha256:{digest()}")
    if mistakes:
        raise Mistakes(mistakes)
    print(f"ready at {to_text(utc_now())}")


def _why_not_folders(configuration: Configuration) -> list[Mistake]:
    found = []
    for folder in (configuration.state, configuration.high_privacy, configuration.medium_privacy):
        try:
            mode = 0o755 if folder == configuration.medium_privacy else 0o700
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
            print(f"folder         {folder}  {shutil.disk_usage(folder).free >> 30} GiB free")
        except OSError as error:
            found.append(Mistake("R001", f"a folder cannot be made: {error.strerror}", where=str(folder)))
    database = configuration.database_folder
    if database is not None and not database.is_dir():
        hint = "make one with `armslength data`"
        found.append(Mistake("R001", "there is no database in this folder", where=str(database), hint=hint))
    return found


def _only_one(configuration: Configuration) -> int:
    """Hold the lock that lets one runner alone work on this state; it goes with the process."""
    path = configuration.state / "runner.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        hint = "stop the other one first"
        raise Mistake("R005", "another runner works on this state", where=str(path), hint=hint) from None
    return descriptor


def _store(configuration: Configuration) -> Store:
    if not configuration.job_database.exists():
        hint = "start it with `armslength runner run`"
        raise Mistake("R004", "this runner never ran", where=str(configuration.job_database), hint=hint)
    return Store(configuration.job_database)
