"""CONTRACTS: the tables promised to researchers, one file per namespace."""
