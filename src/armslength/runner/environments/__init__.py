"""Environments: the locked sets of programs that an action may name, such as `python:v2`.

An environment is recorded by a digest over what is in it, so that each job says with what it ran.
"""

from armslength.runner.environments.catalogue import Entry, entry_of, read_catalogue
from armslength.runner.environments.environment import Environment
from armslength.runner.environments.finding import environment_of, find_environment, offered, variables
from armslength.runner.environments.installed import digest
from armslength.runner.environments.reusable import Homes

__all__ = [
    "Entry",
    "Environment",
    "Homes",
    "digest",
    "entry_of",
    "environment_of",
    "find_environment",
    "offered",
    "read_catalogue",
    "variables",
]
