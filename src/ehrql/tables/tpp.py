"""The tables of the `tpp` namespace."""

from armslength.query.contracts.tpp import *  # noqa: F403
from armslength.query.contracts.tpp import __all__ as __all__
