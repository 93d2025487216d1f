"""`armslength graph`: the actions of a study, or the query of a dataset, to look at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Annotated

import typer

from armslength.kernel.errors import Mistake

app = typer.Typer(help="Draw the actions of a study, or the query of a dataset.")


@app.command()
def graph_command(
    subject: Annotated[
        Path, typer.Argument(metavar="[PROJECT | DEFINITION.py]", help="A study, or a dataset definition")
    ] = Path(),
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="[-- PARAMETERS…]", help="Parameters of a definition")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="A .svg file; for a query also .dot. A study's default is text"
        ),
    ] = None,
) -> int:
    """Draw what is needed first on the left: actions of a study by their needs, or the parts of a query."""
    if subject.suffix == ".py":
        from armslength.cli.ehrql import graph_query

        drawn = output or Path("query.svg")
        return graph_query.run(
            argparse.Namespace(definition=subject, parameters=parameters or [], output=drawn)
        )
    return _draw_actions(subject, output)


def _draw_actions(subject: Path, output: Path | None) -> int:
    from armslength.kernel.files import write_text
    from armslength.pipeline.drawing import as_svg, as_text
    from armslength.runner.local.study import find_study

    study = find_study(subject)
    pipeline = study.read_pipeline()
    if output is None:
        print(as_text(pipeline), end="")
        return 0
    if output.suffix != ".svg":
        raise Mistake(
            "P032",
            f"graphs of actions are not written as `{output.name}`",
            hint="end it in .svg",
            exit_status=2,
        )
    try:
        write_text(output, as_svg(pipeline, title=study.folder.name))
    except OSError as error:
        raise Mistake("P033", f"the graph cannot be written: {error.strerror}", where=str(output)) from None
    return 0
