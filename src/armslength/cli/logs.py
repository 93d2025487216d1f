"""`armslength logs`: what an action said when it last ran."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from armslength.cli.studies import ProjectOption
from armslength.kernel.errors import Mistake
from armslength.pipeline.problems import did_you_mean

if TYPE_CHECKING:
    from armslength.runner.local.study import Study

app = typer.Typer(add_completion=False, rich_markup_mode=None)

POLL_SECONDS = 0.2


@app.command()
def logs(
    action: Annotated[
        str | None, typer.Argument(metavar="[ACTION]", help="Whose log; none: list the logs.")
    ] = None,
    project: ProjectOption = Path(),
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="Only the last lines; 0: the whole log.")
    ] = 0,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on printing what is added, until Ctrl-C.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the log of an action, or list all logs with when they were written."""
    from armslength.runner.local.study import find_study

    study = find_study(project)
    if action is None:
        _list(study, as_json=as_json)
        return
    path = _log_of(study, action)
    text = path.read_text(encoding="utf-8", errors="replace")
    shown = text.splitlines()[-lines:] if lines else text.splitlines()
    if as_json:
        print(json.dumps({"action": action, "log": str(path), "lines": shown}, indent=2))
        return
    print("\n".join(shown))
    if follow:
        _follow(path, at=len(text.encode("utf-8", "replace")))


def _log_of(study: Study, action: str) -> Path:
    """The log file of an action. Raises Mistake X032 when there is none, P030 when there is no such action."""
    path = study.log(action)
    if "/" not in action and path.is_file():
        return path
    known = _action_names(study)
    if known and action not in known:
        hint = did_you_mean(action, known, otherwise="actions are " + ", ".join(known[:20]))
        raise Mistake("P030", f"there is no action `{action[:100]}` in this pipeline", "project.yaml", hint)
    hint = f"run it: `armslength run {action}`"
    raise Mistake("X032", f"action `{action[:100]}` has no log, because it never ran here", str(path), hint)


def _action_names(study: Study) -> list[str]:
    from armslength.kernel.errors import Mistakes

    try:
        return list(study.read_pipeline().actions)
    except (Mistake, Mistakes):
        return []


def _list(study: Study, *, as_json: bool) -> None:
    found: list[dict[str, Any]] = []
    for path in sorted((study.folder / "metadata").glob("*.log")):
        status = path.stat()
        last = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        written = datetime.fromtimestamp(status.st_mtime, tz=UTC).isoformat(timespec="seconds")
        about = {"action": path.stem, "log": str(path), "bytes": status.st_size, "written": written}
        found.append(about | {"last_line": last[0] if last else ""})
    if as_json:
        print(json.dumps(found, indent=2))
    elif not found:
        print("nothing ran here yet; `armslength run run_all` runs every action", file=sys.stderr)
    width = max((len(one["action"]) for one in found), default=0)
    for one in () if as_json else found:
        print(f"{one['action']:<{width}}  {one['written']}  {one['last_line'][:100]}")


def _follow(path: Path, *, at: int) -> None:
    """Print what is appended. A log that is written anew is printed from its beginning."""
    while True:
        time.sleep(POLL_SECONDS)
        size = path.stat().st_size if path.exists() else 0
        if size < at:
            at = 0
        if size > at:
            with path.open("rb") as file:
                file.seek(at)
                added = file.read()
            at += len(added)
            print(added.decode("utf-8", "replace"), end="", flush=True)
