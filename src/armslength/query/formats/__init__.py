"""FORMATS: results written to and read from CSV, Arrow and Parquet, without half-written files."""
