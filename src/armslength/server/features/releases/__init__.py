"""RELEASES: receive files that may leave, keep them safe, show them to the members of a project."""
