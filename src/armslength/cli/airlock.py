"""`armslength airlock`: run and administer the review site inside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Annotated, Any

import typer

from armslength.cli import airlock_checkers
from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake

app = typer.Typer(
    no_args_is_help=True, help="Run and administer the review site inside the secure environment."
)
app.add_typer(airlock_checkers.app, name="checkers")
PAUSE = 1.0  # seconds between two looks at the outbox


def load_site() -> None:
    """Load the site, so that a wrong configuration is told before anything starts."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ["DJANGO_SETTINGS_MODULE"] = "armslength.airlock.settings"
    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Mistake("A002", str(error), where="the environment") from None


def refuse_unready_database() -> None:
    """Raise Mistake A004 unless the database is as this version needs it, guards and all."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from armslength.airlock.guards import why_not_guarded

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        why = f"{len(waiting)} migrations wait" if waiting else why_not_guarded()
    except DatabaseError as error:
        why = f"it cannot be read: {error}"
    if why:
        raise Mistake(
            "A004", f"the airlock's database is not ready: {why}", hint="run: armslength airlock migrate"
        )


@app.command()
def migrate() -> None:
    """Create or update the database, and put its guards in place."""
    load_site()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    refuse_unready_database()
    print("the airlock's database is ready", file=sys.stderr)


@app.command()
def run(
    bind: Annotated[str, typer.Option(help="Address and port to listen on.")] = "127.0.0.1:8001",
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer pages.")] = 2,
    deliver: Annotated[bool, typer.Option(help="Also deliver events and releases from here.")] = True,
    migrate_first: Annotated[
        bool, typer.Option("--migrate", help="Create or update the database first.")
    ] = False,
) -> None:
    """Serve the site, and deliver what waits for the server beside it. Stops both on SIGTERM."""
    if migrate_first:
        migrate()
    else:
        load_site()
        refuse_unready_database()
    stop = _stop_on_signal()
    worker = threading.Thread(target=_deliver_until, args=(stop,), daemon=True)
    if deliver:
        worker.start()
    status = _serve_until(stop, bind=bind, workers=workers)
    if deliver:
        worker.join(timeout=30)
    if status not in (0, -signal.SIGTERM):
        raise Mistake(
            "A005",
            f"the site ended with status {status}",
            where=bind,
            hint="is the address in use? see the lines above",
        )


def _stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _serve_until(stop: threading.Event, *, bind: str, workers: int) -> int:
    """Answer pages until told to stop or the web server ends by itself; return its exit status."""
    site = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(workers), "--threads", "4",
         "--timeout", "60", "--graceful-timeout", "10", "--log-level", "warning", "armslength.airlock.wsgi:application"]
    )  # fmt: skip
    try:
        while not stop.is_set() and site.poll() is None:
            stop.wait(0.2)
    finally:
        stop.set()
        if site.poll() is None:
            site.terminate()
        status = site.wait()
    return status


@app.command()
def deliver(
    once: Annotated[bool, typer.Option(help="Send what is due, then end.")] = False,
) -> None:
    """Send events and approved releases to the server, again and again, until stopped."""
    load_site()
    refuse_unready_database()
    stop = threading.Event() if once else _stop_on_signal()
    _deliver_until(stop, once=once)


def _deliver_until(stop: threading.Event, *, once: bool = False) -> None:
    from django.conf import settings
    from django.db import DatabaseError, close_old_connections

    from armslength.airlock.outbox.client import Server
    from armslength.airlock.outbox.delivery import deliver as deliver_now
    from armslength.airlock.outbox.delivery import logger, only_worker

    while not stop.is_set():
        with only_worker(settings.AIRLOCK.folder) as alone:
            while alone and not stop.is_set():
                try:
                    with Server(settings.AIRLOCK) as server:
                        deliver_now(server, clock=utc_now)
                except (DatabaseError, OSError, Mistake) as error:
                    logger.warning("delivery stopped for a moment: %s", error)
                close_old_connections()
                if once:
                    return
                stop.wait(PAUSE)
        if once:
            raise Mistake(
                "A035", "another worker is delivering from this storage", hint="wait for it, or stop it"
            )
        stop.wait(5 * PAUSE)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what waits, what fails, whether the audit trail is whole. Exit 1 when something is wrong."""
    load_site()
    refuse_unready_database()
    from armslength.airlock.features.activity.queries import delivery_troubles
    from armslength.airlock.models import Checker, Person, ReleaseRequest
    from armslength.airlock.models.states import State
    from armslength.airlock.outbox.delivery import backlog
    from armslength.airlock.record import why_not_intact

    counts = {state.value: ReleaseRequest.objects.filter(state=state).count() for state in State}
    troubles = {trouble.queue: trouble.error for trouble in delivery_troubles()}
    audit = why_not_intact()
    found: dict[str, Any] = {
        "output checkers": Checker.objects.count(),
        "people": Person.objects.filter(revoked=False).count(),
        "requests": {state: count for state, count in counts.items() if count},
        "waiting": backlog(),
        "troubles": troubles,
        "audit": audit or "intact",
    }
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            words = (
                ", ".join(f"{key}: {item}" for key, item in value.items())
                if isinstance(value, dict)
                else value
            )
            print(f"{name:15} {words if words != '' else 'none'}")
    if audit or troubles:
        raise typer.Exit(1)
