"""Template tags of both sites: the pieces that pages are built of."""
