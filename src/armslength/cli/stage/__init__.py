"""STAGE: the whole platform on one machine, with invented people: what `demo`, `up` and the journey test play on."""
