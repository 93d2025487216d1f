"""The study on the README's first screen runs, and what the README points to is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from armslength.query.stores.sample.population import make_sample

HOUSE = Path(__file__).parents[2]
README = (HOUSE / "README.md").read_text()


def test_the_study_of_the_first_screen_answers_on_a_sample(tmp_path):
    (study,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    shutil.copytree(HOUSE / "examples" / "statins-in-diabetes" / "codelists", tmp_path / "codelists")
    (tmp_path / "study.py").write_text(study)
    make_sample(tmp_path / "store", patients=2000, seed=1)
    command = [sys.executable, "-m", "ehrql", "generate-dataset", "study.py", "--dsn", "store"]
    done = subprocess.run(
        [*command, "--output", "dataset.csv"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    header, *rows = (tmp_path / "dataset.csv").read_text().splitlines()
    assert header == "patient_id,age,statin"
    assert {row.split(",")[2] for row in rows} == {"T", "F"}


def test_everything_the_readme_points_to_is_there():
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", README)]
    missing = [
        target for target in targets if not target.startswith("http") and not (HOUSE / target).exists()
    ]
    assert missing == []
