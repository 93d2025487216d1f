"""CHECK: does a database keep the contracts it claims? One aggregate query for each table, and a verdict in words."""
