"""The configuration of one runner: a TOML file. Secrets are in files it names, never in it."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from armslength.kernel.errors import Mistake

# section: key: (type, default). A default of None means that the key is required.
KEYS: Mapping[str, Mapping[str, tuple[type, Any]]] = {
    "runner": {
        "state": (str, None),  # folder of the job database, mirrors of repositories and work areas
        "high_privacy": (str, None),
        "medium_privacy": (str, None),
        "policy": (str, None),
        "executor": (str, "sandbox"),
        "threads": (int, 4),  # that fetch code and copy outputs
        "memory_megabytes": (int, 0),  # all jobs together; 0: what the machine has
    },
    "server": {
        "token_file": (str, None),
        "poll_seconds": (int, 5),
        "timeout_seconds": (int, 20),
    },
    "database": {
        "folder": (str, ""),  # a store; mounted read-only for queries alone
        "url": (str, ""),  # DATABASE_URL as the query command sees it
        "backend": (str, "core"),
        "conformance": (str, ""),  # a verdict on the database, in its folder
        "conformance_rule": (str, "refuse"),
    },
}
DATABASE_INSIDE = "/database"
CONFORMANCE_RULES = ("refuse", "warn")


@dataclass(frozen=True)
class Configuration:
    """Where everything of a runner is. Paths are absolute."""

    where: Path
    state: Path
    high_privacy: Path
    medium_privacy: Path
    policy: Path
    token_file: Path
    executor: str = "sandbox"
    threads: int = 4
    memory_megabytes: int = 4096
    poll_seconds: float = 5
    timeout_seconds: float = 20
    database_folder: Path | None = None
    database_variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def job_database(self) -> Path:
        """The SQLite file of jobs and requests."""
        return self.state / "jobs.sqlite3"

    def token(self) -> str:
        """Read the token, or raise Mistake R002 when it is missing, empty or open to others."""
        try:
            mode = self.token_file.stat().st_mode
            token = self.token_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise Mistake("R002", f"the token cannot be read: {why}", where=str(self.token_file)) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            hint = f"run: chmod 600 {self.token_file}"
            raise Mistake("R002", "other users may read this token", where=str(self.token_file), hint=hint)
        if not token or not token.isprintable():
            raise Mistake("R002", "this file holds no token", where=str(self.token_file))
        return token


def read_configuration(path: Path) -> Configuration:
    """Read a configuration file, or raise Mistake R001. Relative paths start at the file's folder."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "give the file with --config or in ARMSLENGTH_RUNNER_CONFIG"
        raise Mistake(
            "R001", f"the configuration cannot be read: {error.strerror}", where=str(path), hint=hint
        ) from None
    except ValueError as error:
        raise Mistake("R001", f"the configuration is not TOML: {error}", where=str(path)) from None
    values = {section: _read_section(document, section, path) for section in KEYS}
    for section in document:
        if section not in KEYS:
            raise _unknown(section, "section", KEYS, path)
    runner, server, database = values["runner"], values["server"], values["database"]
    base = path.resolve().parent
    paths = {name: base / runner[name] for name in ("state", "high_privacy", "medium_privacy", "policy")}
    _check_apart({name: paths[name] for name in ("state", "high_privacy", "medium_privacy")}, path)
    folder = base / database["folder"] if database["folder"] else None
    return Configuration(
        where=path,
        **paths,
        token_file=base / server["token_file"],
        executor=runner["executor"],
        threads=max(1, runner["threads"]),
        memory_megabytes=runner["memory_megabytes"] or _memory_of_machine(),
        poll_seconds=max(1, server["poll_seconds"]),
        timeout_seconds=max(1, server["timeout_seconds"]),
        database_folder=folder,
        database_variables={
            "DATABASE_URL": database["url"] or DATABASE_INSIDE,
            "OPENSAFELY_BACKEND": database["backend"],
            **_verdict(database, folder, path),
        },
    )


def _verdict(database: Mapping[str, Any], folder: Path | None, path: Path) -> dict[str, str]:
    """Return what tells queries of the verdict on the database. Raises Mistake R001 where it is not to be found."""
    name, rule = database["conformance"], database["conformance_rule"]
    if rule not in CONFORMANCE_RULES:
        hint = f"write one of: {', '.join(CONFORMANCE_RULES)}"
        raise Mistake("R001", f"`{rule}` is no `conformance_rule`", where=str(path), hint=hint)
    if not name:
        return {}
    # Queries see the folder of the database and nothing else of this machine, so the verdict lies there.
    if folder is None or not (folder / name).resolve().is_relative_to(folder.resolve()):
        hint = "copy it into the folder of the database and give its name alone"
        raise Mistake(
            "R001",
            f"`conformance` names no file in the database's folder: {name}",
            where=str(path),
            hint=hint,
        )
    if not (folder / name).is_file():
        hint = f"make it: armslength contracts check … --json {folder / name}"
        raise Mistake(
            "R001", f"there is no verdict `{name}` in the database's folder", where=str(path), hint=hint
        )
    return {
        "ARMSLENGTH_CONFORMANCE": f"{DATABASE_INSIDE}/{name}",
        "ARMSLENGTH_CONFORMANCE_RULE": rule,
    }


def _read_section(document: dict[str, Any], section: str, path: Path) -> dict[str, Any]:
    given = document.get(section, {})
    if not isinstance(given, dict):
        raise Mistake("R001", f"`{section}` must be a section: [{section}]", where=str(path))
    for key in given:
        if key not in KEYS[section]:
            raise _unknown(key, f"key of [{section}]", KEYS[section], path)
    values = {}
    for key, (kind, default) in KEYS[section].items():
        value = given.get(key, default)
        if value is None:
            raise Mistake("R001", f"[{section}] has no `{key}`", where=str(path))
        if type(value) is not kind:
            wanted = {"str": "a text", "int": "a whole number"}[kind.__name__]
            raise Mistake("R001", f"`{key}` of [{section}] must be {wanted}", where=str(path))
        values[key] = value
    return values


def _unknown(name: str, what: str, known: Mapping[str, Any], path: Path) -> Mistake:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else "there is: " + ", ".join(known)
    return Mistake("R001", f"`{name}` is not a {what}", where=str(path), hint=hint)


def _memory_of_machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20


def _check_apart(folders: dict[str, Path], path: Path) -> None:
    """No level may lie inside another: a path in the lower one would be a door to the higher."""
    for name, folder in folders.items():
        for other, outer in folders.items():
            if name != other and folder.resolve().is_relative_to(outer.resolve()):
                raise Mistake(
                    "R001", f"`{name}` lies inside `{other}`", where=str(path), hint="keep them apart"
                )
