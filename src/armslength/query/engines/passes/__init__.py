"""PASSES: rewrites of a query that keep its answer, one file each, read top to bottom."""
