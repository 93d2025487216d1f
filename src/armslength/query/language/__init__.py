"""LANGUAGE: what people write: datasets, frames, series, durations, case; it knows no SQL."""
