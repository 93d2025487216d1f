"""The packages that a study's scripts load, read from their text: a hint of what will be missing, no more."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from armslength.cli.codelists.study import NOT_SEARCHED, python_files
from armslength.cli.doctor.findings import as_root
from armslength.pipeline.reading import FILE_NAME
from armslength.runner.environments.building import built_environment
from armslength.runner.environments.finding import r_wanted
from armslength.runner.environments.recipes import recipe_folder

LOADED_IN_R = re.compile(
    r"^[^#\n]*?\b(?:(?:library|require|requireNamespace)\(\s*[\"']?([A-Za-z][A-Za-z0-9.]*)[\"']?|([A-Za-z][A-Za-z0-9.]*):::?)",
    re.MULTILINE,
)
# They come with R itself.
BASE_R = frozenset(
    {"base", "compiler", "datasets", "graphics", "grDevices", "grid", "methods", "parallel"}
    | {"splines", "stats", "stats4", "tcltk", "tools", "utils"}
)


def r_packages(folder: Path) -> tuple[str, ...]:
    """The packages that the study's R scripts load, without those that come with R."""
    if not (folder / FILE_NAME).is_file():
        return ()
    found: set[str] = set()
    for path in _files(folder, (".r", ".rmd", ".qmd")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found.update(first or second for first, second in LOADED_IN_R.findall(text))
    return tuple(sorted(found - BASE_R))


def python_packages(folder: Path) -> tuple[str, ...]:
    """The packages that the study's Python scripts import and this Python cannot find."""
    if not (folder / FILE_NAME).is_file():
        return ()
    files = list(python_files(folder))
    own = {path.stem for path in files} | {path.parent.name for path in files}
    names = {name for path in files for name in _imported(path)} - own - set(sys.stdlib_module_names)
    return tuple(sorted(name for name in names if importlib.util.find_spec(name) is None))


# Where the name that is imported is not the name that is installed.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "bs4": "beautifulsoup4",
}
PYTHON, R = "python-v2", "r-v2"
LIBRARY_OF_ALL = "/usr/local/lib/R/site-library"


def distribution_of(module: str) -> str:
    """The name under which a module is installed.

    >>> distribution_of("sklearn"), distribution_of("pandas")
    ('scikit-learn', 'pandas')
    """
    return DISTRIBUTIONS.get(module, module)


def in_recipe(modules: Iterable[str]) -> list[str]:
    """Those of these modules that the locked environment for Python holds."""
    lines = (recipe_folder(PYTHON) / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = {line.partition("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}
    return [name for name in modules if distribution_of(name).lower() in locked]


def built_already() -> bool:
    """Whether the locked environment for Python is there, so that actions find what it holds."""
    return built_environment(PYTHON) is not None


def in_debian(packages: Iterable[str]) -> list[str]:
    """The Debian packages that hold these R packages, as far as the recipe or this machine's lists know them."""
    wanted = [f"r-cran-{name.lower()}" for name in packages]
    known = set(r_wanted(R))
    unknown = [name for name in wanted if name not in known]
    if unknown and shutil.which("apt-cache"):
        line = ["apt-cache", "--no-generate", "pkgnames", "r-cran-"]
        told = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
        known |= set(told.stdout.split())
    return [name for name in wanted if name in known]


def install_from_cran(packages: Iterable[str]) -> str:
    """The command that puts R packages where actions find them."""
    names = ", ".join(f'"{name}"' for name in packages)
    repository = "https://cloud.r-project.org"
    return as_root(f'Rscript -e \'install.packages(c({names}), "{LIBRARY_OF_ALL}", repos = "{repository}")\'')


def _imported(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _files(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in NOT_SEARCHED:
            continue
        if path.is_dir():
            yield from _files(path, suffixes)
        elif path.suffix.lower() in suffixes:
            yield path
