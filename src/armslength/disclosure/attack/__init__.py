"""ATTACK: what a reader can work out about the numbers an output hides, with the arithmetic that shows it."""
