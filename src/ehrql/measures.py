"""The names older studies import from `ehrql.measures`."""

from armslength.query.language.measures import INTERVAL, Measures, create_measures

__all__ = ["INTERVAL", "Measures", "create_measures"]
