"""Telling the server: the client, the queues, the proofs that what was told is in the ledger."""
