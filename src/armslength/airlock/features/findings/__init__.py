"""What disclosure control says about a file, and what its author answers."""
