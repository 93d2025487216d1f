"""The tables of the job database. Legal moves are rows, and triggers hold every change to them."""

from __future__ import annotations

import sqlite3

from armslength.runner.lifecycle.states import REQUEST_MOVES
from armslength.wire.jobs import MOVES, JobState, RequestState

VERSION = 1

TABLES = """
CREATE TABLE moves (kind TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, PRIMARY KEY (kind, old, new)) STRICT;
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), content TEXT NOT NULL, last_entry INTEGER NOT NULL) STRICT;
CREATE TABLE distrust (one INTEGER PRIMARY KEY CHECK (one = 1), words TEXT NOT NULL) STRICT;
CREATE TABLE requests (
    id TEXT PRIMARY KEY, entry INTEGER NOT NULL UNIQUE, body TEXT NOT NULL, workspace TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    sequence INTEGER NOT NULL DEFAULT 1, reported INTEGER NOT NULL DEFAULT 0,
    cancel INTEGER NOT NULL DEFAULT 0, received_at TEXT NOT NULL, pipeline TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, request TEXT NOT NULL REFERENCES requests, workspace TEXT NOT NULL, action TEXT NOT NULL,
    position INTEGER NOT NULL, plan TEXT NOT NULL, content_key TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt BETWEEN 1 AND 100),
    sequence INTEGER NOT NULL DEFAULT 1, reported INTEGER NOT NULL DEFAULT 0,
    queued_at TEXT NOT NULL, started_at TEXT, finished_at TEXT,
    environment TEXT NOT NULL DEFAULT '', peak_memory_bytes INTEGER, output_count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (request, action)
) STRICT;
CREATE INDEX jobs_by_workspace ON jobs (workspace, action, state);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE TABLE history (
    id TEXT NOT NULL, sequence INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE files (
    workspace TEXT NOT NULL, path TEXT NOT NULL, job TEXT NOT NULL REFERENCES jobs, action TEXT NOT NULL,
    level TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, created_at TEXT NOT NULL,
    excluded TEXT NOT NULL DEFAULT '', shown_size INTEGER, shown_sha256 TEXT,
    row_count INTEGER, column_count INTEGER, PRIMARY KEY (workspace, path)
) STRICT;
CREATE TABLE logs (
    workspace TEXT NOT NULL, action TEXT NOT NULL, job TEXT NOT NULL REFERENCES jobs, state TEXT NOT NULL,
    size INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (workspace, action)
) STRICT;
CREATE TABLE stale_manifests (workspace TEXT PRIMARY KEY) STRICT;
"""


def _guard(table: str, kind: str, first: str) -> str:
    """Return the triggers that let a state be entered and left only as the moves allow."""
    # Built from our own names and enums; nothing here comes from outside.
    return f"""
CREATE TRIGGER {table}_begin BEFORE INSERT ON {table} WHEN NEW.state <> '{first}'
BEGIN SELECT RAISE(ABORT, '{kind} must begin as {first}'); END;
CREATE TRIGGER {table}_move BEFORE UPDATE OF state ON {table}
WHEN NEW.state <> OLD.state AND NOT EXISTS (
    SELECT 1 FROM moves WHERE kind = '{kind}' AND old = OLD.state AND new = NEW.state)
BEGIN SELECT RAISE(ABORT, 'illegal move of a {kind}'); END;
CREATE TRIGGER {table}_forward BEFORE UPDATE ON {table} WHEN NEW.sequence < OLD.sequence OR NEW.id <> OLD.id
BEGIN SELECT RAISE(ABORT, 'a {kind} never goes back'); END;
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'a {kind} is never deleted'); END;
CREATE TRIGGER {table}_history AFTER UPDATE OF sequence ON {table}
BEGIN INSERT INTO history VALUES (NEW.id, NEW.sequence, NEW.state, NEW.reason,
    strftime('%Y-%m-%dT%H:%M:%fZ')); END;
"""  # noqa: S608


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, in one transaction."""
    script = (
        TABLES
        + _guard("jobs", "job", JobState.WAITING)
        + _guard("requests", "request", RequestState.SUBMITTED)
    )
    moves: list[tuple[str, str, str]] = [
        ("job", old, new) for old, onward in MOVES.items() for new in sorted(onward)
    ]
    moves += [("request", old, new) for old, onward in REQUEST_MOVES.items() for new in sorted(onward)]
    rows = ", ".join(f"('{kind}', '{old}', '{new}')" for kind, old, new in moves)
    connection.executescript(
        f"BEGIN IMMEDIATE; {script} INSERT INTO moves VALUES {rows}; PRAGMA user_version = {VERSION}; COMMIT;"  # noqa: S608 (from enums)
    )
