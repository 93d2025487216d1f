"""TEST A STUDY: run a dataset, measures or one variable on a few rows written in place, and say what is expected."""

from armslength.testing.checking import check
from armslength.testing.extracting import extract, extract_all

__all__ = ["check", "extract", "extract_all"]
