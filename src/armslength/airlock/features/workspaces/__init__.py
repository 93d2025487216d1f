"""Workspaces a person may see, and the tree of level 4 files in each."""
