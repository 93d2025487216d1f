"""A tutorial as a program: what its pages type, run in a copy of the study, and what they quote from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"\]\(\.\./images/([\w.-]+)\)")
# What differs between runs and machines, and says nothing of what was done: how long it took, and the
# sizes of files, which depend on the fonts and the compressor at hand.
DIFFERS = (
    (re.compile(r"\b(?:\d+(?:\.\d+)? ?s\b|\d+:\d\d(?::\d\d)?\b)(?: \(\d+:\d\d:\d\d\))?"), "TIME"),
    (re.compile(r"\b\d[\d,.]* (?:B|[kKM]i?B)\b"), "SIZE"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One command of a page and what it printed, as a terminal shows them."""

    command: str
    printed: str


def typed(block: str) -> list[Typed]:
    """The commands of a `console` block: `$ ` begins one, what follows until the next is its output."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    assert parts[0] == "", f"a console block begins with a command, not with {parts[0]!r}"
    return [
        Typed(command=command, printed=printed.rstrip("\n"))
        for command, printed in zip(parts[1::2], parts[2::2], strict=True)
    ]


def blocks(page: str, *languages: str) -> list[str]:
    return [text for language, text in FENCE.findall(page) if language in languages]


def alike(printed: str) -> str:
    """What was printed, without what differs between machines."""
    for pattern, name in DIFFERS:
        printed = pattern.sub(name, printed)
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())


def run(command: str, *, study: Path) -> str:
    """Type a command into a shell that stands in the study; return what the terminal would show."""
    return finished(command, study=study).stdout


def finished(command: str, *, study: Path) -> subprocess.CompletedProcess[str]:
    programs = str(Path(sys.executable).parent)
    environ = {
        name: text for name, text in os.environ.items() if not name.startswith(("ARMSLENGTH_", "PYTEST"))
    }
    environ |= {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
    }
    environ.pop("CI", None)
    return subprocess.run(
        ["bash", "-c", command], cwd=study, env=environ, text=True, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def rewritten(page: str, *, study: Path, pictures: Path) -> str:
    """The page with what its commands print today; a picture is taken when the page comes to it."""
    parts: list[str] = []
    end = 0
    for fence in FENCE.finditer(page):
        take_pictures(page[end : fence.start()], study=study, to=pictures)
        parts += [page[end : fence.start()], answered(fence, study=study)]
        end = fence.end()
    take_pictures(page[end:], study=study, to=pictures)
    return "".join([*parts, page[end:]])


def take_pictures(text: str, *, study: Path, to: Path) -> None:
    for picture in PICTURE.findall(text):
        shutil.copy(study / "output" / "results" / picture, to / picture)


def answered(fence: re.Match[str], *, study: Path) -> str:
    """A block with what its commands print today; one of another language as it is."""
    if fence[1] != "console":
        return fence[0]
    lines = []
    for one in typed(fence[2]):
        printed = "\n".join(line.rstrip() for line in run(one.command, study=study).strip("\n").splitlines())
        lines.append(f"$ {one.command}\n{printed}\n" if printed else f"$ {one.command}\n")
    return f"```console\n{''.join(lines)}```"
