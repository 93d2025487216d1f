"""Containers: what a job looks like to a container engine, and the process that watches it there."""
