"""Armslength: analyse health records at arm's length; code travels to the data, checked aggregates come back."""

__version__ = "0.1.0"
