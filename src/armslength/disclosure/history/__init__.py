"""HISTORY: a ledger of every cell that was ever released, and what new cells give away beside them."""
