"""RAW EMIS: tables of the EMIS backend almost as supplied."""

from armslength.query.contracts.raw.core import ons_deaths

NAMESPACE = "raw.emis"

__all__ = ["ons_deaths"]
