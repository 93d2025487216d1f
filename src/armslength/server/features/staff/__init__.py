"""STAFF: set up projects, people and backends."""
