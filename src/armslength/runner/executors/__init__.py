"""Executors: one plug-in per way to confine a job."""
