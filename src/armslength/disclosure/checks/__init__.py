"""CHECKS: one file per check; each takes a table and the policy and yields findings."""
