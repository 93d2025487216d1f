"""PROTECT: read the tables in an output and find what would disclose something about a person."""
