"""API: what runner and airlock call, each with its own token."""
