"""The tables of the `raw.tpp` namespace."""

from armslength.query.contracts.raw.tpp import *  # noqa: F403
from armslength.query.contracts.raw.tpp import __all__ as __all__
