"""What to do next, told to whoever types `armslength` and nothing else: it depends on where they are."""

from __future__ import annotations

from pathlib import Path

from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.kinds import ActionKind, kind_of
from armslength.pipeline.legacy import MIGRATION
from armslength.pipeline.model import Command, Pipeline
from armslength.pipeline.reading import FILE_NAME, read_pipeline

Step = tuple[str, str]  # a command, and what it does

NEW: tuple[Step, ...] = (
    ("armslength init my-study", "a small, whole study that runs at once"),
    ("armslength demo", "the whole story: request, run, review, release, on people who never lived"),
    ("armslength doctor", "what this machine lacks, and the command that fixes it"),
)
LEGACY: tuple[Step, ...] = (
    ("armslength init my-study", "a study in ehrQL, to move this one's variables into"),
    ("ehrql generate-dataset analysis/study_definition.py", "which of its functions become what"),
)
PLACES_OF_DEFINITIONS = (".", "analysis")


def guide(folder: Path) -> str:
    """Return what is here and what to do next, in a few lines. Looks at files only, and runs nothing."""
    here, steps = _here(folder)
    width = max(len(command) for command, _ in steps)
    lines = [f"  {command:<{width}}  {about}" for command, about in steps]
    return "\n".join([here, "", "next:", *lines, "", "`armslength --help` lists all that can be done."])


def _here(folder: Path) -> tuple[str, tuple[Step, ...]]:
    file = next((one / FILE_NAME for one in (folder, *folder.parents) if (one / FILE_NAME).is_file()), None)
    if file is None:
        if study_definitions(folder):
            return f"A study for cohort-extractor, without a `{FILE_NAME}`. See {MIGRATION}.", LEGACY
        return f"There is no study in this folder: no `{FILE_NAME}` here or above.", NEW
    study = file.parent
    inside = () if study == folder else ((f"cd {study}", "the study's folder, where definitions run"),)
    try:
        pipeline = read_pipeline(file.read_bytes())
    except (Mistake, Mistakes, OSError) as wrong:
        count = len(getattr(wrong, "mistakes", (wrong,)))
        here = (
            f"The study `{study.name}`, whose `{FILE_NAME}` has {count} problem{'' if count == 1 else 's'}."
        )
        return here, (
            *inside,
            ("armslength validate", "each problem with its line, and what to write instead"),
        )
    here = f"The study `{study.name}`: {len(pipeline.actions)} actions."
    return here, (*inside, *_steps(study, pipeline))


def _steps(study: Path, pipeline: Pipeline) -> tuple[Step, ...]:
    legacy = [one.id for one in pipeline.actions.values() if _is_legacy(one.command)]
    if legacy:
        told = f"says what becomes of it; see {MIGRATION}"
        return ((f"armslength run {legacy[0]}", told), *LEGACY[:1])
    if not (study / "metadata").is_dir():
        return (
            ("armslength run run_all", "run every action on made-up people"),
            ("armslength plan run_all", "say what would run, and why"),
            ("armslength doctor", "what this machine lacks, and the command that fixes it"),
        )
    return (
        ("armslength run run_all", "run what has changed; all else is kept"),
        ("armslength plan run_all", "say what that is, and why"),
        ("armslength logs", "what each action said when it last ran"),
        ("armslength check-outputs", "with a folder of outputs: would they disclose anything?"),
    )


def _is_legacy(command: Command) -> bool:
    return kind_of(command) is ActionKind.COHORT_EXTRACTOR


def study_definitions(folder: Path) -> list[Path]:
    """The files of the first query tool in a study's usual places."""
    return sorted(
        path for place in PLACES_OF_DEFINITIONS for path in (folder / place).glob("study_definition*.py")
    )
