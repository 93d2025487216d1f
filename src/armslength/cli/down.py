"""`armslength down`: stop what `armslength up` started."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from armslength.cli.up import FOLDER

app = typer.Typer(add_completion=False)


@app.command()
def down(
    folder: Annotated[Path, typer.Option(help="The folder that was given to `up`")] = FOLDER,
    forget: Annotated[bool, typer.Option("--forget", help="Remove the folder, too")] = False,
) -> None:
    """Stop both sites and the runner that `up` started. What they hold is kept, unless --forget."""
    import shutil

    from armslength.cli.stage import services

    folder = folder.resolve()
    running = services.remembered(folder)
    services.stop(running)
    print(f"stopped {', '.join(service.name for service in running)}" if running else "nothing was running")
    if forget and (folder / "services.json").exists():
        shutil.rmtree(folder)
        print(f"removed {folder}")
