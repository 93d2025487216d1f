"""ENGINES: how a query becomes SQL and rows; they know no language and no backend."""
