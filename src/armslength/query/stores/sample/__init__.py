"""SAMPLE: a made-up population in the core contract tables; the same seed gives the same bytes."""
