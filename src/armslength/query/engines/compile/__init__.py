"""COMPILE: each operation of the model as a sqlglot syntax tree, once for all dialects."""
