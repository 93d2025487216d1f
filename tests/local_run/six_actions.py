# ruff: noqa: E501 (programs stand here as they are written)
"""A study of six quick actions, and how to make it one action with any program."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

Cli = Callable[..., int]
PIPELINE = """\
version: '5.0'
actions:
  people:
    run: python:v2 python analysis/people.py
    outputs:
      highly_sensitive:
        people: output/people.csv
  ages:
    run: python:v2 python analysis/count.py age output/ages.csv
    needs: [people]
    outputs:
      moderately_sensitive:
        table: output/ages.csv
  sexes:
    run: python:v2 python analysis/count.py sex output/sexes.csv
    needs: [people]
    outputs:
      moderately_sensitive:
        table: output/sexes.csv
  letters:
    run: python:v2 python analysis/letters.py
    config: {letters: abc}
    outputs:
      moderately_sensitive:
        letters: output/letters/*.txt
  together:
    run: python:v2 python analysis/together.py
    needs: [ages, sexes]
    outputs:
      moderately_sensitive:
        table: output/together.csv
  last:
    run: python:v2 python analysis/last.py
    needs: [together, letters]
    outputs:
      moderately_sensitive:
        text: output/last.md
"""
SCRIPTS = {
    "people.py": "from pathlib import Path\nrows = [f'{n},{20 + n % 5 * 10},{\"MF\"[n % 2]}' for n in range(1, 201)]\n"
    "Path('output/people.csv').write_text('patient_id,age,sex\\n' + '\\n'.join(rows) + '\\n')\nprint('wrote', len(rows))\n",
    "count.py": "import csv, sys\nfrom collections import Counter\nfrom shared import write\n"
    "rows = list(csv.DictReader(open('output/people.csv')))\n"
    "write(sys.argv[2], sys.argv[1], Counter(row[sys.argv[1]] for row in rows))\n",
    "shared.py": "def write(path, name, counts):\n    lines = [f'{key},{counts[key]}' for key in sorted(counts)]\n"
    "    open(path, 'w').write(f'{name},count\\n' + '\\n'.join(lines) + '\\n')\n",
    "letters.py": "import json, os, sys\nfrom pathlib import Path\nPath('output/letters').mkdir(exist_ok=True)\n"
    "for letter in json.loads(sys.argv[sys.argv.index('--config') + 1])['letters']:\n"
    "    Path(f'output/letters/{letter}.txt').write_text(letter)\n",
    "together.py": "text = open('output/ages.csv').read() + open('output/sexes.csv').read()\n"
    "open('output/together.csv', 'w').write(text.replace('age,count\\n', 'value,count\\n').replace('sex,count\\n', ''))\n",
    "last.py": "import os\nopen('output/last.md', 'w').write(' '.join(sorted(os.listdir('output/letters'))) + '\\n')\n",
}  # fmt: skip


def one_action(folder: Path, program: str, *, outputs: str = "output/a.csv", more: str = "") -> None:
    """Make the study one action with this program."""
    (folder / "project.yaml").write_text(
        "version: '5.0'\nactions:\n  one:\n    run: python:v2 python analysis/one.py\n"
        f"    outputs:\n      moderately_sensitive:\n        a: {outputs}\n{more}"
    )
    (folder / "analysis" / "one.py").write_text(program)


def replace_in(path: Path, old: str, new: str) -> None:
    """Change a file of a study as a person would."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def verdicts(printed: str) -> dict[str, str]:
    """Return what `plan` says of each action."""
    found = re.findall(r"^(run|perhaps|keep) +(\S+) ", printed, re.MULTILINE)
    return {action: verdict for verdict, action in found}
