"""`ehrql dump-example-data`: five small tables of people who do not exist, to try a definition on."""

from __future__ import annotations

import argparse
from pathlib import Path

from armslength.kernel.errors import Mistake


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "-d",
        "--dst-dir",
        type=Path,
        default=Path("example-data"),
        metavar="FOLDER",
        help="where to write the tables (default: example-data); other files there are left alone",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write each table, whole; files of the same names are replaced."""
    from armslength.kernel.files import write_text
    from armslength.query.loading.example_data import example_files

    folder: Path = arguments.dst_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table, file in example_files().items():
            write_text(folder / f"{table}.csv", file.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "choose another folder with `--dst-dir`"
        raise Mistake(
            "Q123", f"the example data cannot be written: {error.strerror}", str(folder), hint
        ) from None
    return 0
