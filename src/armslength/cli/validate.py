"""`armslength validate`: everything that is wrong with a pipeline file, at once and offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from armslength.kernel.errors import Mistake, Mistakes

if TYPE_CHECKING:
    from armslength.pipeline.model import Pipeline

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def validate(
    project: Annotated[
        Path,
        typer.Argument(metavar="[PROJECT]", help="A project.yaml, or the folder of a study; `-` reads stdin"),
    ] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print problems and actions as JSON")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of project.yaml, for editors")
    ] = False,
) -> int:
    """Check a pipeline file: all problems at once, each with its line, and what to do.

    The exit status is 0 when the file can be used and 1 when it cannot.
    """
    from armslength.pipeline.reading import read_pipeline

    if schema:
        from armslength.pipeline.schema import schema as schema_of_pipeline

        print(json.dumps(schema_of_pipeline(), indent=2, ensure_ascii=False))
        return 0
    content, name = _content(project)
    try:
        pipeline = read_pipeline(content, name=name)
    except Mistakes as mistakes:
        if not as_json:
            raise
        problems = [_problem(one) for one in mistakes.mistakes]
        print(json.dumps({"valid": False, "problems": problems, "warnings": []}, indent=1))
        return 1
    if as_json:
        print(json.dumps(_described(pipeline), indent=1))
        return 0
    for warning in pipeline.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    count = len(pipeline.actions)
    print(f"{name} is valid: {count} {'action' if count == 1 else 'actions'}, version {pipeline.version}")
    return 0


def _described(pipeline: Pipeline) -> dict[str, object]:
    """Return a pipeline for programs."""
    return {
        "valid": True,
        "version": pipeline.version,
        "problems": [],
        "warnings": list(pipeline.warnings),
        "actions": [
            {
                "action": action.id,
                "line": action.place.line,
                "environment": action.command.environment,
                "reads_database": action.reads_database,
                "needs": list(action.needs),
                "outputs": {output.pattern: output.level.value for output in action.outputs},
            }
            for action in pipeline.actions.values()
        ],
    }


def _content(project: Path) -> tuple[bytes, str]:
    from armslength.runner.local.study import find_study, read_pipeline_file

    if str(project) == "-":
        return sys.stdin.buffer.read(), "stdin"
    if project.is_file():
        return read_pipeline_file(project), str(project)
    if not project.exists():
        raise Mistake("P031", "there is no such file or folder", where=str(project))
    study = find_study(project)
    return read_pipeline_file(study.pipeline_file), study.pipeline_file.name


def _problem(mistake: Mistake) -> dict[str, object]:
    """Return a problem for programs, its place taken apart."""
    place, _, excerpt = (mistake.where or "").partition("\n")
    name, line, column = [*place.rsplit(":", 2), "", ""][:3]
    placed = line.isdigit() and column.isdigit()
    return {
        "code": mistake.code,
        "what": mistake.what,
        "file": name if placed else place,
        "line": int(line) if placed else None,
        "column": int(column) if placed else None,
        "excerpt": excerpt.split("|", 1)[1].split("\n")[0].strip() if "|" in excerpt else "",
        "hint": mistake.hint,
    }
