"""LEDGER: the public record of who did what, with the proofs that nothing in it was changed."""
