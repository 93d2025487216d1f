"""Recipes and what is built from them: where both lie, and what is remembered of each build."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from armslength.kernel import files
from armslength.kernel.errors import Mistake
from armslength.runner.containers.describing import why_not_image

FOLDER_VARIABLE = "ARMSLENGTH_ENVIRONMENTS"
RECORD = "environment.json"
IMAGES = "images.json"
HERE = Path(__file__).resolve()
# Where recipes lie: in an installed package beside this file, in a checkout at its top.
PLACES = (HERE.parent / "recipes", HERE.parents[4] / "environments")


def built_folder() -> Path:
    """Return where built environments lie: shared by all studies of this user, safe to remove."""
    if asked := os.environ.get(FOLDER_VARIABLE):
        return Path(asked).absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "armslength" / "environments"


def recipe_folder(recipe: str) -> Path:
    """Return the folder of a recipe. Raises Mistake R013 when this installation was made without it."""
    for folder in PLACES:
        if (folder / recipe).is_dir():
            return folder / recipe
    raise Mistake(
        "R013", f"this installation has no recipe `{recipe}`", where=str(PLACES[0]), hint="install it anew"
    )


@dataclass(frozen=True)
class Built:
    """What is remembered of one built environment. `packages` are `name==version`, in order."""

    recipe: str
    digest: str
    python: str
    lock: str  # SHA-256 of the lock file it was built from
    packages: tuple[str, ...]
    built_at: str
    seconds: float
    base: str  # the folder of the Python installation below it

    def write(self, folder: Path) -> None:
        """Write the record, which makes an environment complete."""
        files.write_text(folder / RECORD, json.dumps(asdict(self), indent=1) + "\n")


def read_built(folder: Path) -> Built | None:
    """Return the record of a built environment, or None when there is none."""
    try:
        fields = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Built(**{**fields, "packages": tuple(fields["packages"])})


@dataclass(frozen=True)
class Image:
    """The image of an environment: which, and what it was built from."""

    image: str  # pinned by its digest
    recipe: str
    built_at: str = ""


def read_images() -> dict[str, Image]:
    """Return the images that were built or named here, by recipe. Raises Mistake R013 for one that is not pinned."""
    path = built_folder() / IMAGES
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Mistake("R013", f"the list of images cannot be read: {error}", where=str(path)) from None
    found = {}
    for recipe, fields in content.items():
        image = Image(image=fields["image"], recipe=recipe, built_at=fields.get("built_at", ""))
        if reason := why_not_image(image.image):
            raise Mistake("R013", reason, where=str(path), hint="name it by its digest: NAME@sha256:…")
        found[recipe] = image
    return found


def remember_image(image: Image) -> None:
    """Remember the image of a recipe in place of an earlier one."""
    images = {**read_images(), image.recipe: image}
    built_folder().mkdir(parents=True, exist_ok=True)
    text = json.dumps({name: asdict(one) for name, one in sorted(images.items())}, indent=1)
    files.write_text(built_folder() / IMAGES, text + "\n")
