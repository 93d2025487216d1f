"""REQUESTS: run these actions of this commit; what became of it; the public log of everything that ran."""
