"""STORES: fill the embedded Parquet store: import real exports, make up plausible populations."""
