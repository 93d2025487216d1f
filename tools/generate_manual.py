"""Print the manual of the query language from its specification, and a page for each contract of tables.

Every example of the manual is a test that runs on every engine. `--check` changes nothing and fails when a page is old.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from manual.contracts import contract_pages
from manual.language import language_pages

HOUSE = Path(__file__).parents[1]
REFERENCE = HOUSE / "docs" / "reference"


def pages() -> dict[Path, str]:
    """Every page that is printed, with its text as it should be."""
    made = {REFERENCE / "language" / name: text for name, text in language_pages(HOUSE).items()}
    made |= {REFERENCE / "tables" / name: text for name, text in contract_pages().items()}
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is old")
    check = parser.parse_args().check
    wanted = pages()
    found = {path for folder in ("language", "tables") for path in (REFERENCE / folder).glob("*.md")}
    stray = sorted(found - set(wanted))
    old = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    names = ", ".join(str(path.relative_to(HOUSE)) for path in (*old, *stray))
    if check:
        if names:
            print(f"old: {names}; run tools/generate_manual.py and commit what it changes", file=sys.stderr)
        return int(bool(names))
    for path in stray:
        path.unlink()
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path])
    print(f"printed anew: {names}" if names else "the manual is current")
    return 0


if __name__ == "__main__":
    sys.exit(main())
