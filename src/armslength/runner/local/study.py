"""The folder of a study: where its pipeline, its outputs and what is remembered of its runs lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from armslength.kernel.errors import Mistake
from armslength.kernel.files import write_text
from armslength.pipeline.model import Pipeline
from armslength.pipeline.reading import FILE_NAME, read_pipeline
from armslength.runner.levels import Roots

STATE_FOLDER = ".armslength"
WORKSPACE = "study"  # a study's folder may be renamed: its name is not remembered
MOST_PIPELINE_BYTES = 16 << 20


@dataclass(frozen=True)
class StudyRoots(Roots):
    """Outputs lie in the study itself, at the paths that they are declared with."""

    study: Path = Path()

    def level3(self, workspace: str) -> Path:
        """Return the study's folder."""
        return self.study

    def level4(self, workspace: str) -> Path:
        """Return the folder with what a reviewer would be shown."""
        return self.medium


@dataclass(frozen=True)
class Study:
    """One study on this machine. `folder` is absolute and holds `project.yaml`."""

    folder: Path

    @property
    def pipeline_file(self) -> Path:
        return self.folder / FILE_NAME

    @property
    def state(self) -> Path:
        """The folder of everything remembered between runs; it may be deleted at any time between them."""
        return self.folder / STATE_FOLDER

    @property
    def database(self) -> Path:
        """The SQLite file of runs and jobs."""
        return self.state / "jobs.sqlite3"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def jobs(self) -> Path:
        """The executor's folder: one folder per job that runs."""
        return self.state / "jobs"

    @property
    def code(self) -> Path:
        """Copies of the study's files, as jobs see them."""
        return self.state / "code"

    @property
    def roots(self) -> StudyRoots:
        return StudyRoots(high=self.state, medium=self.state / "level4", study=self.folder)

    def log(self, action: str) -> Path:
        """Return the file that keeps what an action said when it last ran."""
        return self.folder / "metadata" / f"{action}.log"

    def read_pipeline(self) -> Pipeline:
        """Read and check `project.yaml`. Raises Mistakes with every problem, Mistake P031 when there is none."""
        return read_pipeline(read_pipeline_file(self.pipeline_file))

    def make_state(self) -> None:
        """Make the state folder, which git leaves alone. Raises Mistake R050 when nothing can be written."""
        try:
            self.state.mkdir(exist_ok=True)
            ignore = self.state / ".gitignore"
            if not ignore.exists():
                write_text(ignore, "*\n")
        except OSError as error:
            raise Mistake(
                "R050",
                f"nothing can be written into the study: {error.strerror}",
                where=str(self.state),
                hint="make the folder writable and its disk have room, or copy the study elsewhere",
            ) from None


def read_pipeline_file(path: Path) -> bytes:
    """Read the bytes of a pipeline file, or raise Mistake P031."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_PIPELINE_BYTES)
    except OSError as error:
        raise Mistake(
            "P031", f"the pipeline file cannot be read: {error.strerror}", where=str(path)
        ) from None


def find_study(start: Path) -> Study:
    """Return the study that a path is in: itself `project.yaml`, its folder, or a folder below it.

    Raises Mistake P031 when there is no `project.yaml` here or above.
    """
    place = start.absolute()
    if place.is_file() and place.name == FILE_NAME:
        return Study(place.parent.resolve())
    for folder in (place, *place.parents):
        if (folder / FILE_NAME).is_file():
            return Study(folder.resolve())
    raise Mistake(
        "P031",
        f"there is no `{FILE_NAME}` here",
        where=str(start),
        hint="go to the folder of a study, or name it with --project-dir",
    )
