"""Approved files on their way out."""
