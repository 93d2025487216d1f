"""STUDY: what a study calls to make its tables safe, and to say how, so that checks can verify it."""

from armslength.disclosure.study.counts import midpoint6, rate, round_counts, suppress
from armslength.disclosure.study.survival import survival_curve
from armslength.disclosure.study.writing import write_table

__all__ = ["midpoint6", "rate", "round_counts", "suppress", "survival_curve", "write_table"]
