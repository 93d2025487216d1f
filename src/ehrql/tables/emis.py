"""The tables of the `emis` namespace."""

from armslength.query.contracts.emis import *  # noqa: F403
from armslength.query.contracts.emis import __all__ as __all__
