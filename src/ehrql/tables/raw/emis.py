"""The tables of the `raw.emis` namespace."""

from armslength.query.contracts.raw.emis import *  # noqa: F403
from armslength.query.contracts.raw.emis import __all__ as __all__
