"""Dates shared by the definitions; the star import of this module brings nothing else."""

__all__ = ["study_dates"]
study_dates = {"start": "2020-11-01", "end": "2023-03-31"}
