"""What happened here, who did it, and what the public ledger has of it."""
