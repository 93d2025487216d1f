"""PROVE: an append-only, hash-chained log with inclusion and consistency proofs that anyone can verify."""
