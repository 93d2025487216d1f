"""Print into the docs what the docs take from the code: `--check` changes nothing and fails when something is old."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[1]
SOURCE = HOUSE / "src" / "armslength"
ROOMS = (
    "query",
    "sqlrunner",
    "pipeline",
    "runner",
    "server",
    "airlock",
    "web",
    "disclosure",
    "policy",
    "ledger",
    "wire",
    "kernel",
    "testing",
    "cli",
)
MARKS = ("<!-- rooms: printed from the code -->", "<!-- end of rooms -->")


def purpose(room: str) -> str:
    """The sentence a room's `__init__.py` opens with, without its label."""
    text = ast.get_docstring(ast.parse((SOURCE / room / "__init__.py").read_text())) or ""
    sentence = text.splitlines()[0]
    label, colon, rest = sentence.partition(": ")
    words = rest if colon and label.isupper() else sentence
    return words[0].upper() + words[1:]


def rooms_table() -> str:
    rows = [f"| `{room}` | {purpose(room)} |" for room in ROOMS if (SOURCE / room).is_dir()]
    return "\n".join(["| Room | What for |", "|---|---|", *rows])


def readme() -> str:
    text = (HOUSE / "README.md").read_text()
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n{rooms_table()}\n{MARKS[1]}{after}"


def pages() -> dict[Path, str]:
    """Every page that is printed, with its text as it should be."""
    from armslength.disclosure.policy import DEFAULT
    from armslength.disclosure.telling import manual
    from armslength.policy.page import policy_page
    from armslength.query.api.backend_pages import backend_pages
    from armslength.query.api.engine_pages import engines_page
    from armslength.query.api.table_stubs import table_stubs

    reference = HOUSE / "docs" / "reference"
    return {
        HOUSE / "README.md": readme(),
        reference / "policy.md": policy_page(),
        reference / "engines.md": engines_page(),
        reference / "disclosure-checks.md": manual.checks_page(DEFAULT),
        reference / "disclosure-policy.md": manual.policy_page(),
        **{reference / "checks" / name: text for name, text in manual.check_pages().items()},
        **{reference / "backends" / name: text for name, text in backend_pages().items()},
        **{HOUSE / "src" / "ehrql" / "tables" / name: text for name, text in table_stubs().items()},
    }


def main() -> int:
    old = {path: text for path, text in pages().items() if not path.exists() or path.read_text() != text}
    names = ", ".join(str(path.relative_to(HOUSE)) for path in old)
    if "--check" in sys.argv:
        if old:
            print(f"old: {names}; run `make docs` and commit what it changes", file=sys.stderr)
        return int(bool(old))
    for path, text in old.items():
        path.write_text(text)
    print(f"printed anew: {names}" if old else "everything is current")
    return 0


if __name__ == "__main__":
    sys.exit(main())
