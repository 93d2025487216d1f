"""KERNEL: the few things three rooms or more need: mistakes, the clock, ids, safe files."""
