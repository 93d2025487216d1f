"""The tables of the `omop` namespace."""

from armslength.query.contracts.omop import *  # noqa: F403
from armslength.query.contracts.omop import __all__ as __all__
