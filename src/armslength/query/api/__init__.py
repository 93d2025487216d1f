"""USE CASES: generate a dataset, explain it, list what it needs; the only door into the tower."""
