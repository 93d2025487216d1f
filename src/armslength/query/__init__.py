"""ASK: from a study written in Python to rows."""
