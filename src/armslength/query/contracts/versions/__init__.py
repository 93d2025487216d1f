"""Versions of contracts: what each promises as plain data, what changed between two, and whom that breaks."""
