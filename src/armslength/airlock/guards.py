"""What the database refuses even when our own code is wrong: triggers written from the tables of states.

They are replaced after each migration, so they always say what MOVES says today.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from armslength.airlock.models.states import FIRST, MOVES

REFUSAL = "armslength guard"


def _moves() -> str:
    pairs = [f"(OLD.state = '{a}' AND NEW.state = '{b}')" for a, onward in MOVES.items() for b in onward]
    return " OR ".join(pairs)


def _guard(name: str, when: str, condition: str, words: str) -> tuple[str, str]:
    return (
        f"guard_{name}",
        f"CREATE TRIGGER guard_{name} BEFORE {when} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {words}'); END",
    )


def _author_of(row: str) -> str:
    return f"(SELECT author FROM airlock_releaserequest WHERE id = {row}.request_id)"  # noqa: S608 - our own constants


def guards() -> dict[str, str]:
    """Return each guard's name and its SQL."""
    return dict([*_request_guards(), *_leaving_guards(), *_review_guards(), *_audit_guards()])


def _request_guards() -> list[tuple[str, str]]:
    table = "airlock_releaserequest"
    return [
        _guard("first_state", f"INSERT ON {table}", f"NEW.state <> '{FIRST}'", "a request starts pending"),
        _guard(
            "legal_move",
            f"UPDATE OF state ON {table}",
            f"OLD.state <> NEW.state AND NOT ({_moves()})",
            "this move is not in the table of moves",
        ),
        _guard(
            "same_author",
            f"UPDATE OF author, workspace, project ON {table}",
            "OLD.author <> NEW.author OR OLD.workspace <> NEW.workspace OR OLD.project <> NEW.project",
            "a request keeps its author and workspace",
        ),
    ]


def _leaving_guards() -> list[tuple[str, str]]:
    approvers = (
        "(SELECT count(DISTINCT v.reviewer) FROM airlock_vote v JOIN airlock_review r"
        " ON r.request_id = v.request_id AND r.reviewer = v.reviewer AND r.turn = NEW.turn"
        " WHERE v.file_id = f.id AND v.choice = 'approved' AND v.sha256 = f.sha256 AND v.reviewer <> NEW.author)"
    )
    outputs = "SELECT 1 FROM airlock_requestfile f WHERE f.request_id = NEW.id AND f.kind = 'output'"
    proved = "(SELECT completed_at FROM airlock_outboxrelease WHERE request_id = NEW.id) IS NOT NULL"
    return [
        _guard(
            "two_approvals",
            "UPDATE OF state ON airlock_releaserequest",
            f"NEW.state = 'approved' AND OLD.state <> 'approved' AND EXISTS ({outputs} AND {approvers} < 2)",
            "two people have not approved these bytes",
        ),
        _guard(
            "released_is_proved",
            "UPDATE OF state ON airlock_releaserequest",
            f"NEW.state = 'released' AND NOT {proved}",
            "the server has not proved that it has the release",
        ),
    ]


def _review_guards() -> list[tuple[str, str]]:
    other_author = "NEW.author IS NOT " + _author_of("NEW")
    other_file = "NEW.request_id IS NOT (SELECT request_id FROM airlock_requestfile WHERE id = NEW.file_id)"
    untrue = f"{other_author} OR {other_file}"
    words = "a vote names the true author"
    return [
        _guard("vote_author", "INSERT ON airlock_vote", untrue, words),
        _guard("vote_kept", "UPDATE ON airlock_vote", f"{untrue} OR NEW.reviewer <> OLD.reviewer", words),
        _guard("review_author", "INSERT ON airlock_review", other_author, "a review names the true author"),
        _guard("review_kept", "UPDATE ON airlock_review", "1", "a submitted review is never changed"),
    ]


def _audit_guards() -> list[tuple[str, str]]:
    words = "the audit trail is append-only"
    return [
        _guard("audit_kept", "UPDATE ON airlock_auditentry", "1", words),
        _guard("audit_stays", "DELETE ON airlock_auditentry", "1", words),
    ]


def install(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Put every guard in place, replacing older wording."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, sql in guards().items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(sql)


def why_not_guarded(using: str = DEFAULT_DB_ALIAS) -> str | None:
    """Return None, or which guards are missing from the database."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = dict(cursor.fetchall())
    missing = [name for name, sql in guards().items() if found.get(name) != sql]
    return f"the database lacks these guards: {', '.join(missing)}" if missing else None
