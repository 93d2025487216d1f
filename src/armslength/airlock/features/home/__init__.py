"""The front page: what needs my action."""
