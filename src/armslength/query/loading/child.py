"""Inside the jail: run one definition and send its query back as data.

    python -m armslength.query.loading.child DESCRIPTOR FOLDERS SHOWING DEFINITION PARAMETERS…

SHOWING is empty, or the format of what `show()` prints and the folder of tables it looks at: `ascii:tables`.

The answer goes to DESCRIPTOR: a first line `loaded` or `mistake`, then JSON. What the definition prints goes to
stderr. Nothing this process says is believed: it ran somebody's code. The parent checks the model as it would
any message from outside.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from armslength.kernel.errors import Mistake, Mistakes
from armslength.kernel.seccomp import refuse_programs
from armslength.query.loading.catalogue import class_of
from armslength.query.loading.explain import explain, shown_path

LOADED, MISTAKE = b"loaded\n", b"mistake\n"


def main(arguments: list[str]) -> int:
    """Run the definition, write the answer, return the exit status."""
    descriptor, roots, showing, definition, *parameters = arguments
    folders = tuple(Path(root) for root in roots.split(os.pathsep))
    result = os.fdopen(int(descriptor), "wb")
    os.set_inheritable(result.fileno(), False)
    os.dup2(2, 1)
    refuse_programs()
    answer, status = _answer(Path(definition), folders, parameters, showing)
    sys.stderr.flush()
    result.write(answer)
    result.close()
    return status


def _answer(
    definition: Path, folders: tuple[Path, ...], parameters: list[str], showing: str = ""
) -> tuple[bytes, int]:
    """The document of the definition, or of the mistake it holds."""
    from armslength.query.loading.collect import collect
    from armslength.query.model.serialize import write

    if showing:
        _switch_on_show(showing)
    try:
        return LOADED + write(collect(run(definition, parameters))), 0
    except SystemExit as asked:
        return _mistake(*_end_of_program(asked, definition, folders))
    except (Mistake, Mistakes) as mistake:
        first = mistake.mistakes[0] if isinstance(mistake, Mistakes) else mistake
        told = explain(mistake, folders=folders, definition=definition)
        return _mistake(
            first.code, first.what, first.where or told.where, first.hint or told.hint, first.exit_status
        )
    except BaseException as error:
        told = explain(error, folders=folders, definition=definition)
        known = class_of(error)
        code = "Q003" if isinstance(error, SyntaxError) else known.code if known else "Q002"
        status = 11 if type(error).__name__ == "FileValidationError" else 10
        return _mistake(code, told.what, told.where, told.hint, status)


def _switch_on_show(showing: str) -> None:
    from armslength.query.language import show
    from armslength.query.loading.showing import renderer_for

    display_format, _, folder = showing.partition(":")
    show.renderer = renderer_for(Path(folder) if folder else None, display_format)


def run(definition: Path, parameters: list[str]) -> dict[str, Any]:
    """Execute a definition and return its variables.

    Its folder comes first on the import path, then the study's: both `import helpers` and `from analysis.helpers
    import …` are usual.
    """
    from armslength.query.language import files

    files.study = Path.cwd()
    sys.path[:0] = [str(definition.parent), str(Path.cwd())]
    sys.argv = [str(definition), *parameters]
    return runpy.run_path(str(definition), run_name=definition.stem)


def _end_of_program(
    asked: SystemExit, definition: Path, folders: tuple[Path, ...]
) -> tuple[str, str, str, str | None, int]:
    """A definition that ends itself gives no dataset, whatever its status."""
    if isinstance(asked.code, str):
        return "Q005", asked.code[:2000], shown_path(definition, folders), None, 10
    status = asked.code if isinstance(asked.code, int) else 0
    told = explain(asked, folders=folders, definition=definition)
    what = f"the definition ended itself with sys.exit({status})"
    return (
        "Q005",
        what,
        told.where,
        "a definition ends by itself when its last line is done",
        status & 255 or 10,
    )


def _mistake(code: str, what: str, where: str, hint: str | None, status: int) -> tuple[bytes, int]:
    told = {"code": code, "what": what, "where": where, "hint": hint, "exit_status": status}
    return MISTAKE + json.dumps(told).encode(), status


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # Threads and exit handlers that the definition left behind have no say in how this ends.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
