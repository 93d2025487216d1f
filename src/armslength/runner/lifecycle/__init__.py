"""Jobs and requests: their states as tables, kept in one SQLite database that refuses illegal moves."""
