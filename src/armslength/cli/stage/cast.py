"""The people of the stage, the project they work on and the study they ask about."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from armslength.policy.roles import Role


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One invented person."""

    username: str
    name: str
    part: str  # what they do, in words
    roles: tuple[Role, ...] = ()
    project_roles: tuple[Role, ...] = ()
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    passphrase: str = field(default_factory=lambda: secrets.token_hex(8))  # output checkers show it inside

    @property
    def checks_outputs(self) -> bool:
        """Whether the airlock's operator appoints them as an output checker."""
        return Role.OUTPUT_CHECKER in self.roles


@dataclass(frozen=True, kw_only=True)
class Play:
    """One study and how it is staged."""

    study: str  # the folder under examples/
    project: str
    title: str
    summary: str
    workspace: str
    backend: str
    backend_name: str
    contracts: str  # which backend plug-in reads the store
    outputs: tuple[str, ...]  # what the author asks to release
    context: str  # and says about it
    controls: str


STATINS = Play(
    study="statins-in-diabetes",
    project="statins-in-diabetes",
    title="Statins in type 2 diabetes",
    summary=(
        "Statins prevent heart attacks and strokes, and most people with type 2 diabetes are advised to take one. "
        "This project asks how many do, and whether that differs by age, sex and how deprived the area is where "
        "they live."
    ),
    workspace="statins-in-diabetes-main",
    backend="northshire",
    backend_name="Northshire records service",
    contracts="core",
    outputs=("outputs/statin_rates.csv", "outputs/statin_rates.png"),
    context=(
        "Adults of 40 to 84 with type 2 diabetes on 1 January 2025: how many had a statin prescribed in the year "
        "before, by age, sex and deprivation. The first outputs of this project."
    ),
    controls=(
        "analysis/statin_rates.py hides counts of 7 or fewer, rounds all others to the nearest 5 and works "
        "percentages out from the rounded counts. The figure is drawn from the table."
    ),
)
STATINS_OMOP = Play(
    study="statins-omop",
    project="statins-omop",
    title="Statins in cardiometabolic conditions",
    summary=(
        "The same question as in Statins in type 2 diabetes, asked of a database in the OMOP common data model: "
        "how many people with a cardiometabolic condition have had a statin?"
    ),
    workspace="statins-omop-main",
    backend="newjersey",
    backend_name="New Jersey OMOP database",
    contracts="omop",
    outputs=("outputs/statin_rates.csv",),
    context=(
        "Adults under observation on 1 January 2021: how many ever had a statin, by age, sex and whether a "
        "cardiometabolic condition is recorded. The first output of this project."
    ),
    controls="analysis/statin_rates.py hides counts of 7 or fewer and rounds all others to the nearest 5.",
)


def cast() -> dict[str, Actor]:
    """Return the people, with new passwords."""
    people = (
        Actor(
            username="ann",
            name="Ann Adeyemi",
            part="researcher: asks, looks, requests the release, drafts the publication",
            project_roles=(Role.RESEARCHER, Role.SECURE_RESEARCHER),
        ),
        Actor(username="bob", name="Bob Brennan", part="output checker", roles=(Role.OUTPUT_CHECKER,)),
        Actor(username="cat", name="Cat Chowdhury", part="output checker", roles=(Role.OUTPUT_CHECKER,)),
        Actor(
            username="pat",
            name="Pat Pereira",
            part="publisher: decides what becomes public",
            roles=(Role.PUBLISHER,),
        ),
        Actor(
            username="ida",
            name="Ida Ingram",
            part="information governance: people, projects, approvals",
            roles=(Role.INFORMATION_GOVERNANCE, Role.SERVICE_STAFF),
        ),
    )
    return {person.username: person for person in people}


def examples() -> Path:
    """The folder of the example studies: of the checkout, or as installed beside the package."""
    for folder in (Path(__file__).parents[4] / "examples", Path(__file__).parents[2] / "examples"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the example studies are not installed")
