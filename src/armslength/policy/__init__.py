"""ALLOW: every role and permission, what it unlocks, and how a decision is made."""
